"""The clock's work: each reminder planned once, to the second, however often and by however many it is tried."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lib.db.tables import deliveries, notifications
from lib.runtime.settings import Settings
from tests.clients import Client
from tests.integration.schedules.clockwork import HOUR, NOON, Clockwork


def test_student_tutor_and_both_parents_are_reminded_an_hour_before_to_the_second(
    clockwork: Clockwork,
) -> None:
    starts_at = NOON + HOUR + timedelta(seconds=97)
    clockwork.person("s", parent_ids=["p1", "p2"])
    clockwork.lesson(starts_at)
    clockwork.tick()
    ((due_at, data),) = clockwork.reminders()
    assert due_at == starts_at - HOUR
    assert data["user_ids"] == ["p1", "p2", "s", "t"]
    assert (data["lesson_id"], data["student_id"], data["tutor_id"]) == ("L", "s", "t")
    assert (datetime.fromisoformat(data["starts_at"]), data["minutes_before"]) == (starts_at, 60)


def test_the_event_is_a_cloudevent_for_the_dispatcher_with_an_id_that_stays_the_same(
    clockwork: Clockwork,
) -> None:
    clockwork.lesson(NOON + HOUR)
    clockwork.tick()
    ((exchange, queue, message_id, content_type, body),) = clockwork.rows(
        "SELECT exchange, routing_key, message_id, content_type, body FROM outbox "
        "WHERE routing_key = 'notifications.events'"
    )
    event = json.loads(body)
    assert (exchange, queue, content_type) == ("", "notifications.events", "application/cloudevents+json")
    assert (event["specversion"], event["type"]) == ("1.0", "lesson.reminder_needed")
    assert event["id"] == message_id == "lesson_reminder/L/60/2026-11-22T12:00:00+00:00"


@pytest.mark.parametrize("minutes", [60, 30, 15, 5])
def test_each_is_reminded_as_long_before_as_they_wish(clockwork: Clockwork, minutes: int) -> None:
    clockwork.person("s", parent_ids=["p1", "p2"])
    clockwork.wish("s", {"reminder_minutes": minutes})
    clockwork.wish("p1", {"reminder_minutes": None})
    clockwork.wish("p2", {"groups": {}})
    starts_at = NOON + HOUR
    clockwork.lesson(starts_at)
    for minute in range(61):
        clockwork.tick(NOON + timedelta(minutes=minute))
    own = starts_at - timedelta(minutes=minutes)
    assert clockwork.told() == {(NOON, "p2"), (NOON, "t"), (own, "s")}


def test_nobody_who_wishes_none_is_reminded(clockwork: Clockwork) -> None:
    for user in ("s", "t"):
        clockwork.wish(user, {"reminder_minutes": None})
    clockwork.lesson(NOON + HOUR)
    clockwork.tick()
    assert clockwork.reminders() == []


def test_a_tutor_who_is_a_parent_of_the_student_is_reminded_once(clockwork: Clockwork) -> None:
    clockwork.person("s", parent_ids=["t"])
    clockwork.lesson(NOON + HOUR)
    clockwork.tick()
    assert [data["user_ids"] for _, data in clockwork.reminders()] == [["s", "t"]]


def test_a_second_ring_and_five_at_once_add_nothing(clockwork: Clockwork) -> None:
    for number in range(30):
        clockwork.lesson(NOON + HOUR + timedelta(seconds=number), f"L{number}")
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: clockwork.tick(), range(5)))
    first = clockwork.reminders()
    assert len(first) == 30
    clockwork.tick()
    clockwork.tick(NOON + timedelta(minutes=1))
    assert clockwork.reminders() == first


def test_what_is_not_due_before_the_ring_after_next_is_left_to_a_later_one(clockwork: Clockwork) -> None:
    clockwork.lesson(NOON + HOUR + timedelta(seconds=150), "near")
    clockwork.lesson(NOON + HOUR + timedelta(seconds=151), "far")
    clockwork.tick()
    assert [data["lesson_id"] for _, data in clockwork.reminders()] == ["near"]
    clockwork.tick(NOON + timedelta(minutes=1))
    assert [data["lesson_id"] for _, data in clockwork.reminders()] == ["near", "far"]


@pytest.mark.parametrize(
    "state",
    [
        {"outcome": "cancelled"},
        {"outcome": "attended"},
        {"outcome": "unexcused_absence"},
        {"deleted": True},
        {"starts_at": None},
        {"starts_at": NOON - timedelta(seconds=1)},
        {"starts_at": NOON},
    ],
)
def test_a_lesson_that_will_not_be_taught_reminds_nobody(clockwork: Clockwork, state: dict[str, Any]) -> None:
    clockwork.lesson(**{"starts_at": NOON + HOUR, **state})
    clockwork.tick()
    assert clockwork.reminders() == []


def test_a_lesson_without_a_tutor_or_a_student_reminds_the_other(clockwork: Clockwork) -> None:
    clockwork.lesson(NOON + HOUR, "L1", tutor_id=None)
    clockwork.lesson(NOON + HOUR, "L2", student_id=None)
    clockwork.tick()
    assert [data["user_ids"] for _, data in clockwork.reminders()] == [["s"], ["t"]]


def test_a_moved_lesson_has_a_reminder_of_its_own(clockwork: Clockwork) -> None:
    clockwork.lesson(NOON + HOUR)
    clockwork.tick()
    clockwork.run("UPDATE lessons SET starts_at = starts_at + interval '1 minute'")
    clockwork.tick()
    assert [at for at, _ in clockwork.reminders()] == [NOON, NOON + timedelta(minutes=1)]


def test_after_half_an_hours_standstill_the_reminder_still_goes_and_after_the_lesson_it_does_not(
    clockwork: Clockwork,
) -> None:
    clockwork.lesson(NOON + HOUR, "ahead")
    clockwork.lesson(NOON + timedelta(minutes=20), "over")
    clockwork.tick(NOON + timedelta(minutes=30))
    assert [(at, data["lesson_id"]) for at, data in clockwork.reminders()] == [(NOON, "ahead")]


@pytest.mark.parametrize(
    "starts_at",
    [
        # An hour before, clocks in London and New York jump over that time of day, or show it twice.
        datetime(2026, 3, 29, 2, 30, tzinfo=UTC),
        datetime(2026, 3, 8, 8, 15, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 7, 30, tzinfo=UTC),
    ],
)
def test_a_reminder_is_due_an_hour_before_whatever_the_clock_on_the_wall_does(
    clockwork: Clockwork, starts_at: datetime
) -> None:
    clockwork.lesson(starts_at)
    for minutes in range(120, 0, -1):
        clockwork.tick(starts_at - timedelta(minutes=minutes))
    assert [at for at, _ in clockwork.reminders()] == [starts_at - HOUR]


def test_a_whole_day_of_rings_reminds_of_every_lesson_once(clockwork: Clockwork) -> None:
    starts = [NOON + timedelta(minutes=90 + 7 * n) for n in range(40)]
    for number, starts_at in enumerate(starts):
        clockwork.lesson(starts_at, f"L{number}")
    for minute in range(0, 400, 2):
        clockwork.tick(NOON + timedelta(minutes=minute))
    assert [at for at, _ in clockwork.reminders()] == [at - HOUR for at in starts]


def abandoned(clockwork: Clockwork, number: int, **more: Any) -> str:
    """A delivery; its id."""
    notification = f"00000000-0000-7000-8000-{number:012d}"
    delivery = f"00000000-0000-7000-9000-{number:012d}"
    clockwork.put(notifications, id=notification, type="custom", priority="normal", data={}, critical=False)
    row = {"channel": "email", "state": "queued", "created_at": NOON - HOUR, "updated_at": NOON - HOUR}
    ids = {"id": delivery, "notification_id": notification, "user_id": "s"}
    clockwork.put(deliveries, attempts=0, resends=0, **ids, **{**row, **more})
    return delivery


def woken(clockwork: Clockwork) -> list[tuple[str, str]]:
    rows = clockwork.rows(
        "SELECT routing_key, body FROM outbox WHERE routing_key LIKE 'notifications.%' ORDER BY id"
    )
    return [(queue, json.loads(body)["data"]["delivery_id"]) for queue, body in rows]


@pytest.mark.parametrize(
    "state",
    [
        {"state": "queued"},
        {"state": "planned", "channel": "telegram"},
        {"state": "held", "due_at": NOON - timedelta(minutes=11)},
        {"state": "sending", "lease_until": NOON - timedelta(minutes=11)},
    ],
)
def test_a_delivery_that_nobody_holds_is_queued_again(clockwork: Clockwork, state: dict[str, Any]) -> None:
    delivery = abandoned(clockwork, 1, **state)
    clockwork.tick()
    assert woken(clockwork) == [(f"notifications.{state.get('channel', 'email')}", delivery)]


@pytest.mark.parametrize(
    "state",
    [
        {"updated_at": NOON - timedelta(minutes=9)},
        {"due_at": NOON + HOUR},
        {"state": "held", "due_at": NOON + HOUR},
        {"state": "sending", "lease_until": NOON - timedelta(minutes=9)},
        *(
            {"state": s}
            for s in ("sent", "failed", "unknown", "suppressed", "digested", "cancelled", "expired")
        ),
    ],
)
def test_a_delivery_that_is_not_late_or_has_its_end_is_left_alone(
    clockwork: Clockwork, state: dict[str, Any]
) -> None:
    abandoned(clockwork, 1, **state)
    clockwork.tick()
    assert woken(clockwork) == []


def test_an_abandoned_delivery_is_queued_once_in_ten_minutes(clockwork: Clockwork) -> None:
    delivery = abandoned(clockwork, 1)
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: clockwork.tick(), range(5)))
    for minute in range(10):
        clockwork.tick(NOON + timedelta(minutes=minute, seconds=59))
    assert woken(clockwork) == [("notifications.email", delivery)]
    clockwork.tick(NOON + timedelta(minutes=10))
    assert woken(clockwork) == [("notifications.email", delivery)] * 2


def test_while_the_database_is_away_the_ring_is_answered_503(clockwork: Clockwork, free_port: int) -> None:
    url = f"postgresql://nobody:x@127.0.0.1:{free_port}/none"
    answer = Client("run_schedules", Settings(database_url=url, environment="test")).message(b"")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
