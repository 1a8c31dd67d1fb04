"""What somebody was to be told in a period, and what is known of the lessons they were to be reminded of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from lib.domain.audience import Recipient
from lib.domain.events import Event
from lib.domain.reminders import Learnt

# Digests are what became of others; reminders are planned anew. A channel that came in later was a fallback.
NOTIFICATIONS = text("""
    SELECT n.id::text AS id, n.type, n.data, n.critical, n.priority, n.send_at, n.expires_at, n.created_at,
        e.occurred_at, array_agg(d.channel ORDER BY d.channel) AS channels,
        array_agg(d.reason) FILTER (WHERE d.finished_at = d.created_at) AS reasons,
        min(d.finished_at) FILTER (WHERE d.state = 'cancelled' AND d.reason = 'cancelled') AS cancelled_at,
        (SELECT min(c.received_at) FROM events c WHERE c.entity = 'lesson:' || (n.data ->> 'lesson_id')
            AND c.type IN ('lesson.cancelled', 'lesson.deleted') AND c.received_at > n.created_at) AS called_off_at,
        n.template IS NULL AND n.must_answer_minutes IS NULL
            AND NOT EXISTS (SELECT FROM attachments a WHERE a.notification_id = n.id) AS mixes
    FROM deliveries d JOIN notifications n ON n.id = d.notification_id
    LEFT JOIN events e ON e.source = n.event_source AND e.id = n.event_id
    WHERE d.user_id = :user_id AND d.created_at = n.created_at AND n.created_at >= :start AND n.created_at < :end
        AND n.type <> 'digest' AND NOT (n.type = 'lesson_reminder' AND n.event_id IS NOT NULL)
    GROUP BY n.id, e.occurred_at ORDER BY n.id
""")
LESSONS = text("""
    SELECT e.entity, e.source, e.id, e.type, e.occurred_at, e.received_at, e.data, a.at AS answered_at
    FROM lessons l JOIN events e ON e.entity = 'lesson:' || l.lesson_id
    LEFT JOIN answers a ON a.question LIKE 'lesson:' || l.lesson_id || '@%'
    WHERE l.starts_at >= :start AND l.starts_at < :end
        AND (l.student_id = ANY(CAST(:students AS text[])) OR l.tutor_id = :user_id)
    ORDER BY e.position
""")


@dataclass(frozen=True, slots=True)
class Story:
    """One lesson. `answered_at`: when somebody of the family said whether they come."""

    lesson_id: str
    events: Sequence[Learnt]
    answered_at: datetime | None


def notifications_to(
    conn: Connection, user_id: str, start: datetime, end: datetime
) -> list[Mapping[str, Any]]:
    """What was planned for this person in [start, end), but for digests and lesson reminders."""
    rows = conn.execute(NOTIFICATIONS, {"user_id": user_id, "start": start, "end": end}).mappings()
    return [{**row, "reasons": row["reasons"] or ()} for row in rows]


def lessons_of(conn: Connection, recipient: Recipient, start: datetime, end: datetime) -> list[Story]:
    """Lessons that begin in [start, end) and concern this person: their own, their children's, or taught by them."""
    students = [recipient.user_id, *recipient.child_ids]
    values = {"user_id": recipient.user_id, "students": students, "start": start, "end": end}
    found: dict[str, list[Learnt]] = defaultdict(list)
    answered: dict[str, datetime | None] = {}
    for row in conn.execute(LESSONS, values):
        event = Event(row.source, row.id, row.type, row.occurred_at, row.data)
        found[row.entity].append(Learnt(row.received_at, event))
        is_tutor = str(row.data.get("tutor_id")) == recipient.user_id
        answered[row.entity] = None if is_tutor else row.answered_at
    return [Story(name.partition(":")[2], events, answered[name]) for name, events in found.items()]
