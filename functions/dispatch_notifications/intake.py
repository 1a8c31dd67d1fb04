"""Events → the reminders that lost their sense, and the notifications they call for."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from uuid6 import uuid7

from functions.dispatch_notifications.audience import View, look_up
from lib.db import deliveries, notifications, timeline
from lib.domain.audience import concerned
from lib.domain.catalogue import NotificationType, ends_reminders, of_event
from lib.domain.events import Event
from lib.domain.plans import Asked, Circumstances, Plan, plan
from lib.queue import outbox
from lib.runtime import dispatching

CONSUMER = "notifications"
ONCE_A_LESSON = "lesson_completed"
REMINDER = "lesson_reminder"


def take(conn: Connection, events: Sequence[Event], now: datetime, zone: ZoneInfo) -> list[Plan]:
    """Everything that follows from events of the log, in the caller's transaction; one seen before changes
    nothing."""
    unseen = notifications.claim_events(conn, CONSUMER, [event.key for event in events])
    fresh = list({event.key: event for event in reversed(events) if event.key in unseen}.values())[::-1]
    _cancel_reminders(conn, fresh)
    plans = plans_for(conn, fresh, now, zone)
    notifications.insert(conn, plans)
    outbox.add(conn, dispatching.first_turns(plans))
    return plans


def _cancel_reminders(conn: Connection, events: Sequence[Event]) -> None:
    lessons = {str(event.data["lesson_id"]) for event in events if ends_reminders(event.type)}
    if not lessons:
        return
    for cancelled in deliveries.cancel_reminders(conn, lessons, "lesson_changed"):
        timeline.note(conn, cancelled, "state", "lesson_changed")


def plans_for(conn: Connection, events: Sequence[Event], now: datetime, zone: ZoneInfo) -> list[Plan]:
    """The notifications that events call for, decided but not written."""
    calls = [(event, kind) for event in events if (kind := of_event(event.type, event.data))]
    if not calls:
        return []
    view = look_up(conn, zone, (event.data for event, _ in calls))
    once = [event.data["lesson_id"] for event, kind in calls if kind.name == ONCE_A_LESSON]
    told = notifications.lessons_told_of(conn, ONCE_A_LESSON, map(str, once)) if once else set()
    return list(_plans(view, calls, told, now))


def _plans(
    view: View, calls: Sequence[tuple[Event, NotificationType]], told: set[str], now: datetime
) -> Iterator[Plan]:
    for event, kind in calls:
        data = view.completed(kind.name, event.data)
        lesson_id = str(data.get("lesson_id"))
        users = concerned(kind, data, view.people, members=view.roles.get(str(data.get("role")), ()))
        asked = Asked(
            kind,
            data,
            priority=kind.priority,
            critical=data.get("critical") is True,
            event=event.key,
            correlation_id=_text(event.attributes.get("correlation_id")),
        )
        around = Circumstances(
            occurred_at=event.time,
            starts_at=starts_at(kind, data),
            called_off=is_called_off(view, data),
            moved=has_moved(view, kind, data),
            told_before=kind.name == ONCE_A_LESSON and lesson_id in told,
        )
        if kind.name == ONCE_A_LESSON:
            told.add(lesson_id)
        yield plan(asked, map(view.person, users), kind.channels, now, lambda: str(uuid7()), around)


def starts_at(kind: NotificationType, data: dict[str, Any]) -> datetime | None:
    """When the lesson begins, for types that are worthless after that."""
    value = data.get("starts_at") if kind.before_start else None
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def is_called_off(view: View, data: dict[str, Any]) -> bool:
    """Whether the lesson has been cancelled or deleted by now."""
    lesson = view.lesson_of(data)
    return bool(lesson) and (lesson["outcome"] == "cancelled" or bool(lesson["deleted"]))


def has_moved(view: View, kind: NotificationType, data: dict[str, Any]) -> bool:
    """Whether a reminder speaks of a time that is no longer its lesson's: it may have waited for its second."""
    begins = view.lesson_of(data).get("starts_at")
    said = starts_at(kind, data)
    return kind.name == REMINDER and begins is not None and said is not None and said != begins


def _text(value: Any) -> str | None:
    return None if value is None else str(value)[:200]
