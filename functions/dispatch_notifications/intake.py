"""Events → the reminders that lost their sense, and the notifications they call for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from uuid6 import uuid7

from functions.dispatch_notifications.audience import View, look_up, school_zone
from functions.dispatch_notifications.circumstances import REMINDER, around
from lib.db import deliveries, erasures, fence, notifications, recipients, timeline
from lib.domain.audience import concerned
from lib.domain.batches import as_cloudevent, decode_all
from lib.domain.catalogue import NotificationType, ends_reminders, of_event
from lib.domain.events import Arrival, Event
from lib.domain.plans import Asked, Plan, plan
from lib.queue import outbox
from lib.runtime import dispatching
from lib.runtime.call import Call

CONSUMER = "notifications"
SECOND_LOOK = "notifications/again"
QUEUE = "notifications.events"
AGAIN = "event.again"
# How long news wait for the registration of somebody nobody knows, and how fresh they have to be for that.
OVERTAKEN = timedelta(seconds=15)
JUST_NOW = timedelta(minutes=2)
ONCE_A_LESSON = "lesson_completed"


def take(
    conn: Connection, events: Sequence[Event], now: datetime, zone: ZoneInfo, *, consumer: str = CONSUMER
) -> list[Plan]:
    """Everything that follows from events of the log, in the caller's transaction; one seen before changes
    nothing. `consumer` is the name under which it is remembered as seen."""
    events = erasures.forgotten(conn, events)
    unseen = notifications.claim_events(conn, consumer, [event.key for event in events])
    fresh = list({event.key: event for event in reversed(events) if event.key in unseen}.values())[::-1]
    _cancel_reminders(conn, fresh)
    if consumer == CONSUMER:
        fresh = _known_people(conn, fresh, now)
    plans = plans_for(conn, fresh, now, zone)
    notifications.insert(conn, plans)
    outbox.add(conn, dispatching.first_turns(plans))
    return plans


def again(conn: Connection, call: Call, data: dict[str, Any]) -> None:
    """Take events that were put off; now they are decided on whether their people are known or not."""
    decoded = decode_all(data.get("events") or [], Arrival(call.now))
    take(conn, decoded.events, call.now, school_zone(call.settings), consumer=SECOND_LOOK)


def _known_people(conn: Connection, events: Sequence[Event], now: datetime) -> list[Event]:
    """Puts off, once, those news that overtook the registration of their student in another queue."""
    news = [event for event in events if _may_have_overtaken(event, now)]
    known = recipients.by_ids(conn, {str(event.data["student_id"]) for event in news}) if news else {}
    early = [event for event in news if str(event.data["student_id"]) not in known]
    for event in early:
        body = {"events": [as_cloudevent(event)]}
        event_id = f"{event.source}/{event.id}/again"
        outbox.add(conn, [outbox.message(AGAIN, event_id, body, queue=QUEUE, due_at=now + OVERTAKEN)])
    put_off = {event.key for event in early}
    return [event for event in events if event.key not in put_off]


def _may_have_overtaken(event: Event, now: datetime) -> bool:
    calls = of_event(event.type, event.data) is not None
    return calls and bool(event.data.get("student_id")) and now - event.time < JUST_NOW


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
    return list(_plans(view, calls, told, fence.told_until(conn), now))


def _plans(
    view: View,
    calls: Sequence[tuple[Event, NotificationType]],
    told: set[str],
    told_until: datetime | None,
    now: datetime,
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
            send_at=_instant(data.get("remind_at")) if kind.name == REMINDER else None,
        )
        told_before = kind.name == ONCE_A_LESSON and lesson_id in told
        restored = told_until is not None and (asked.send_at or event.time) <= told_until
        known = around(view, kind, data)
        known = replace(known, occurred_at=event.time, told_before=told_before, restored=restored)
        if kind.name == ONCE_A_LESSON:
            told.add(lesson_id)
        made = plan(asked, map(view.person, users), kind.channels, now, lambda: str(uuid7()), known)
        view.note(made)
        yield made


def _instant(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)[:200]
