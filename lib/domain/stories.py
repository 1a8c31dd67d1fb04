"""Which entity an event belongs to, and what that entity's whole story comes to.

A story is every known event of one entity. It is sorted here, in one place, so a fold never sees the order
of arrival.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from lib.domain.entities import charges, homework, lessons, materials, payments, users
from lib.domain.events import Event
from lib.domain.rollups import Contribution


class Outcome(NamedTuple):
    """`state` is the folded entity or None; `contributions` are what it adds to the roll-ups."""

    kind: str
    state: Any
    contributions: tuple[Contribution, ...]


def entity_of(event: Event) -> str | None:
    """The name of the entity whose story the event continues; None when it has no figure or is its own story."""
    data, kind = event.data, KINDS.get(event.type)
    match kind:
        case "lesson" | "payment" | "material" | "user":
            return f"{kind}:{data[f'{kind}_id']}"
        case "homework":
            return f"homework:{data['homework_id']}/{data['student_id']}"
        case "charge":
            return f"charge:{data['student_id']}/{charges.lesson_of(event)}"
        case _:
            return None


def _types(kind: str, family: str, *words: str) -> dict[str, str]:
    return {f"{family}.{word}": kind for word in words}


KINDS = {
    **_types("lesson", "lesson", "created", "updated", "rescheduled", "cancelled", "deleted"),
    **_types("lesson", "lesson", "attendance_marked", "completed", "reminder_answered"),
    **_types("homework", "homework", "assigned", "submitted", "graded", "overdue"),
    **_types("payment", "payment", "processed", "failed", "refunded"),
    **_types("charge", "payment", "balance.deducted", "balance.refunded"),
    **_types("material", "material", "created", "updated", "deleted", "shared", "file.uploaded"),
    **_types("user", "user", "registered", "updated", "deactivated", "deleted"),
}
# Facts of their own, folded with nothing: their stories are one event long.
FACTS: Mapping[str, Callable[[Event], Iterable[Contribution]]] = {
    "user.login": users.login,
    "material.accessed": materials.access,
    "material.file.downloaded": materials.access,
}


def fact(event: Event) -> tuple[Contribution, ...]:
    """What an event adds that belongs to no entity; nothing for any other."""
    told = FACTS.get(event.type)
    return tuple(told(event)) if told else ()


def tell(entity: str, events: Sequence[Event], told: Outcome | None = None) -> Outcome:
    """The events of one entity, in any order and without duplicates → its state and contributions.

    With `told` only what came after it: every one of `events` is later, in the events' own order, than all that
    was told. Raises ValueError for an entity of no known kind.
    """
    kind = entity.partition(":")[0]
    state = told.state if told else None
    story = sorted(events, key=lambda event: event.order) if len(events) > 1 else events
    match kind:
        case "lesson":
            lesson = lessons.fold(story, state)
            return Outcome(kind, lesson, tuple(lessons.contributions(lesson)))
        case "payment":
            payment = payments.fold(story, state)
            return Outcome(kind, payment, tuple(payments.contributions(payment)))
        case "homework":
            work = homework.fold(story, state)
            return Outcome(kind, work, tuple(homework.contributions(work)))
        case "user":
            user = users.fold(story, state)
            return Outcome(kind, user, tuple(users.contributions(user)))
        case "material":
            return Outcome(kind, materials.fold(story, state), ())
        case "charge":
            return Outcome(kind, charges.fold(story, state), ())
        case _:
            raise ValueError(f"no story is told of {entity!r}")
