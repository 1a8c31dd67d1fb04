"""Lesson reminders: each is planned once, for the exact second, however often and by however many it is tried."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from lib.db.schedule import claim_slots
from lib.domain.preferences import Preferences
from lib.domain.reminders import AHEAD, LATEST
from lib.queue.outbox import Outgoing, message

QUEUE = "notifications.events"
DEFAULT_LEAD_MINUTES: int = Preferences.model_fields["reminder_minutes"].default
# The schedule rings each minute; what is due before the ring after next is planned now, to the second.
HORIZON = timedelta(seconds=150)

# One row per lesson and lead time, with everybody who wants to be reminded then. A person without a wish is
# reminded an hour before; `"reminder_minutes": null` is the wish not to be.
DUE = text("""
    WITH ahead AS (
        SELECT lesson_id, student_id, tutor_id, starts_at FROM lessons
        WHERE starts_at > :now AND starts_at <= :until AND outcome IS NULL AND NOT deleted
    ), concerned AS (
        SELECT a.lesson_id, a.starts_at, a.student_id, a.tutor_id, who.user_id
        FROM ahead a LEFT JOIN recipients s ON s.user_id = a.student_id,
        LATERAL unnest(ARRAY[a.student_id, a.tutor_id] || coalesce(s.parent_ids, '{}')) AS who(user_id)
        WHERE who.user_id IS NOT NULL
    ), wishes AS (
        SELECT DISTINCT c.*, CASE WHEN p.body ? 'reminder_minutes' THEN CAST(p.body ->> 'reminder_minutes' AS integer)
            ELSE :default_lead END AS lead
        FROM concerned c LEFT JOIN preferences p USING (user_id)
    )
    SELECT lesson_id, student_id, tutor_id, starts_at, lead, array_agg(user_id ORDER BY user_id) AS user_ids,
        starts_at - make_interval(mins => lead) AS due_at
    FROM wishes WHERE lead IS NOT NULL AND starts_at - make_interval(mins => lead) <= :horizon
        AND starts_at - make_interval(mins => lead) > :latest
    GROUP BY lesson_id, student_id, tutor_id, starts_at, lead ORDER BY due_at, lesson_id
""")


def due(conn: Connection, now: datetime) -> Iterator[Outgoing]:
    """Reminders that fall due soon and were not planned before, as events for the dispatcher.

    Each waits in the outbox until its second. The dispatcher looks at the lesson again then: one that was
    moved or called off meanwhile reminds nobody.
    """
    values = {
        "now": now,
        "until": now + HORIZON + timedelta(hours=24),
        "default_lead": DEFAULT_LEAD_MINUTES,
        "horizon": now + HORIZON,
        "latest": now - LATEST,
    }
    rows = list(conn.execute(DUE, values))
    mine = claim_slots(conn, [(_name(row), row.due_at) for row in rows])
    for row in rows:
        if (_name(row), row.due_at) in mine:
            yield _event(row)


def _name(row: Row[Any]) -> str:
    return f"lesson_reminder/{row.lesson_id}/{row.lead}"


def _event(row: Row[Any]) -> Outgoing:
    data = {
        "lesson_id": row.lesson_id,
        "student_id": row.student_id,
        "tutor_id": row.tutor_id,
        "starts_at": row.starts_at.isoformat(),
        "minutes_before": row.lead,
        "remind_at": row.due_at.isoformat(),
        "user_ids": row.user_ids,
    }
    event_id = f"{_name(row)}/{row.due_at.isoformat()}"
    early = row.due_at - AHEAD
    return message("lesson.reminder_needed", event_id, data, queue=QUEUE, due_at=early, priority=6)
