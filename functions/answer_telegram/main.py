"""Answers people who write to the bot.

Route: POST /telegram/webhook (https://core.telegram.org/bots/api#setwebhook), with Telegram's secret header.
"""

import hashlib
import hmac
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, text

from functions.answer_telegram.words import Saying, reply_to, say
from lib.db import notifications, recipients
from lib.errors import BadInput
from lib.runtime import answering
from lib.runtime.function import Call, Function, Reply

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
CONSUMER = SOURCE = "telegram"
USE_CODE = text(
    "UPDATE telegram_links SET used_at = now() "
    "WHERE code_hash = :hash AND used_at IS NULL AND expires_at > now() RETURNING user_id"
)
app = Function("answer_telegram")


class _Loose(BaseModel):
    """Telegram adds fields at any time."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Chat(_Loose):
    """Where it was written."""

    id: int
    type: str = "private"


class Writer(_Loose):
    """Who wrote it."""

    language_code: str | None = None


class Written(_Loose):
    """A message."""

    chat: Chat
    text: str = ""
    writer: Writer | None = Field(default=None, alias="from")


class Pressed(_Loose):
    """A button under one of our messages."""

    id: str
    data: str = ""
    message: Written | None = None
    presser: Writer | None = Field(default=None, alias="from")


class Update(_Loose):
    """The part of an update that we read."""

    update_id: int
    message: Written | None = None
    callback_query: Pressed | None = None


@app.post("/telegram/webhook", body=Update, open=True, write=True, summary="Updates of the bot")
def webhook(call: Call, body: Update, conn: Connection) -> Reply:
    """Each update acts once, however often Telegram repeats it. The answer is a call of the Bot API."""
    _require_secret(call)
    written = body.message
    fresh = notifications.claim_events(conn, CONSUMER, [(SOURCE, str(body.update_id))])
    if fresh and body.callback_query is not None:
        return Reply(_answered(conn, call, body.callback_query))
    if not fresh or written is None or written.chat.type != "private":
        return Reply(b"", 200, "text/plain")
    saying = _heard(conn, written)
    language = written.writer.language_code if written.writer else None
    return Reply(_message(written.chat.id, say(saying, language)))


def _require_secret(call: Call) -> None:
    given = next((v for k, v in call.headers.items() if k.lower() == SECRET_HEADER.lower()), "")
    expected = call.settings.telegram_webhook_secret
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise BadInput("The secret of the webhook is missing or wrong.", status=401)


def _heard(conn: Connection, written: Written) -> Saying:
    command, _, code = written.text.strip().partition(" ")
    if command != "/start" or not code.strip():
        return "help"
    digest = hashlib.sha256(code.strip().encode()).hexdigest()
    user_id = conn.execute(USE_CODE, {"hash": digest}).scalar_one_or_none()
    if user_id is None:
        return "stale"
    recipients.tell(conn, user_id, {"telegram_chat_id": str(written.chat.id)})
    recipients.switch_channel(conn, user_id, "telegram", "on", None)
    return "linked"


def _answered(conn: Connection, call: Call, pressed: Pressed) -> dict[str, Any]:
    """Every tap is answered: a button that is left spinning looks broken."""
    chat_id = str(pressed.message.chat.id) if pressed.message else ""
    language = pressed.presser.language_code if pressed.presser else None
    try:
        result = answering.take(conn, call, pressed.data, chat_id)
        words = reply_to(result.kind, result.answer, language)
    except BadInput:
        words = say("not_yours", language)
    return {"method": "answerCallbackQuery", "callback_query_id": pressed.id, "text": words}


def _message(chat_id: int, words: str) -> dict[str, Any]:
    """https://core.telegram.org/bots/api#making-requests-when-getting-updates"""
    return {"method": "sendMessage", "chat_id": chat_id, "text": words}


answer_telegram = app.target
