"""Idempotency keys: the same key and body give the same answer, exactly once.

The key is claimed, the work done and the answer stored in one transaction, so a connection cut during COMMIT
leaves either all of it or nothing, and the retry finds out which.
"""

import hashlib
import re
from collections.abc import Callable

from sqlalchemy import Connection, text

from lib.db import erasures
from lib.errors import BadInput
from lib.runtime.call import Call
from lib.runtime.reply import Reply

KEY = re.compile(r"^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$")
HEADER = "Idempotency-Key"


def once(conn: Connection, call: Call, method: str, act: Callable[[], Reply]) -> Reply:
    """Do `act` in the caller's transaction, or give the answer that was stored for the key.

    Raises BadInput: 400 for a key out of shape, 409 while the first request is in progress, 422 when the key
    was used with another request.
    """
    key = next((v for k, v in call.headers.items() if k.lower() == HEADER.lower()), None)
    if key is None:
        return act()
    if not KEY.match(key):
        raise BadInput("An Idempotency-Key has 1 to 255 printable ASCII characters.")
    owner, key = _kept_as(conn, f"{call.principal.role}:{call.principal.sub}", key)
    _claim(conn, owner, key)
    digest = hashlib.sha256(f"{method} {call.url}\n".encode() + call.raw).hexdigest()
    if stored := _stored(conn, owner, key, digest):
        return stored
    reply = act()
    _store(conn, owner, key, digest, reply)
    return reply


def _kept_as(conn: Connection, owner: str, key: str) -> tuple[str, str]:
    """Owner and key as they are stored: people who were erased stand in neither."""
    return erasures.forgotten_words(conn, owner), erasures.forgotten_words(conn, key)


def _claim(conn: Connection, owner: str, key: str) -> None:
    got = conn.execute(
        text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 8006))"), {"name": f"{owner}\n{key}"}
    ).scalar_one()
    if not got:
        raise BadInput("A request with this Idempotency-Key is in progress. Try again shortly.", status=409)


def _stored(conn: Connection, owner: str, key: str, digest: str) -> Reply | None:
    row = conn.execute(
        text(
            "SELECT request_hash, status, content_type, body FROM idempotency_keys "
            "WHERE principal = :owner AND key = :key"
        ),
        {"owner": owner, "key": key},
    ).first()
    if row is None:
        return None
    if row.request_hash != digest:
        raise BadInput("This Idempotency-Key was used with another request. Take a new one.", status=422)
    return Reply(row.body.encode(), row.status, row.content_type, {"Idempotent-Replayed": "true"})


def _store(conn: Connection, owner: str, key: str, digest: str, reply: Reply) -> None:
    body = reply.encoded()
    # Once more: the act itself may have been the erasure.
    owner, key = _kept_as(conn, owner, key)
    conn.execute(
        text(
            "INSERT INTO idempotency_keys (principal, key, request_hash, status, content_type, body) "
            "VALUES (:owner, :key, :hash, :status, :content_type, :body)"
        ),
        {
            "owner": owner,
            "key": key,
            "hash": digest,
            "status": reply.status,
            "content_type": reply.content_type,
            "body": erasures.forgotten_body(conn, body.decode()) if isinstance(body, bytes) else "",
        },
    )
