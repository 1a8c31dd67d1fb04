"""Deliveries that wait together: what is there for a person on a channel, and what becomes of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from lib.db.deliveries import Delivery, as_delivery
from lib.domain.timing import GATHERED, Taken

# A second of grace: the clock that released the message need not be the database's.
WAITING = text(
    "SELECT d.*, now() AS clock, n.type, n.data, n.critical, n.priority, n.locale, n.template, n.event_id, "
    "n.must_answer_minutes, EXISTS (SELECT FROM attachments a WHERE a.notification_id = n.id) AS has_attachments "
    "FROM deliveries d JOIN notifications n ON n.id = d.notification_id "
    "WHERE d.user_id = :user_id AND d.channel = :channel AND d.state = 'held' "
    "AND d.reason = ANY(CAST(:reasons AS text[])) AND d.due_at <= now() + interval '1 second' "
    "ORDER BY d.id FOR UPDATE OF d"
)
RELEASE = text(
    "UPDATE deliveries SET state = 'queued', reason = 'released', due_at = now(), updated_at = now() "
    "WHERE id = CAST(:id AS uuid) AND state = 'held' RETURNING *, now() AS clock"
)
POSTPONE = text(
    "UPDATE deliveries SET reason = :reason, due_at = :due_at, updated_at = now() "
    "WHERE id = CAST(:id AS uuid) AND state = 'held' RETURNING *, now() AS clock"
)
FINISH = text(
    "UPDATE deliveries SET state = :state, reason = :reason, finished_at = now(), updated_at = now() "
    "WHERE id = CAST(:id AS uuid) AND state = 'held' RETURNING *, now() AS clock"
)
MERGE = text(
    "UPDATE deliveries SET state = 'digested', reason = 'merged', merged_into = CAST(:into AS uuid), "
    "finished_at = now(), updated_at = now() "
    "WHERE id = ANY(CAST(:ids AS uuid[])) AND state = 'held' RETURNING *, now() AS clock"
)
# A message of the last two weeks counts where it went out, one under way where it is due. Two weeks cover the
# week of any instant that a new message may be planned for.
TAKEN = text(
    "SELECT user_id, channel, at, waits FROM (SELECT id, user_id, channel, "
    "coalesce(finished_at, due_at, created_at) AS at, "
    "state = 'held' AND reason = ANY(CAST(:reasons AS text[])) AS waits FROM deliveries "
    "WHERE user_id = ANY(CAST(:ids AS text[])) AND state IN ('queued', 'held', 'sending', 'sent', 'unknown')) d "
    "WHERE at > now() - interval '14 days' ORDER BY id"
)
# Held until the commit: two decisions at once would both take the last message of a week.
LIMITED = text(
    "SELECT user_id FROM preferences WHERE user_id = ANY(CAST(:ids AS text[])) "
    "AND body ?| ARRAY['min_interval_minutes', 'weekly_cap'] ORDER BY user_id FOR UPDATE"
)


def due(conn: Connection, user_id: str, channel: str) -> list[Row[Any]]:
    """What waits for this person on this channel and is due, with its notification; held until the commit."""
    values = {"user_id": user_id, "channel": channel, "reasons": list(GATHERED)}
    return list(conn.execute(WAITING, values))


def release(conn: Connection, delivery_id: str) -> Delivery | None:
    """Let one go by itself; None when somebody else settled it."""
    return _first(conn, RELEASE, id=delivery_id)


def postpone(conn: Connection, delivery_id: str, reason: str, due_at: datetime) -> Delivery | None:
    """Let one wait longer."""
    return _first(conn, POSTPONE, id=delivery_id, reason=reason, due_at=due_at)


def finish(conn: Connection, delivery_id: str, state: str, reason: str) -> Delivery | None:
    """Settle one that must not go out any more."""
    return _first(conn, FINISH, id=delivery_id, state=state, reason=reason)


def merge(conn: Connection, delivery_ids: Sequence[str], into: str) -> list[Delivery]:
    """Make several a part of the delivery `into`, which exists already."""
    rows = conn.execute(MERGE, {"ids": list(delivery_ids), "into": into})
    return [as_delivery(row) for row in rows]


def taken(conn: Connection, user_ids: Iterable[str]) -> dict[tuple[str, str], Taken]:
    """By (user, channel): what those whose wishes count messages got lately, or are going to get.

    Their preferences stay locked until the commit.
    """
    ids = sorted(set(user_ids))
    limited = [row.user_id for row in conn.execute(LIMITED, {"ids": ids})] if ids else []
    found: dict[tuple[str, str], Taken] = defaultdict(Taken)
    for row in conn.execute(TAKEN, {"ids": limited, "reasons": list(GATHERED)}) if limited else ():
        before = found[row.user_id, row.channel]
        found[row.user_id, row.channel] = before.and_waiting(row.at) if row.waits else before.and_out(row.at)
    return found


def _first(conn: Connection, statement: Any, **values: Any) -> Delivery | None:
    row = conn.execute(statement, values).first()
    return as_delivery(row) if row else None
