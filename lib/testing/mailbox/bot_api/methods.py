"""The methods of the Bot API by name, and the small ones among them."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from lib.testing.mailbox.bot_api import answers
from lib.testing.mailbox.bot_api.answers import Refused, bad_request
from lib.testing.mailbox.bot_api.editing import Editing
from lib.testing.mailbox.bot_api.history import History
from lib.testing.mailbox.bot_api.requests import Call
from lib.testing.mailbox.bot_api.sending import Sending
from lib.testing.mailbox.bot_api.updates import Updates
from lib.testing.mailbox.script import Script

Json = dict[str, Any]
Method = Callable[[Call], Awaitable[Any]]
_COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")
_MOST_COMMANDS = 100
_DESCRIPTION_LIMIT = 256
_ANSWER_LIMIT = 200
_ACTIONS = (
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
)


class Methods:
    """What the bot of this token may call."""

    def __init__(self, token: str, history: History, script: Script, updates: Updates) -> None:
        self._token, self._history = token, history
        self._sending = Sending(token, history, script)
        editing = Editing(history, self._sending)
        table: dict[str, Method] = {
            "getMe": self._get_me,
            "getChat": self._get_chat,
            "getFile": self._get_file,
            "sendMessage": self._sending.send_message,
            "sendPhoto": self._sending.send_photo,
            "sendDocument": self._sending.send_document,
            "sendMediaGroup": self._sending.send_media_group,
            "sendChatAction": self._send_chat_action,
            "editMessageText": editing.edit_message_text,
            "editMessageMedia": editing.edit_message_media,
            "editMessageCaption": editing.edit_message_caption,
            "editMessageReplyMarkup": editing.edit_message_reply_markup,
            "deleteMessage": editing.delete_message,
            "answerCallbackQuery": self._answer_callback_query,
            "getUpdates": updates.get_updates,
            "setWebhook": updates.set_webhook,
            "deleteWebhook": updates.delete_webhook,
            "getWebhookInfo": updates.get_webhook_info,
            "setMyCommands": self._set_my_commands,
            "getMyCommands": self._get_my_commands,
            "deleteMyCommands": self._delete_my_commands,
        }
        self._table = {name.lower(): method for name, method in table.items()}

    async def call(self, name: str, call: Call) -> Any:
        """The `result` of a method; Refused with the Bot API's words, 404 for an unknown name."""
        method = self._table.get(name.lower())
        if method is None:
            raise Refused(404, "Not Found")
        return await method(call)

    async def _get_me(self, _call: Call) -> Json:
        return answers.bot_user(self._token)

    async def _get_chat(self, call: Call) -> Json:
        return answers.full_chat(self._sending.open_chat(call))

    async def _get_file(self, call: Call) -> Json:
        path = self._history.file(call.text("file_id"))
        if path is None:
            raise bad_request("invalid file_id")
        return {
            "file_id": path.name,
            "file_unique_id": path.name,
            "file_size": path.stat().st_size,
            "file_path": path.name,
        }

    async def _answer_callback_query(self, call: Call) -> bool:
        query_id = call.text("callback_query_id")
        if query_id not in self._history.queries:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        if len(call.text("text")) > _ANSWER_LIMIT:
            raise bad_request("MESSAGE_TOO_LONG")
        shown = {"text": call.text("text"), "alert": call.flag("show_alert")}
        await self._history.keep("answer", query_id=query_id, **shown)
        return True

    async def _send_chat_action(self, call: Call) -> bool:
        """Shown for five seconds, so there is nothing to keep."""
        self._sending.open_chat(call)
        if call.text("action") not in _ACTIONS:
            raise bad_request("wrong parameter action in request")
        return True

    async def _set_my_commands(self, call: Call) -> bool:
        commands = call.structure("commands", [])
        if not isinstance(commands, list):
            raise bad_request("expected an Array of BotCommand")
        if len(commands) > _MOST_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            _check_command(command)
        await self._history.keep("commands", scope=_scope(call), commands=commands)
        return True

    async def _get_my_commands(self, call: Call) -> list[Json]:
        return self._history.commands.get(_scope(call), [])

    async def _delete_my_commands(self, call: Call) -> bool:
        await self._history.keep("commands", scope=_scope(call), commands=[])
        return True


def _check_command(command: Any) -> None:
    name = str(command.get("command", "")) if isinstance(command, dict) else ""
    if not _COMMAND_NAME.fullmatch(name.removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(str(command.get("description", ""))) <= _DESCRIPTION_LIMIT:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def _scope(call: Call) -> str:
    scope = call.structure("scope") or {"type": "default"}
    return json.dumps([scope, call.text("language_code")], sort_keys=True)
