"""States and contributions follow from the events known, in their own order."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

from lib.domain.entities.lessons import Lesson
from lib.domain.events import Arrival, Event, decode
from lib.domain.rollups import Contribution, Deltas
from lib.domain.stories import Outcome, entity_of, tell

T0 = datetime(2026, 11, 1, 9, tzinfo=UTC)


def event(kind: str, hours: float, data: dict[str, Any], event_id: str = "") -> Event:
    at = T0 + timedelta(hours=hours)
    body = {"specversion": "1.0", "id": event_id or f"{kind}@{hours}", "source": "test", "type": kind}
    return decode({**body, "time": at.isoformat(), "data": data}, Arrival(at))


def lesson(kind: str, hours: float, **data: Any) -> Event:
    return event(f"lesson.{kind}", hours, {"lesson_id": "L", **data})


def created(hours: float = 0, **more: Any) -> Event:
    fields = {"student_id": "s", "tutor_id": "t", "starts_at": "2026-11-03T14:00:00Z", "subject": "Физика"}
    return lesson("created", hours, **{**fields, **more})


def told(*events: Event) -> Outcome:
    return tell("lesson:L", events)


def state(*events: Event) -> Lesson:
    found = told(*events).state
    assert isinstance(found, Lesson)
    return found


def counts(outcome: Outcome, table: str = "lesson_rollup") -> dict[str, Any]:
    rows: list[Contribution] = [c for c in outcome.contributions if c.table == table]
    assert len(rows) <= 1
    return dict(rows[0].counts) if rows else {}


def test_every_order_of_arrival_gives_the_same_state_and_contributions() -> None:
    story = [
        created(0),
        lesson("rescheduled", 1, new_date="2026-11-04T10:00:00Z"),
        lesson("updated", 2, topic="Дроби"),
        lesson("attendance_marked", 50, attendance_status="unexcused_absence"),
        lesson("attendance_marked", 60, attendance_status="attended", actual_duration_minutes=55),
    ]
    outcomes = {repr(told(*order)) for order in permutations(story)}
    assert len(outcomes) == 1
    assert counts(told(*story)) == {"scheduled": 1, "completed": 1, "minutes": 55}


def test_a_cancellation_that_arrives_before_the_creation_still_cancels() -> None:
    assert counts(told(lesson("cancelled", 5, reason="болезнь"), created(0))) == {
        "scheduled": 1,
        "cancelled": 1,
    }


def test_a_cancellation_alone_counts_nowhere_until_the_lesson_has_a_day() -> None:
    assert told(lesson("cancelled", 5)).contributions == ()


def test_the_latest_word_on_a_lesson_wins() -> None:
    assert state(created(), lesson("cancelled", 5), lesson("completed", 9, rating=5)).outcome == "attended"
    assert state(created(), lesson("completed", 5), lesson("cancelled", 9)).outcome == "cancelled"


def test_a_cancelled_lesson_that_is_given_a_new_time_is_open_again_but_a_taught_one_stays_taught() -> None:
    moved = {"new_date": "2026-11-05T10:00:00Z"}
    assert state(created(), lesson("cancelled", 1), lesson("rescheduled", 2, **moved)).outcome is None
    assert state(created(), lesson("completed", 1), lesson("rescheduled", 2, **moved)).outcome == "attended"


def test_a_deleted_lesson_adds_nothing() -> None:
    assert told(created(), lesson("completed", 1), lesson("deleted", 2)).contributions == ()


def test_minutes_are_as_marked_else_as_planned_else_an_hour() -> None:
    marked = lesson("attendance_marked", 5, attendance_status="attended", actual_duration_minutes=40)
    assert counts(told(created(duration_minutes=90), marked))["minutes"] == 40
    assert counts(told(created(duration_minutes=90), lesson("completed", 5)))["minutes"] == 90
    assert counts(told(created(), lesson("completed", 5)))["minutes"] == 60


def test_one_payment_reported_twice_counts_once_with_its_latest_amount() -> None:
    def paid(hours: float, amount: str) -> Event:
        return event("payment.processed", hours, {"payment_id": 1, "student_id": "s", "amount": amount})

    outcome = tell("payment:1", [paid(2, "200.10"), paid(1, "100")])
    assert counts(outcome, "payment_rollup") == {"payments": 1, "revenue": Decimal("200.10")}


def test_partial_refunds_add_up_and_a_failure_counts_beside_a_later_success() -> None:
    def money(kind: str, hours: float, amount: str) -> Event:
        return event(f"payment.{kind}", hours, {"payment_id": 1, "student_id": "s", "amount": amount})

    story = [
        money("failed", 0, "50"),
        money("processed", 1, "50"),
        money("refunded", 2, "10"),
        money("refunded", 3, "5"),
    ]
    deltas = Deltas()
    deltas.add(c for c in tell("payment:1", story).contributions if c.table == "payment_rollup")
    sums: dict[str, Any] = {}
    for _, row in deltas.rows()["payment_rollup"]:
        for name, value in row.items():
            sums[name] = sums.get(name, 0) + value
    assert sums == {"failed": 1, "payments": 1, "revenue": 50, "refunds": 2, "refunded": 15}


def test_the_latest_grade_counts_and_work_is_on_time_up_to_the_deadline_itself() -> None:
    due = "2026-11-01T12:00:00Z"

    def homework(kind: str, hours: float, **data: Any) -> Event:
        return event(f"homework.{kind}", hours, {"homework_id": 1, "student_id": "s", "due_at": due, **data})

    story = [
        homework("submitted", 3),
        homework("submitted", 3.1),
        homework("graded", 5, score=2),
        homework("graded", 6, score=9, max_score=12),
    ]
    rows = [c.counts for c in tell("homework:1/s", story).contributions if c.table == "homework_rollup"]
    assert [row["on_time"] for row in rows if "on_time" in row] == [1, 0]
    assert [row["score_percent"] for row in rows if "graded" in row] == [Decimal(75)]


def test_an_unknown_type_belongs_to_no_story() -> None:
    assert entity_of(event("course.finished", 0, {"x": 1})) is None
