"""Links that turn one group of e-mails off for one person without signing in (RFC 8058).

They do not expire: an old letter's link must still work. All they can do is turn e-mails of that group off.
"""

import base64
import binascii
import hashlib
import hmac
import json

from lib.domain.catalogue import GROUPS
from lib.errors import not_found

_TAG_BYTES = 16


def token(secret: str, user_id: str, group: str) -> str:
    """The part of the link that says who and what, signed with a key derived from `secret`."""
    body = json.dumps([user_id, group], ensure_ascii=False, separators=(",", ":")).encode()
    return _text(_tag(secret, body) + body)


def read(secret: str, given: str) -> tuple[str, str]:
    """(user id, group) of a link that we made. Raises BadInput (404) for any other."""
    try:
        raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
    except (binascii.Error, ValueError):
        raise not_found() from None
    tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(secret, body)):
        raise not_found()
    user_id, group = json.loads(body)
    if group not in GROUPS:
        raise not_found()
    return user_id, group


def _tag(secret: str, body: bytes) -> bytes:
    key = hmac.digest(secret.encode(), b"repitbot unsubscribe links", hashlib.sha256)
    return hmac.digest(key, body, hashlib.sha256)[:_TAG_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
