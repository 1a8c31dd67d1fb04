"""Which entity an event belongs to, and what that entity's whole story comes to.

A story is every known event of one entity. It is sorted here, in one place, so a fold never sees the order
of arrival.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lib.domain.entities import homework, lessons, payments, users
from lib.domain.events import Event
from lib.domain.rollups import Contribution


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state` is the folded entity or None; `contributions` are what it adds to the roll-ups."""

    kind: str
    state: Any
    contributions: tuple[Contribution, ...]


def entity_of(event: Event) -> str | None:
    """The name of the entity whose story the event continues, or None when it has no figure."""
    data = event.data
    family, _, rest = event.type.partition(".")
    if event.type in ("user.login", "material.accessed", "material.file.downloaded"):
        return f"{'login' if family == 'user' else 'access'}:{event.source}/{event.id}"
    if family == "lesson" and event.type in LESSON_TYPES:
        return f"lesson:{data['lesson_id']}"
    if family == "homework" and event.type in HOMEWORK_TYPES:
        return f"homework:{data['homework_id']}/{data['student_id']}"
    if family == "payment" and rest in ("processed", "failed", "refunded"):
        return f"payment:{data['payment_id']}"
    if event.type in USER_TYPES:
        return f"user:{data['user_id']}"
    return None


LESSON_TYPES = {
    f"lesson.{word}"
    for word in (
        "created",
        "updated",
        "rescheduled",
        "cancelled",
        "deleted",
        "attendance_marked",
        "completed",
        "reminder_answered",
    )
}
HOMEWORK_TYPES = {f"homework.{word}" for word in ("assigned", "submitted", "graded", "overdue")}
USER_TYPES = {f"user.{word}" for word in ("registered", "updated", "deactivated", "deleted")}


def tell(entity: str, events: Sequence[Event]) -> Outcome:
    """The events of one entity, in any order and without duplicates → its state and contributions."""
    kind = entity.partition(":")[0]
    story = sorted(events, key=lambda event: event.order)
    match kind:
        case "lesson":
            lesson = lessons.fold(story)
            return Outcome(kind, lesson, tuple(lessons.contributions(lesson)))
        case "payment":
            payment = payments.fold(story)
            return Outcome(kind, payment, tuple(payments.contributions(payment)))
        case "homework":
            work = homework.fold(story)
            return Outcome(kind, work, tuple(homework.contributions(work)))
        case "user":
            user = users.fold(story)
            return Outcome(kind, user, tuple(users.contributions(user)))
        case "login":
            return Outcome(kind, None, tuple(users.login(story)))
        case "access":
            return Outcome(kind, None, tuple(users.access(story)))
        case _:
            raise ValueError(f"no story is told of {entity!r}")
