"""One-tap answers: what is asked, and the signed words that a button carries.

A token names one delivery and one answer. It fits the 64 bytes of a Telegram button
(https://core.telegram.org/bots/api#inlinekeyboardbutton) and does not expire by itself: a question is
answered once, and what is over cannot be answered.
"""

import base64
import binascii
import hashlib
import hmac
import uuid
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from lib.domain.shapes import in_utc, instant_text
from lib.errors import not_found

LESSON_ANSWERS = ("confirm", "reschedule", "cannot")
NOTED = ("ok",)
_LETTERS: Mapping[str, str] = MappingProxyType({"confirm": "c", "reschedule": "r", "cannot": "n", "ok": "o"})
_ANSWERS = {letter: answer for answer, letter in _LETTERS.items()}
_TAG_BYTES = 12
PREFIX = "a1."


def question(data: Mapping[str, Any]) -> str | None:
    """The name of what a reminder asks: this lesson at this time. A lesson that is moved is asked about anew."""
    if not data.get("lesson_id") or not data.get("starts_at"):
        return None
    try:
        starts_at = instant_text(in_utc(datetime.fromisoformat(str(data["starts_at"]))))
    except ValueError:
        return None
    return f"lesson:{data['lesson_id']}@{starts_at}"


def receipt_of(notification_id: str) -> str:
    """The same for a message that somebody has to confirm they have seen."""
    return f"notification:{notification_id}"


def token(secret: str, delivery_id: str, answer: str) -> str:
    """What the button says back: at most 64 ASCII characters."""
    body = uuid.UUID(delivery_id).bytes
    return f"{PREFIX}{_text(body)}{_LETTERS[answer]}{_text(_tag(secret, body, answer))}"


def read(secret: str, given: str) -> tuple[str, str]:
    """(delivery id, answer) of a token that we made. Raises BadInput (404) for any other."""
    raw = given.removeprefix(PREFIX)
    try:
        body, tag = _bytes(raw[:22]), _bytes(raw[23:])
        answer = _ANSWERS[raw[22:23]]
    except (binascii.Error, ValueError, KeyError):
        raise not_found() from None
    genuine = given.startswith(PREFIX) and hmac.compare_digest(tag, _tag(secret, body, answer))
    if not genuine or len(body) != 16:
        raise not_found()
    return str(uuid.UUID(bytes=body)), answer


def _tag(secret: str, body: bytes, answer: str) -> bytes:
    key = hmac.digest(secret.encode(), b"repitbot answers", hashlib.sha256)
    return hmac.digest(key, body + answer.encode(), hashlib.sha256)[:_TAG_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
