"""sendMessage, sendPhoto, sendDocument, sendMediaGroup."""

import hashlib
import time
from typing import Any

from lib.telegram import pictures
from lib.testing.mailbox.bot_api import answers, entities, keyboards
from lib.testing.mailbox.bot_api.answers import Refused, bad_request
from lib.testing.mailbox.bot_api.history import History
from lib.testing.mailbox.bot_api.requests import Call, Upload, from_values
from lib.testing.mailbox.script import Script

Json = dict[str, Any]
_TEXT_LIMIT = 4096
_CAPTION_LIMIT = 1024
_PHOTO_BYTES = 10 * 1024 * 1024
_DOCUMENT_BYTES = 50 * 1024 * 1024
_PHOTO_SIDES = 10_000
_PHOTO_RATIO = 20
_ALBUM = 10


class Sending:
    """The methods that put a message into a chat. Lengths are UTF-16 code units after parsing."""

    def __init__(self, token: str, history: History, script: Script) -> None:
        self._token, self._history, self._script = token, history, script

    async def send_message(self, call: Call) -> Json:
        chat_id = self.open_chat(call)
        content = formatted_text(call)
        return await self._send(call, chat_id, "sendMessage", content)

    async def send_photo(self, call: Call) -> Json:
        return await self._send_file(call, "sendPhoto", "photo")

    async def send_document(self, call: Call) -> Json:
        return await self._send_file(call, "sendDocument", "document")

    async def send_media_group(self, call: Call) -> list[Json]:
        """Photos among themselves, or documents: an album is of one kind."""
        chat_id = self.open_chat(call)
        items = call.structure("media") or []
        if not isinstance(items, list) or not 2 <= len(items) <= _ALBUM:
            raise bad_request("wrong number of messages to send as an album specified")
        if len({item.get("type") for item in items}) > 1:
            raise bad_request("documents can't be sent in an album with other media")
        contents = [await self.media(call, item) for item in items]
        return [await self._send(call, chat_id, "sendMediaGroup", content) for content in contents]

    async def _send_file(self, call: Call, method: str, kind: str) -> Json:
        chat_id = self.open_chat(call)
        upload = self._upload(call, kind)
        return await self._send(call, chat_id, method, {**await self._file(kind, upload), **caption(call)})

    async def media(self, call: Call, item: Json) -> Json:
        """The content of an InputMedia: `{photo or document, caption, …}`; Refused as sending it would be."""
        kind = str(item.get("type"))
        if kind not in ("photo", "document"):
            raise bad_request(f"type {kind} is not played here")
        words = caption(from_values({k: v for k, v in item.items() if k != "media"}))
        upload = self._upload(Call({kind: str(item.get("media", ""))}, call.uploads), kind)
        return {**await self._file(kind, upload), **words}

    async def _file(self, kind: str, upload: Upload) -> Json:
        if len(upload.content) > (_PHOTO_BYTES if kind == "photo" else _DOCUMENT_BYTES):
            raise Refused(413, "Request Entity Too Large")
        if kind == "photo":
            width, height = _photo_size(upload.content)
            return {"photo": [{**await self._kept(upload), "width": width, "height": height}]}
        names = {"file_name": upload.name, "mime_type": upload.kind}
        return {"document": {**await self._kept(upload), **names}}

    def open_chat(self, call: Call) -> int:
        """The chat of a call; Refused when it is missing, unknown, has blocked the bot or has moved."""
        if not call.text("chat_id"):
            raise bad_request("chat_id is empty")
        chat_id = call.chat_id
        setting = self._script.chat(chat_id) if chat_id else None
        if chat_id is None or setting is None or setting.state == "unknown":
            raise bad_request("chat not found")
        if setting.state == "blocked":
            who = "blocked by the user" if chat_id > 0 else "kicked from the group chat"
            raise Refused(403, f"Forbidden: bot was {who}")
        if setting.state == "migrated":
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": setting.migrate_to_chat_id},
            )
        return chat_id

    async def _send(self, call: Call, chat_id: int, method: str, content: Json) -> Json:
        markup = keyboards.read(call.text("reply_markup"))
        message = {
            "from": answers.sender(self._token),
            "chat": answers.chat(chat_id),
            "date": int(time.time()),
            **self._reply(call, chat_id),
            **content,
            **({"reply_markup": markup} if markup else {}),
        }
        return await self._history.add(message, direction="out", method=method)

    def _reply(self, call: Call, chat_id: int) -> Json:
        wanted = call.structure("reply_parameters") or {}
        if not wanted:
            return {}
        item = self._history.find(chat_id, int(wanted.get("message_id", 0)))
        if item is None:
            if wanted.get("allow_sending_without_reply"):
                return {}
            raise bad_request("message to be replied not found")
        return {"reply_to_message": item["message"]}

    def _upload(self, call: Call, name: str) -> Upload:
        value = call.text(name)
        upload = call.uploads.get(value.removeprefix("attach://") if value else name)
        if upload is None and value.startswith(("http://", "https://")):
            # Nothing here reaches out: the real server would fetch the address.
            raise bad_request("failed to get HTTP URL content")
        if upload is None and value:
            upload = self._sent_before(value)
        if upload is None:
            raise bad_request(f"there is no {name} in the request")
        if not upload.content:
            raise bad_request("file must be non-empty")
        return upload

    def _sent_before(self, file_id: str) -> Upload:
        path = self._history.file(file_id)
        if path is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return Upload(file_id, "application/octet-stream", path.read_bytes())

    async def _kept(self, upload: Upload) -> Json:
        unique = hashlib.sha256(upload.content).hexdigest()[:16]
        file_id = await self._history.keep_file(upload.content)
        return {"file_id": file_id, "file_unique_id": unique, "file_size": len(upload.content)}


def formatted_text(call: Call) -> Json:
    """`{text, entities}` of a call; Refused when it is empty, too long or its markup is broken."""
    if not call.text("text"):
        raise bad_request("message text is empty")
    text, found = _formatted(call, "text", "entities")
    if not text:
        raise bad_request("text must be non-empty")
    if entities.utf16_length(text) > _TEXT_LIMIT:
        raise bad_request("message is too long")
    return {"text": text, **({"entities": found} if found else {})}


def caption(call: Call) -> Json:
    """`{caption, caption_entities}` of a call; Refused when it is too long or its markup is broken."""
    text, found = _formatted(call, "caption", "caption_entities")
    if entities.utf16_length(text) > _CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return {**({"caption": text} if text else {}), **({"caption_entities": found} if found else {})}


def _formatted(call: Call, name: str, entities_name: str) -> tuple[str, list[Json]]:
    text, found = entities.parse(call.text(name), call.text("parse_mode"))
    found = found or call.structure(entities_name) or []
    kept = text.rstrip()
    if found or not kept.lstrip():
        return kept if kept.lstrip() else "", found
    return kept.lstrip(), found


def _photo_size(content: bytes) -> tuple[int, int]:
    size = pictures.size(content)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    narrow, wide = sorted(size)
    if narrow < 1 or narrow + wide > _PHOTO_SIDES or wide > narrow * _PHOTO_RATIO:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return size
