"""Signed addresses of files that we serve ourselves: whoever has one gets that file, until it runs out."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass

from lib.errors import BadInput, not_found

_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link leads to. `until` is in seconds since 1970."""

    key: str
    filename: str
    media_type: str
    until: int


def signed(secret: str, linked: Linked) -> str:
    """The last part of the address."""
    fields = [linked.key, linked.filename, linked.media_type, linked.until]
    body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_tag(secret, body) + body).rstrip(b"=").decode()


def read(secret: str, given: str) -> Linked:
    """What one of our links leads to. Raises BadInput: 404 for any other, 410 for one that has run out."""
    try:
        raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
    except (binascii.Error, ValueError):
        raise not_found() from None
    tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(secret, body)):
        raise not_found()
    linked = Linked(*json.loads(body))
    if time.time() >= linked.until:
        raise BadInput("This link has run out. Ask for a new one.", status=410)
    return linked


def _tag(secret: str, body: bytes) -> bytes:
    key = hmac.digest(secret.encode(), b"repitbot links to files", hashlib.sha256)
    return hmac.digest(key, body, hashlib.sha256)[:_TAG_BYTES]
