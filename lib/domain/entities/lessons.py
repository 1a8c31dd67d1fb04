"""A lesson's state: the fold of its events in their own order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from lib.domain.events import Event
from lib.domain.rollups import ACTIVITY, LESSONS, Contribution, contribution

DEFAULT_MINUTES = 60
ATTENDED = "attended"
OUTCOME_COUNTS = {
    ATTENDED: "completed",
    "cancelled": "cancelled",
    "excused_absence": "excused",
    "unexcused_absence": "unexcused",
}
# What the family said about coming, in answer to the reminder.
ANSWER_COUNTS = {"confirm": "confirmed", "reschedule": "reschedule_asked", "cannot": "declined"}


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson as the log tells it. `outcome` is the latest word: attended, excused_absence,
    unexcused_absence, rescheduled, cancelled, or None while nobody has said. `answer` is what the family said
    about coming at the time `answered_for`: confirm, reschedule or cannot."""

    lesson_id: str
    student_id: str | None = None
    tutor_id: str | None = None
    subject: str | None = None
    topic: str | None = None
    starts_at: datetime | None = None
    duration_minutes: int = DEFAULT_MINUTES
    price: Decimal | None = None
    currency: str | None = None
    room_url: str | None = None
    outcome: str | None = None
    outcome_reason: str | None = None
    actual_minutes: int | None = None
    student_rating: int | None = None
    tutor_rating: int | None = None
    marked_at: datetime | None = None
    deleted: bool = False
    answer: str | None = None
    answered_for: datetime | None = None

    @property
    def minutes(self) -> int:
        """Minutes taught: as marked, else as planned."""
        return self.duration_minutes if self.actual_minutes is None else self.actual_minutes


def fold(events: Iterable[Event]) -> Lesson | None:
    """Events of one lesson, in their own order → its state; None when there are none."""
    lesson: Lesson | None = None
    for event in events:
        before = lesson or Lesson(str(event.data["lesson_id"]))
        lesson = replace(before, **_changes(before, event))
    return lesson


def _changes(lesson: Lesson, event: Event) -> dict[str, Any]:
    data = event.data
    match event.type:
        case "lesson.created":
            return {**_fields(data), "deleted": False}
        case "lesson.updated":
            return _fields(data)
        case "lesson.rescheduled":
            return {**_fields(data), **_reopened(lesson)}
        case "lesson.cancelled":
            return {**_people(data), "outcome": "cancelled", "outcome_reason": data.get("reason")}
        case "lesson.attendance_marked":
            return {**_people(data), **_attendance(data), "marked_at": event.time}
        case "lesson.completed":
            return {
                **_people(data),
                "outcome": ATTENDED,
                "outcome_reason": None,
                "marked_at": event.time,
                **_known(student_rating=data.get("rating")),
            }
        case "lesson.deleted":
            return {"deleted": True}
        case "lesson.reminder_answered":
            asked = datetime.fromisoformat(data["starts_at"])
            return {**_people(data), "answer": data["answer"], "answered_for": asked}
        case _:
            return {}


def _reopened(lesson: Lesson) -> dict[str, Any]:
    """A lesson that was called off and then given a new time is open again; a taught one stays taught."""
    if lesson.outcome in ("cancelled", "rescheduled"):
        return {"outcome": None, "outcome_reason": None}
    return {}


def _attendance(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "outcome": data["attendance_status"],
        "outcome_reason": data.get("reason"),
        "actual_minutes": data.get("actual_duration_minutes"),
        **_known(student_rating=data.get("student_rating"), tutor_rating=data.get("tutor_rating")),
    }


def _people(data: Mapping[str, Any]) -> dict[str, Any]:
    return _known(student_id=data.get("student_id"), tutor_id=data.get("tutor_id"))


def _fields(data: Mapping[str, Any]) -> dict[str, Any]:
    starts_at, price = data.get("starts_at"), data.get("price")
    plain = {
        name: data.get(name) for name in ("subject", "topic", "duration_minutes", "currency", "room_url")
    }
    return {
        **_people(data),
        **_known(
            **plain,
            starts_at=datetime.fromisoformat(starts_at) if starts_at else None,
            price=Decimal(price) if price is not None else None,
        ),
    }


def _known(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def contributions(lesson: Lesson | None) -> Iterator[Contribution]:
    """What this lesson adds to the figures. A lesson counts on the day of `starts_at`, so one whose start
    is not known yet adds nothing."""
    if lesson is None or lesson.deleted:
        return
    if lesson.outcome == ATTENDED and lesson.student_id and lesson.marked_at:
        yield contribution(ACTIVITY, lesson.marked_at, lesson.student_id, actions=1)
    if lesson.starts_at is None:
        return
    counts = {"scheduled": 1}
    if lesson.outcome in OUTCOME_COUNTS:
        counts[OUTCOME_COUNTS[lesson.outcome]] = 1
    if lesson.outcome == ATTENDED:
        counts["minutes"] = lesson.minutes
    if lesson.answer in ANSWER_COUNTS and lesson.answered_for == lesson.starts_at:
        counts[ANSWER_COUNTS[lesson.answer]] = 1
    if lesson.student_rating is not None:
        counts |= {"ratings": 1, "rating_sum": lesson.student_rating}
    yield contribution(
        LESSONS, lesson.starts_at, lesson.tutor_id, lesson.student_id, lesson.subject, **counts
    )
