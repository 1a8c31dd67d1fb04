"""editMessageText, editMessageMedia, editMessageCaption, editMessageReplyMarkup, deleteMessage."""

import time
from typing import Any

from lib.testing.mailbox.bot_api import keyboards
from lib.testing.mailbox.bot_api.answers import bad_request
from lib.testing.mailbox.bot_api.history import History
from lib.testing.mailbox.bot_api.requests import Call
from lib.testing.mailbox.bot_api.sending import Sending, caption, formatted_text

Json = dict[str, Any]
_WORDS = ("text", "entities", "caption", "caption_entities")
_MEDIA = ("photo", "document")


class Editing:
    """The methods that change a message of the bot."""

    def __init__(self, history: History, sending: Sending) -> None:
        self._history, self._sending = history, sending

    async def edit_message_text(self, call: Call) -> Json:
        message = self._editable(call)
        if "text" not in message:
            raise bad_request("there is no text in the message to edit")
        content = formatted_text(call)
        markup = keyboards.read(call.text("reply_markup"))
        return await self._change(message, {**content, **({"reply_markup": markup} if markup else {})})

    async def edit_message_media(self, call: Call) -> Json:
        """A text may become a photo or a document; neither ever becomes a text again."""
        message = self._editable(call)
        wanted = call.structure("media") or {}
        if not isinstance(wanted, dict) or not wanted.get("media"):
            raise bad_request("media isn't specified" if not wanted else "expected an InputMedia object")
        content = await self._sending.media(call, wanted)
        markup = keyboards.read(call.text("reply_markup"))
        return await self._change(message, {**content, **({"reply_markup": markup} if markup else {})})

    async def edit_message_caption(self, call: Call) -> Json:
        message = self._editable(call)
        if "text" in message:
            raise bad_request("there is no caption in the message to edit")
        markup = keyboards.read(call.text("reply_markup"))
        kept: Json = {name: message[name] for name in _MEDIA if name in message}
        content = {**kept, **caption(call), **({"reply_markup": markup} if markup else {})}
        return await self._change(message, content)

    async def edit_message_reply_markup(self, call: Call) -> Json:
        message = self._editable(call)
        markup = keyboards.read(call.text("reply_markup"))
        kept: Json = {name: message[name] for name in (*_WORDS, *_MEDIA) if name in message}
        return await self._change(message, {**kept, **({"reply_markup": markup} if markup else {})})

    async def delete_message(self, call: Call) -> bool:
        chat_id = self._sending.open_chat(call)
        item = self._history.find(chat_id, call.number("message_id"))
        if item is None:
            raise bad_request("message to delete not found")
        await self._history.keep("delete", chat_id=chat_id, message_id=item["message"]["message_id"])
        return True

    def _editable(self, call: Call) -> Json:
        if not call.text("message_id"):
            raise bad_request("message identifier is not specified")
        chat_id = self._sending.open_chat(call)
        item = self._history.find(chat_id, call.number("message_id"))
        if item is None:
            raise bad_request("message to edit not found")
        if item["direction"] != "out":
            raise bad_request("message can't be edited")
        message: Json = item["message"]
        return message

    async def _change(self, message: Json, content: Json) -> Json:
        names = (*_WORDS, *_MEDIA, "reply_markup")
        if all(_looks(message.get(name)) == _looks(content.get(name)) for name in names):
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the "
                "same as a current content and reply markup of the message"
            )
        without = [name for name in names if name not in content]
        changes = {**content, "edit_date": int(time.time())}
        place = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        await self._history.keep("edit", **place, changes=changes, without=without)
        return message


def _looks(value: Any) -> Any:
    """Of a file only what can be seen of it: the same bytes have another file_id each time they are sent."""
    if isinstance(value, list) and value and isinstance(value[0], dict) and "file_unique_id" in value[0]:
        return [each["file_unique_id"] for each in value]
    if isinstance(value, dict) and "file_unique_id" in value:
        return [value["file_unique_id"], value.get("file_name")]
    return value
