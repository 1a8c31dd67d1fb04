"""One piece of homework of one student: assigned, handed in (perhaps more than once), graded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

from lib.domain.events import Event
from lib.domain.rollups import ACTIVITY, HOMEWORK, Contribution, contribution

DEFAULT_MAX_SCORE = Decimal(5)
# Each grade is rounded once, here; sums of rounded decimals are exact, so they do not depend on the order.
PERCENT_STEP = Decimal(1).scaleb(-20)


@dataclass(frozen=True, slots=True)
class Submission:
    """Work handed in at an instant, with the deadline it was handed in against, if it had one."""

    at: datetime
    due_at: datetime | None


class Homework(NamedTuple):
    """`graded_at` and `percent` belong to the latest grade."""

    student_id: str
    tutor_id: str | None = None
    subject: str | None = None
    due_at: datetime | None = None
    assigned_at: datetime | None = None
    overdue_at: datetime | None = None
    submissions: tuple[Submission, ...] = ()
    graded_at: datetime | None = None
    percent: Decimal | None = None


def fold(events: Iterable[Event], homework: Homework | None = None) -> Homework | None:
    """Events of one homework and student, in their own order, after the state so far → its state; None when
    there are none."""
    state: dict[str, Any] = {} if homework is None else homework._asdict()
    for event in events:
        if not state:
            state["student_id"] = str(event.data["student_id"])
        state.update(_changes(state, event))
    return Homework(**state) if state else None


def _changes(state: Mapping[str, Any], event: Event) -> dict[str, Any]:
    data = event.data
    said = {name: data[name] for name in ("tutor_id", "subject") if data.get(name)}
    due_at = _instant(data.get("due_at"))
    if due_at:
        said["due_at"] = due_at
    match event.type:
        case "homework.assigned":
            said["assigned_at"] = state.get("assigned_at") or event.time
        case "homework.overdue":
            said["overdue_at"] = state.get("overdue_at") or event.time
        case "homework.submitted":
            at = _instant(data.get("submitted_at")) or event.time
            said["submissions"] = (*state.get("submissions", ()), Submission(at, due_at))
        case "homework.graded":
            said["graded_at"] = event.time
            said["percent"] = percent_of(data["score"], data.get("max_score"))
    return said


def percent_of(score: str, max_score: str | None) -> Decimal:
    """score / max_score × 100, to 20 decimal places."""
    best = Decimal(max_score) if max_score else DEFAULT_MAX_SCORE
    return (Decimal(score) * 100 / best).quantize(PERCENT_STEP, ROUND_HALF_EVEN)


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def contributions(homework: Homework | None) -> Iterator[Contribution]:
    """Assignments, submissions and grades, each on its own day. A submission without a deadline of its own
    is measured against the homework's."""
    if homework is None:
        return
    names = (homework.tutor_id, homework.student_id, homework.subject)
    if homework.assigned_at:
        yield contribution(HOMEWORK, homework.assigned_at, *names, assigned=1)
    if homework.overdue_at:
        yield contribution(HOMEWORK, homework.overdue_at, *names, overdue=1)
    for submission in homework.submissions:
        due_at = submission.due_at or homework.due_at
        on_time = int(due_at is not None and submission.at <= due_at)
        with_due = int(due_at is not None)
        yield contribution(HOMEWORK, submission.at, *names, submitted=1, with_due=with_due, on_time=on_time)
        yield contribution(ACTIVITY, submission.at, homework.student_id, actions=1)
    if homework.graded_at and homework.percent is not None:
        yield contribution(HOMEWORK, homework.graded_at, *names, graded=1, score_percent=homework.percent)
