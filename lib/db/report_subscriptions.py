"""Reports that somebody wants regularly: kept with the next time they are due, on the clock that is theirs now."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

CREATE = text(
    "INSERT INTO report_subscriptions (id, requested_by, scopes, type, format, parameters, locale, every, weekday, "
    "day, at, channel, zone, next_at) VALUES (CAST(:id AS uuid), :requested_by, :scopes, :type, :format, "
    "CAST(:parameters AS jsonb), :locale, :every, :weekday, :day, :at, :channel, :zone, :next_at) RETURNING *"
)
ONE = text("SELECT * FROM report_subscriptions WHERE id = CAST(:id AS uuid)")
LIST = text(
    "SELECT * FROM report_subscriptions WHERE ended_at IS NULL "
    "AND (CAST(:who AS text) IS NULL OR requested_by = :who) "
    "AND (CAST(:before AS uuid) IS NULL OR id < CAST(:before AS uuid)) ORDER BY id DESC LIMIT :limit"
)
COUNT = text("SELECT count(*) FROM report_subscriptions WHERE requested_by = :who AND ended_at IS NULL")
END = text(
    "UPDATE report_subscriptions SET ended_at = coalesce(ended_at, now()) WHERE id = CAST(:id AS uuid)"
)
# Due, or worked out for a zone that their reader has left.
DUE = text(
    "SELECT s.*, u.user_id, coalesce(p.body ->> 'timezone', r.timezone, :school) AS their_zone, "
    "coalesce(r.locale, '') AS their_locale, coalesce(r.child_ids, '{}') AS child_ids "
    "FROM report_subscriptions s "
    "CROSS JOIN LATERAL (SELECT substr(s.requested_by, strpos(s.requested_by, chr(58)) + 1) AS user_id) u "
    "LEFT JOIN recipients r ON r.user_id = u.user_id LEFT JOIN preferences p ON p.user_id = u.user_id "
    "WHERE s.ended_at IS NULL AND (s.next_at <= :now "
    "OR s.zone <> coalesce(p.body ->> 'timezone', r.timezone, :school)) "
    "ORDER BY s.next_at LIMIT :most FOR UPDATE OF s SKIP LOCKED"
)
MOVE = text("UPDATE report_subscriptions SET next_at = :next_at, zone = :zone WHERE id = :id")
# Not made, or made and not out: what waits for the end of somebody's quiet hours is in good order.
LATE = text(
    "SELECT id::text AS id, type, created_at AS since FROM reports WHERE subscription_id IS NOT NULL "
    "AND state IN ('queued', 'running') AND created_at < :before "
    "UNION ALL SELECT id::text, type, next_at FROM report_subscriptions WHERE ended_at IS NULL AND next_at < :before "
    "UNION ALL SELECT r.id::text, r.type, r.finished_at FROM reports r "
    "JOIN deliveries d ON d.notification_id = r.notification_id WHERE r.subscription_id IS NOT NULL "
    "AND d.state IN ('planned', 'queued', 'sending') AND coalesce(d.due_at, d.created_at) < :before "
    "ORDER BY since, id"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """One subscription. `requested_by` is `role:sub`; `weekday` and `day` as in `lib.domain.report_calendar`."""

    id: str
    requested_by: str
    scopes: Sequence[str]
    type: str
    format: str
    parameters: Mapping[str, Any]
    locale: str | None
    every: str
    weekday: int | None
    day: int | None
    at: str
    channel: str
    zone: str
    next_at: datetime


def create(conn: Connection, wish: Wish) -> Row[Any]:
    """Write it down."""
    values = {name: getattr(wish, name) for name in Wish.__slots__}
    values |= {
        "parameters": json.dumps(dict(wish.parameters), ensure_ascii=False),
        "scopes": list(wish.scopes),
    }
    return conn.execute(CREATE, values).one()


def get(conn: Connection, subscription_id: str) -> Row[Any] | None:
    """One of them, ended or not."""
    return conn.execute(ONE, {"id": subscription_id}).first()


def listed(conn: Connection, *, who: str | None, limit: int, before: str | None) -> list[Row[Any]]:
    """Those that go on, newest first, below the id `before`; of `who`, or of everybody."""
    return list(conn.execute(LIST, {"who": who, "limit": limit, "before": before}))


def count_of(conn: Connection, who: str) -> int:
    """How many somebody has."""
    return int(conn.execute(COUNT, {"who": who}).scalar_one())


def end(conn: Connection, subscription_id: str) -> None:
    """No more of it; twice is the same."""
    conn.execute(END, {"id": subscription_id})


def due(conn: Connection, now: datetime, school_zone: str, most: int = 500) -> list[Row[Any]]:
    """Those to look at now, locked, each with `user_id`, `their_zone`, `their_locale` and `child_ids`."""
    return list(conn.execute(DUE, {"now": now, "school": school_zone, "most": most}))


def move(conn: Connection, row: Row[Any], next_at: datetime, zone: str) -> None:
    """When it is due next."""
    conn.execute(MOVE, {"id": row.id, "next_at": next_at, "zone": zone})


def late(conn: Connection, before: datetime) -> list[Row[Any]]:
    """What was due before then and has not come out, the longest ago first: `id`, `type`, `since`."""
    return list(conn.execute(LATE, {"before": before}))
