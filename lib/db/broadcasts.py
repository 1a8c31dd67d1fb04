"""Messages to many: what was asked for, who gets it, how far it has come."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

LOCK = text("SELECT *, now() AS clock FROM broadcasts WHERE id = CAST(:id AS uuid) FOR UPDATE")
CREATE = text(
    "INSERT INTO broadcasts (id, name, state, type, template, data, channels, locale, audience, send_at, "
    "expires_at, requested_by, recipients) VALUES (CAST(:id AS uuid), :name, 'sending', :type, :template, "
    "CAST(:data AS jsonb), :channels, :locale, CAST(:audience AS jsonb), :send_at, :expires_at, :requested_by, "
    "cardinality(CAST(:users AS text[])))"
)
FREEZE = text(
    "INSERT INTO broadcast_recipients (broadcast_id, position, user_id) "
    "SELECT CAST(:id AS uuid), n - 1, user_id FROM unnest(CAST(:users AS text[])) WITH ORDINALITY AS u(user_id, n)"
)
OF_TUTOR = text(
    "WITH students AS (SELECT DISTINCT student_id AS user_id FROM lessons "
    "  WHERE tutor_id = :tutor_id AND student_id IS NOT NULL AND NOT deleted), "
    "parents AS (SELECT unnest(r.parent_ids) AS user_id FROM recipients r JOIN students USING (user_id) "
    "  WHERE :include_parents) "
    "SELECT user_id FROM students UNION SELECT user_id FROM parents ORDER BY user_id"
)
PAGE = text(
    "SELECT user_id FROM broadcast_recipients WHERE broadcast_id = CAST(:id AS uuid) "
    "AND position >= :start AND position < :end ORDER BY position"
)
PLANNED = text(
    "UPDATE broadcast_recipients r SET notification_id = p.notification_id "
    "FROM unnest(CAST(:users AS text[]), CAST(:notifications AS uuid[])) AS p(user_id, notification_id) "
    "WHERE r.broadcast_id = CAST(:id AS uuid) AND r.user_id = p.user_id"
)
TURNED = text(
    "UPDATE broadcasts SET next_page = :page, state = :state, started_at = coalesce(started_at, now()) "
    "WHERE id = CAST(:id AS uuid)"
)
MOVE = text("UPDATE broadcasts SET state = :state WHERE id = CAST(:id AS uuid)")
# On the fullest channel: what waits for its turn within the next seconds, and what is unfinished of this one.
BACKLOG = text(
    "SELECT coalesce(max(soon), 0) AS soon, coalesce(max(own), 0) AS own FROM ("
    "  SELECT count(*) FILTER (WHERE d.due_at < now() + interval '10 seconds') AS soon, "
    "  count(*) FILTER (WHERE r.broadcast_id = CAST(:id AS uuid)) AS own "
    "  FROM deliveries d JOIN broadcast_recipients r ON r.notification_id = d.notification_id "
    "  WHERE d.state IN ('queued', 'sending') GROUP BY d.channel) AS channels"
)
# One state a person: the liveliest of their deliveries', so that the sum is the number of people.
PROGRESS = text(
    "SELECT state, reason, count(*) AS people FROM ("
    "  SELECT CASE WHEN r.notification_id IS NOT NULL THEN coalesce(best.state, 'erased') "
    "    WHEN b.state = 'cancelled' THEN 'cancelled' ELSE 'waiting' END AS state, best.reason "
    "  FROM broadcast_recipients r JOIN broadcasts b ON b.id = r.broadcast_id LEFT JOIN LATERAL ("
    "    SELECT d.state, d.reason FROM deliveries d WHERE d.notification_id = r.notification_id "
    "    ORDER BY array_position(ARRAY['sending', 'queued', 'held', 'planned', 'sent', 'unknown', 'failed', "
    "      'digested', 'cancelled', 'expired', 'suppressed'], d.state) LIMIT 1) AS best ON true "
    "  WHERE r.broadcast_id = CAST(:id AS uuid)) AS people GROUP BY state, reason ORDER BY state, reason"
)
RATE = text(
    "SELECT count(*) FILTER (WHERE d.finished_at > now() - interval '10 seconds') / 10.0 AS now, "
    "max(d.finished_at) AS last, now() AS clock "
    "FROM deliveries d JOIN broadcast_recipients r ON r.notification_id = d.notification_id "
    "WHERE r.broadcast_id = CAST(:id AS uuid) AND d.state = 'sent'"
)
WAITING = text(
    "SELECT d.id::text FROM deliveries d JOIN broadcast_recipients r ON r.notification_id = d.notification_id "
    "WHERE r.broadcast_id = CAST(:id AS uuid) AND d.state IN ('planned', 'held', 'queued') ORDER BY d.id"
)
LIST = text(
    "SELECT b.*, now() AS clock, CASE WHEN b.state = 'planned' THEN (SELECT count(*) FROM ("
    "  SELECT FROM broadcast_recipients r JOIN deliveries d ON d.notification_id = r.notification_id "
    "  WHERE r.broadcast_id = b.id AND d.state IN ('planned', 'held', 'queued', 'sending') LIMIT 1) AS one) "
    "  END AS unfinished "
    "FROM broadcasts b WHERE CAST(:before AS uuid) IS NULL OR b.id < CAST(:before AS uuid) "
    "ORDER BY b.id DESC LIMIT :limit"
)
ONE = text("SELECT * FROM broadcasts WHERE id = CAST(:id AS uuid)")


def create(conn: Connection, broadcast_id: str, asked: Mapping[str, Any], users: Sequence[str]) -> None:
    """Write a broadcast down, and who gets it. `asked` has the columns that were asked for."""
    columns = {**asked, "id": broadcast_id, "users": list(users), "channels": list(asked["channels"])}
    columns |= {name: json.dumps(asked[name], ensure_ascii=False) for name in ("data", "audience")}
    conn.execute(CREATE, columns)
    conn.execute(FREEZE, {"id": broadcast_id, "users": list(users)})


def of_tutor(conn: Connection, tutor_id: str, *, include_parents: bool) -> list[str]:
    """A tutor's students, those who have or had a lesson, with their parents if asked for."""
    values = {"tutor_id": tutor_id, "include_parents": include_parents}
    return list(conn.execute(OF_TUTOR, values).scalars())


def lock(conn: Connection, broadcast_id: str) -> Row[Any] | None:
    """A broadcast with the time, `clock`, held until the commit; None when there is no such one."""
    return conn.execute(LOCK, {"id": broadcast_id}).first()


def get(conn: Connection, broadcast_id: str) -> Row[Any] | None:
    """A broadcast as it stands."""
    return conn.execute(ONE, {"id": broadcast_id}).first()


def newest(conn: Connection, limit: int, before: str | None) -> list[Row[Any]]:
    """Broadcasts, newest first, below the id `before`; `unfinished` is 0 for one that is planned and all out."""
    return list(conn.execute(LIST, {"limit": limit, "before": before}))


def page(conn: Connection, broadcast_id: str, start: int, size: int) -> list[str]:
    """The people at these positions."""
    values = {"id": broadcast_id, "start": start, "end": start + size}
    return list(conn.execute(PAGE, values).scalars())


def planned(conn: Connection, broadcast_id: str, notifications: Iterable[tuple[str, str]]) -> None:
    """Note which notification each of these people got: (user, notification)."""
    pairs = list(notifications)
    users, ids = [user for user, _ in pairs], [made for _, made in pairs]
    conn.execute(PLANNED, {"id": broadcast_id, "users": users, "notifications": ids})


def turned(conn: Connection, broadcast_id: str, next_page: int, state: str) -> None:
    """Go on to the next page."""
    conn.execute(TURNED, {"id": broadcast_id, "page": next_page, "state": state})


def move(conn: Connection, broadcast_id: str, state: str) -> None:
    """Put a locked broadcast into another state."""
    conn.execute(MOVE, {"id": broadcast_id, "state": state})


def backlog(conn: Connection, broadcast_id: str) -> tuple[int, int]:
    """(deliveries of all broadcasts due within seconds, unfinished ones of this one), on the fullest channel."""
    row = conn.execute(BACKLOG, {"id": broadcast_id}).one()
    return row.soon, row.own


def progress(conn: Connection, broadcast_id: str) -> list[Row[Any]]:
    """How many people are in which state, and why: `waiting` are those whose page has not come."""
    return list(conn.execute(PROGRESS, {"id": broadcast_id}))


def rate(conn: Connection, broadcast_id: str) -> Row[Any]:
    """`now`: sent a second over the last ten; `last`: when something was sent last; `clock`."""
    return conn.execute(RATE, {"id": broadcast_id}).one()


def waiting(conn: Connection, broadcast_id: str) -> list[str]:
    """The deliveries that nobody has begun to send."""
    return list(conn.execute(WAITING, {"id": broadcast_id}).scalars())
