"""Reports that are made later: asked for, claimed with a lease, finished, ended. Each step is a conditional UPDATE."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

# Longer than the longest stage of a report takes; it is renewed at every border of a stage.
LEASE_S = 90
TRIES = 3

CREATE = text(
    "INSERT INTO reports (id, type, format, parameters, locale, requested_by, scopes, deliver_to, fingerprint, "
    "subscription_id, slot) VALUES (CAST(:id AS uuid), :type, :format, CAST(:parameters AS jsonb), :locale, "
    ":requested_by, :scopes, CAST(:deliver_to AS jsonb), :fingerprint, CAST(:subscription_id AS uuid), :slot) "
    "ON CONFLICT DO NOTHING RETURNING *"
)
SAME = text(
    "SELECT * FROM reports WHERE fingerprint = :fingerprint AND state IN ('queued', 'running', 'done') "
    "AND (expires_at IS NULL OR expires_at > now())"
)
ONE = text("SELECT * FROM reports WHERE id = CAST(:id AS uuid)")
LIST = text(
    "SELECT * FROM reports WHERE (CAST(:who AS text) IS NULL OR requested_by = :who) "
    "AND (CAST(:state AS text) IS NULL OR state = :state) "
    "AND (CAST(:before AS uuid) IS NULL OR id < CAST(:before AS uuid)) ORDER BY id DESC LIMIT :limit"
)
OPEN_OF = text(
    "SELECT count(*) FROM reports WHERE requested_by = :who AND state IN ('queued', 'running') "
    "AND subscription_id IS NULL"
)
# One that was given up by whoever had it may be taken over; how often, the caller looks at.
CLAIM = text(
    "UPDATE reports SET state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, now()), "
    "updated_at = now(), lease_until = now() + make_interval(secs => :lease), lease_token = :token "
    "WHERE id = CAST(:id AS uuid) AND (state = 'queued' OR state = 'running' AND lease_until < now()) RETURNING *"
)
LOOK = text(
    "SELECT state, coalesce(extract(epoch FROM lease_until - now()), 0) AS lease_left "
    "FROM reports WHERE id = CAST(:id AS uuid)"
)
_MINE = "WHERE id = CAST(:id AS uuid) AND state = 'running' AND lease_token = :token"
RENEW = text(
    "UPDATE reports SET progress = greatest(progress, :progress), stage = :stage, updated_at = now(), "  # noqa: S608
    f"lease_until = now() + make_interval(secs => :lease) {_MINE}"
)
INTEND = text(
    "UPDATE reports SET artifact_key = :key, artifact_sha256 = :sha256, artifact_bytes = :bytes, "  # noqa: S608
    "media_type = :media_type, filename = :filename, digest = CAST(:digest AS jsonb), updated_at = now(), "
    f"lease_until = now() + make_interval(secs => :lease) {_MINE}"
)
FINISH = text(
    "UPDATE reports SET state = 'done', progress = 100, stage = 'done', finished_at = now(), updated_at = now(), "  # noqa: S608
    "lease_until = NULL, lease_token = NULL, error = NULL, notification_id = CAST(:notification_id AS uuid), "
    f"expires_at = now() + make_interval(days => :days) {_MINE} RETURNING *"
)
FAIL = text(
    "UPDATE reports SET state = 'failed', finished_at = now(), updated_at = now(), lease_until = NULL, "  # noqa: S608
    f"lease_token = NULL, error = :error, attempts = least(attempts, :tries) {_MINE} RETURNING *"
)
PUT_BACK = text(
    "UPDATE reports SET state = 'queued', attempts = attempts - :refund, updated_at = now(), "  # noqa: S608
    f"lease_until = NULL, lease_token = NULL {_MINE}"
)
STOP = text(
    "UPDATE reports SET state = 'cancelled', finished_at = now(), updated_at = now(), lease_until = NULL, "
    "lease_token = NULL WHERE id = CAST(:id AS uuid) AND state IN ('queued', 'running') RETURNING *"
)
# Nobody holds them, and their message should have come by now.
ABANDONED = text(
    "SELECT id::text FROM reports WHERE (state = 'queued' AND updated_at < now() - interval '5 minutes') "
    "OR (state = 'running' AND lease_until < now() - interval '30 seconds') ORDER BY id LIMIT :most"
)
TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 8007))")


@dataclass(frozen=True, slots=True)
class Asked:
    """One report that somebody wants. `requested_by` is `role:sub`; `fingerprint` None never meets its like."""

    id: str
    type: str
    format: str
    parameters: Mapping[str, Any]
    locale: str
    requested_by: str
    scopes: Sequence[str] = ()
    deliver_to: Mapping[str, Any] | None = None
    fingerprint: str | None = None
    subscription_id: str | None = None
    slot: date | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A finished file as the row knows it; `digest` is what a weekly letter says of it."""

    key: str
    sha256: str
    bytes: int
    media_type: str
    filename: str
    digest: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a report could not be claimed. `lease_left` is in seconds."""

    state: str
    lease_left: float


def create(conn: Connection, asked: Asked) -> tuple[Row[Any], bool]:
    """Write it down, or find the one that serves as well: (row, whether it is new)."""
    if row := add(conn, asked):
        return row, True
    if row := conn.execute(SAME, {"fingerprint": asked.fingerprint}).first():
        return row, False
    # The other one has just run out, and nobody has ended it yet.
    alone = replace(asked, fingerprint=None)
    return conn.execute(CREATE, _columns(alone)).one(), True


def add(conn: Connection, asked: Asked) -> Row[Any] | None:
    """Write it down; None when there is its like, or the slot of its subscription has its report already."""
    return conn.execute(CREATE, _columns(asked)).first()


def _columns(asked: Asked) -> dict[str, Any]:
    values = {name: getattr(asked, name) for name in Asked.__slots__}
    values |= {"parameters": _json(asked.parameters), "scopes": list(asked.scopes)}
    return {**values, "deliver_to": None if asked.deliver_to is None else _json(asked.deliver_to)}


def get(conn: Connection, report_id: str) -> Row[Any] | None:
    """One report as it stands."""
    return conn.execute(ONE, {"id": report_id}).first()


def listed(
    conn: Connection, *, who: str | None, state: str | None, limit: int, before: str | None
) -> list[Row[Any]]:
    """Reports, newest first, below the id `before`; of `who`, or of everybody."""
    return list(conn.execute(LIST, {"who": who, "state": state, "limit": limit, "before": before}))


def open_of(conn: Connection, who: str) -> int:
    """How many of somebody's reports are not finished; those of subscriptions do not count."""
    return int(conn.execute(OPEN_OF, {"who": who}).scalar_one())


def claim(conn: Connection, report_id: str, token: str) -> Row[Any] | Refusal | None:
    """Take a report that waits, or was given up; or say why not; None when there is no such one.

    `attempts` of the row counts this try.
    """
    if row := conn.execute(CLAIM, {"id": report_id, "token": token, "lease": LEASE_S}).first():
        return row
    seen = conn.execute(LOOK, {"id": report_id}).first()
    return Refusal(seen.state, float(seen.lease_left)) if seen else None


def renew(conn: Connection, report_id: str, token: str, progress: int, stage: str) -> bool:
    """Say how far it is and keep the lease; False when it is lost: let go."""
    values = {"id": report_id, "token": token, "progress": progress, "stage": stage, "lease": LEASE_S}
    return conn.execute(RENEW, values).rowcount == 1


def intend(conn: Connection, report_id: str, token: str, file: File) -> bool:
    """Write down which file is about to be stored; False when the lease is lost: do not store it.

    Nobody deletes a file of that key between this commit and the end of the report.
    """
    take_turn(conn, file.key)
    values = {name: getattr(file, name) for name in File.__slots__}
    values["digest"] = None if file.digest is None else _json(file.digest)
    return conn.execute(INTEND, {**values, "id": report_id, "token": token, "lease": LEASE_S}).rowcount == 1


def take_turn(conn: Connection, key: str) -> None:
    """Whoever stores or deletes a file of this key waits for the other, until the commit."""
    conn.execute(TURN, {"key": key})


def abandoned(conn: Connection, most: int = 200) -> list[str]:
    """Reports that nobody makes and no message seems to speak of."""
    return list(conn.execute(ABANDONED, {"most": most}).scalars())


def finish(
    conn: Connection, report_id: str, token: str, *, days: int, notification_id: str | None
) -> Row[Any] | None:
    """Its file is stored, and is kept for `days`; None when the lease was lost meanwhile."""
    values = {"id": report_id, "token": token, "days": days, "notification_id": notification_id}
    return conn.execute(FINISH, values).first()


def fail(conn: Connection, report_id: str, token: str, error: str) -> Row[Any] | None:
    """It cannot be made; `error` is a sentence for people. None when the lease was lost meanwhile."""
    return conn.execute(FAIL, {"id": report_id, "token": token, "error": error, "tries": TRIES}).first()


def put_back(conn: Connection, report_id: str, token: str, *, refund: bool) -> bool:
    """Give it back for a later try; `refund`: this one does not count. False when the lease was lost meanwhile."""
    return conn.execute(PUT_BACK, {"id": report_id, "token": token, "refund": int(refund)}).rowcount == 1


def stop(conn: Connection, report_id: str) -> Row[Any] | None:
    """Cancel one that is not finished; None when it is."""
    return conn.execute(STOP, {"id": report_id}).first()


def _json(value: Any) -> str:
    return json.dumps(dict(value), ensure_ascii=False)
