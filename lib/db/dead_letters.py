"""Messages that could not be handled, put aside with a reason that a person can read."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text
from uuid6 import uuid7

from lib.db import erasures


def fingerprint(body: bytes, message_id: str | None) -> str:
    """What makes two copies of a message the same one."""
    return hashlib.sha256((message_id or "").encode() + b"\0" + body).hexdigest()


def park(
    conn: Connection,
    *,
    queue: str,
    reason: str,
    body: bytes,
    content_type: str,
    message_id: str | None = None,
    routing_key: str | None = None,
) -> str:
    """Keep a message aside; returns its id. A message that is parked already keeps its first reason."""
    headers = {k: v for k, v in (("message_id", message_id), ("routing_key", routing_key)) if v}
    words = body.decode("utf-8", "replace").replace("\x00", "�")
    row = conn.execute(
        text(
            "INSERT INTO dead_letters (id, queue, fingerprint, reason, content_type, body, headers) "
            "VALUES (:id, :queue, :fingerprint, :reason, :content_type, :body, CAST(:headers AS jsonb)) "
            "ON CONFLICT (queue, fingerprint) DO UPDATE SET replayed_at = NULL "
            "RETURNING id::text"
        ),
        {
            "id": str(uuid7()),
            "queue": queue,
            "fingerprint": fingerprint(body, message_id),
            "reason": reason[:2000],
            "content_type": content_type,
            "body": erasures.forgotten_body(conn, words),
            "headers": erasures.forgotten_body(conn, json.dumps(headers)),
        },
    ).one()
    return str(row[0])


def count_failure(conn: Connection, queue: str, body: bytes, message_id: str | None) -> int:
    """One more failure of this message; returns how many there were."""
    row = conn.execute(
        text(
            "INSERT INTO queue_failures (queue, fingerprint, attempts) VALUES (:queue, :fingerprint, 1) "
            "ON CONFLICT (queue, fingerprint) DO UPDATE SET attempts = queue_failures.attempts + 1, last_at = now() "
            "RETURNING attempts"
        ),
        {"queue": queue, "fingerprint": fingerprint(body, message_id)},
    ).one()
    return int(row[0])


def listed(conn: Connection, *, limit: int, before: str | None = None) -> list[Mapping[str, Any]]:
    """What is parked and not replayed, newest first; `before` is the id to go on below."""
    rows = conn.execute(
        text(
            "SELECT id::text, queue, reason, content_type, body, headers, parked_at FROM dead_letters "
            "WHERE replayed_at IS NULL AND (CAST(:before AS uuid) IS NULL OR id < CAST(:before AS uuid)) "
            "ORDER BY id DESC LIMIT :limit"
        ),
        {"limit": limit, "before": before},
    )
    return [dict(row) for row in rows.mappings()]


def take_for_replay(conn: Connection, letter_id: str) -> Mapping[str, Any] | None:
    """Mark one as replayed and return it; None when there is none or it was replayed already."""
    row = conn.execute(
        text(
            "UPDATE dead_letters SET replayed_at = now() WHERE id = CAST(:id AS uuid) AND replayed_at IS NULL "
            "RETURNING id::text, queue, reason, content_type, body, headers"
        ),
        {"id": letter_id},
    ).mappings()
    found = row.first()
    return dict(found) if found else None
