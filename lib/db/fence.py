"""The send fence: closed by a restore, opened by an operator. While it is closed, no instance anywhere sends.

It stands in the database that the deliveries stand in, so whoever can claim one has seen it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from lib.db.deliveries import Delivery, as_delivery
from lib.errors import Temporary

REASON = "restored"
AGAIN_S = 30.0
LOOK = text("SELECT backup_at, closed_at, opened_at, lost_at, now() AS clock FROM send_fence")
# Not by ON CONFLICT: a restore closes it before its table has its key.
CLOSE = (text("DELETE FROM send_fence"), text("INSERT INTO send_fence (backup_at) VALUES (:backup_at)"))
RELEASE = text(
    "UPDATE send_fence SET opened_at = now(), lost_at = :lost_at WHERE opened_at IS NULL RETURNING backup_at"
)
# What waited when the backup was made and was due before the end: sent by then, or not, nobody knows. Of what was
# planned since the restore, that which tells of something older.
_DOUBTFUL = (
    "FROM deliveries d JOIN notifications n ON n.id = d.notification_id CROSS JOIN send_fence f "
    "LEFT JOIN event_keys k ON k.source = n.event_source AND k.id = n.event_id "
    "LEFT JOIN events e ON e.position = k.position AND e.received_at = k.received_at "
    "WHERE (d.state IN ('planned', 'held', 'queued') OR (d.state = 'sending' AND d.lease_until < now())) "
    "AND CASE WHEN d.created_at <= f.closed_at THEN coalesce(d.due_at, d.created_at) "
    "ELSE coalesce(n.send_at, e.occurred_at, d.created_at) END <= :lost_at"
)
DOUBTFUL = text(
    f"SELECT d.channel, count(*) AS deliveries, min(coalesce(d.due_at, d.created_at)) AS oldest, "
    f"max(coalesce(d.due_at, d.created_at)) AS newest {_DOUBTFUL} GROUP BY 1 ORDER BY 1"
)
WAITING = text(
    "SELECT channel, count(*) AS deliveries, min(coalesce(due_at, created_at)) AS oldest, "
    "max(coalesce(due_at, created_at)) AS newest FROM deliveries "
    "WHERE state IN ('planned', 'held', 'queued') OR (state = 'sending' AND lease_until < now()) "
    "GROUP BY 1 ORDER BY 1"
)
SET_ASIDE = text(
    "UPDATE deliveries SET state = 'unknown', reason = :reason, finished_at = now(), updated_at = now(), "  # noqa: S608 - ours
    "stage = NULL, lease_until = NULL, lease_token = NULL FROM notifications n2 "
    f"WHERE n2.id = deliveries.notification_id AND deliveries.id IN (SELECT d.id {_DOUBTFUL}) "
    "RETURNING deliveries.*, n2.type, now() AS clock"
)
# The broker's own copy may be gone with the broker. A message that comes twice finds the delivery settled.
UNTOLD = text(
    "SELECT d.*, n.priority, now() AS clock FROM deliveries d JOIN notifications n ON n.id = d.notification_id "
    "WHERE (d.state IN ('planned', 'held', 'queued') OR (d.state = 'sending' AND d.lease_until < now())) "
    "AND d.id::text NOT IN (SELECT split_part(message_id, ':', 1) FROM outbox) ORDER BY d.id"
)
PRESSES = text("UPDATE bot_updates SET done_at = now() WHERE done_at IS NULL AND taken_at <= :lost_at")
BROADCASTS = text(
    "UPDATE broadcasts SET state = 'paused' WHERE state = 'sending' AND created_at <= "
    "(SELECT closed_at FROM send_fence) RETURNING id::text"
)
REPORTS = text(
    "UPDATE reports SET state = 'cancelled', finished_at = now(), updated_at = now(), lease_until = NULL, "
    "lease_token = NULL WHERE state IN ('queued', 'running') AND deliver_to IS NOT NULL "
    "AND created_at <= (SELECT closed_at FROM send_fence)"
)


@dataclass(frozen=True, slots=True)
class Fence:
    """`backup_at`: what the database knew; `closed_at`: the restore; `lost_at`: see the table. Aware, in UTC."""

    backup_at: datetime
    closed_at: datetime
    opened_at: datetime | None
    lost_at: datetime | None

    @property
    def is_closed(self) -> bool:
        """Whether nothing may be sent."""
        return self.opened_at is None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Deliveries of a channel that wait; `oldest` and `newest` are when they were due."""

    channel: str
    deliveries: int
    oldest: datetime
    newest: datetime


def look(conn: Connection) -> Fence | None:
    """The fence of the latest restore, closed or opened; None where there never was one."""
    row = conn.execute(LOOK).first()
    return Fence(row.backup_at, row.closed_at, row.opened_at, row.lost_at) if row else None


def is_closed(conn: Connection) -> bool:
    """Whether nothing may be sent now."""
    fence = look(conn)
    return fence is not None and fence.is_closed


def require_open(conn: Connection) -> None:
    """Raises Temporary while nothing may be sent."""
    if is_closed(conn):
        raise Temporary("Nothing is sent until an operator allows it.", retry_after=AGAIN_S)


def told_until(conn: Connection) -> datetime | None:
    """What happened until then may have been told by the system before; None where nothing is in doubt."""
    fence = look(conn)
    return fence.lost_at if fence else None


def close(conn: Connection, backup_at: datetime) -> None:
    """Nothing is sent from this commit on."""
    for statement in CLOSE:
        conn.execute(statement, {"backup_at": backup_at})


def release(conn: Connection, lost_at: datetime | None) -> bool:
    """Open it; False when it was open. What happened until `lost_at` is not told again; None: everything is."""
    return conn.execute(RELEASE, {"lost_at": lost_at}).rowcount == 1


def waiting(conn: Connection) -> list[Waiting]:
    """All that waits, by channel."""
    return [Waiting(*row) for row in conn.execute(WAITING)]


def doubtful(conn: Connection, lost_at: datetime) -> list[Waiting]:
    """What of it may have been sent by the system before, which worked until `lost_at`."""
    return [Waiting(*row) for row in conn.execute(DOUBTFUL, {"lost_at": lost_at})]


def set_aside(conn: Connection, lost_at: datetime) -> list[tuple[Delivery, str]]:
    """Finish the doubtful ones as `unknown`; each with its notification's type. They can be sent again by hand."""
    rows = conn.execute(SET_ASIDE, {"lost_at": lost_at, "reason": REASON}).all()
    return [(as_delivery(row), str(row.type)) for row in rows]


def set_rest_aside(conn: Connection, lost_at: datetime) -> list[str]:
    """What else would speak of the past: the bot's unanswered presses, reports to be sent, and broadcasts, which are
    paused where they stood; the broadcasts' ids."""
    conn.execute(PRESSES, {"lost_at": lost_at})
    conn.execute(REPORTS)
    return list(conn.execute(BROADCASTS).scalars())


def untold(conn: Connection) -> Sequence[tuple[Delivery, Row[Any]]]:
    """Waiting deliveries of which no row of the outbox speaks, with their rows (`priority`)."""
    return [(as_delivery(row), row) for row in conn.execute(UNTOLD)]
