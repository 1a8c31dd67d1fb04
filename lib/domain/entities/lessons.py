"""A lesson's state: the fold of its events in their own order."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

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


class Lesson(NamedTuple):
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


# What is taken as it was said.
PLAIN = ("student_id", "tutor_id", "subject", "topic", "duration_minutes", "currency", "room_url")


def fold(events: Iterable[Event], lesson: Lesson | None = None) -> Lesson | None:
    """Events of one lesson, in their own order, after the state so far → its state; None when there are none."""
    # One dictionary on the way and one object at its end: an object for every event costs more than all the rest.
    state: dict[str, Any] = {} if lesson is None else lesson._asdict()
    for event in events:
        if not state:
            state["lesson_id"] = str(event.data["lesson_id"])
        state.update(_changes(state.get("outcome"), event))
    return Lesson(**state) if state else None


def _changes(outcome: str | None, event: Event) -> dict[str, Any]:
    data = event.data
    match event.type:
        case "lesson.created":
            return {**_fields(data), "deleted": False}
        case "lesson.updated":
            return _fields(data)
        case "lesson.rescheduled":
            return {**_fields(data), **_reopened(outcome)}
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


def _reopened(outcome: str | None) -> dict[str, Any]:
    """A lesson that was called off and then given a new time is open again; a taught one stays taught."""
    if outcome in ("cancelled", "rescheduled"):
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
    return {name: data[name] for name in ("student_id", "tutor_id") if data.get(name) is not None}


def _fields(data: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: data[name] for name in PLAIN if data.get(name) is not None}
    if data.get("starts_at"):
        said["starts_at"] = datetime.fromisoformat(data["starts_at"])
    if data.get("price") is not None:
        said["price"] = Decimal(data["price"])
    return said


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
