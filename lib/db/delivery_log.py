"""Reading deliveries: the log, one notification with its story, the ledger and the statistics."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, text

from lib.db.tables import deliveries as d
from lib.db.tables import notifications as n
from lib.db.tables import recipients as r
from lib.db.tables import timeline as t

ColumnOperator = Callable[[Any], ColumnElement[bool]]
COLUMNS = (
    d.c.id,
    d.c.notification_id,
    n.c.type,
    d.c.user_id,
    d.c.channel,
    d.c.state,
    d.c.reason,
    d.c.attempts,
    d.c.created_at,
    d.c.due_at,
    d.c.expires_at,
    d.c.finished_at,
    d.c.provider_id,
    d.c.merged_into,
    r.c.name,
)
# Deliveries with what they tell and whom: a left join, for the directory may not know them.
TOLD = d.join(n, n.c.id == d.c.notification_id).outerjoin(r, r.c.user_id == d.c.user_id)
LEDGER = text(
    "SELECT state, reason, count(*) AS deliveries FROM deliveries "
    "WHERE created_at >= :start AND created_at < :end GROUP BY state, reason ORDER BY state, reason"
)
STATS = text(
    "SELECT d.channel, n.type, d.state, count(*) AS deliveries FROM deliveries d "
    "JOIN notifications n ON n.id = d.notification_id "
    "WHERE d.created_at >= :start AND d.created_at < :end GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)
# From the moment a message was due, not from its planning: quiet hours are no slowness.
LATENCY = text(
    "SELECT channel, percentile_cont(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP "
    "(ORDER BY extract(epoch FROM finished_at - due_at)) AS seconds FROM deliveries "
    "WHERE state = 'sent' AND created_at >= :start AND created_at < :end GROUP BY channel"
)


def page(
    conn: Connection,
    *,
    limit: int,
    before: str | None = None,
    user_id: str | None = None,
    type_name: str | None = None,
    channel: str | None = None,
    states: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Row[Any]]:
    """Deliveries, newest first, below the id `before`; one more than `limit` when there are more."""
    wanted = select(*COLUMNS).select_from(TOLD).order_by(d.c.id.desc()).limit(limit + 1)
    filters: tuple[tuple[Any, ColumnOperator], ...] = (
        (before, d.c.id.__lt__),
        (user_id, d.c.user_id.__eq__),
        (type_name, n.c.type.__eq__),
        (channel, d.c.channel.__eq__),
        (states, d.c.state.in_),
        (since, d.c.created_at.__ge__),
        (until, d.c.created_at.__lt__),
    )
    for value, holds in filters:
        if value is not None:
            wanted = wanted.where(holds(value))
    return list(conn.execute(wanted))


def notification(conn: Connection, some_id: str) -> Mapping[str, Any] | None:
    """A notification by its own id or by that of one of its deliveries."""
    owner = select(d.c.notification_id).where(d.c.id == some_id).scalar_subquery()
    row = conn.execute(select(n).where((n.c.id == some_id) | (n.c.id == owner))).mappings().first()
    return dict(row) if row else None


def of_notification(conn: Connection, notification_id: str) -> list[Row[Any]]:
    """Its deliveries, in the order they were planned."""
    joined = select(*COLUMNS).select_from(TOLD)
    return list(conn.execute(joined.where(n.c.id == notification_id).order_by(d.c.id)))


def delivery(conn: Connection, delivery_id: str) -> Any:
    """One delivery's row; None when there is no such one."""
    wanted = select(*COLUMNS).select_from(TOLD).where(d.c.id == delivery_id)
    return conn.execute(wanted).first()


def parts(conn: Connection, delivery_id: str) -> list[str]:
    """The ids of the deliveries that became a part of this one."""
    return list(conn.execute(select(d.c.id).where(d.c.merged_into == delivery_id)).scalars())


def story(conn: Connection, notification_id: str) -> list[Row[Any]]:
    """Its timeline, oldest first."""
    wanted = select(t).where(t.c.notification_id == notification_id).order_by(t.c.position)
    return list(conn.execute(wanted))


def notifications_of_event(conn: Connection, event_id: str, source: str | None) -> list[str]:
    """The ids of the notifications that an event called for."""
    wanted = select(n.c.id).where(n.c.event_id == event_id)
    return list(conn.execute(wanted.where(n.c.event_source == source) if source else wanted).scalars())


def ledger(conn: Connection, start: datetime, end: datetime) -> list[Row[Any]]:
    """How many deliveries planned in [start, end) are in which state, for which reason."""
    return list(conn.execute(LEDGER, {"start": start, "end": end}))


def stats(conn: Connection, start: datetime, end: datetime) -> list[Row[Any]]:
    """How many deliveries planned in [start, end), by channel, type and state."""
    return list(conn.execute(STATS, {"start": start, "end": end}))


def latencies(conn: Connection, start: datetime, end: datetime) -> dict[str, list[float]]:
    """Seconds from due to sent by channel: the median, the 90th and the 99th percentile."""
    return {row.channel: row.seconds for row in conn.execute(LATENCY, {"start": start, "end": end})}
