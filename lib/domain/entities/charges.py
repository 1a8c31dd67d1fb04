"""Lessons taken off a student's balance, one charge for each lesson."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from lib.domain.events import Event


@dataclass(frozen=True, slots=True)
class Charge:
    """`lessons` is what was taken less what was given back; `lesson_id` names the event when no lesson was named."""

    student_id: str
    lesson_id: str
    lessons: int = 0
    charged_at: datetime | None = None


def fold(events: Iterable[Event], charge: Charge | None = None) -> Charge | None:
    """Deductions and returns for one lesson of one student, in their own order, after the state so far → the
    charge; None when there are none."""
    for event in events:
        charge = charge or Charge(str(event.data["student_id"]), lesson_of(event))
        if event.type == "payment.balance.deducted":
            taken = int(event.data.get("lessons_deducted") or 1)
            charge = replace(
                charge, lessons=charge.lessons + taken, charged_at=charge.charged_at or event.time
            )
        else:
            charge = replace(charge, lessons=charge.lessons - int(event.data.get("lessons_refunded") or 1))
    return charge


def lesson_of(event: Event) -> str:
    """The lesson a deduction belongs to; one that names none stands for itself."""
    lesson_id = event.data.get("lesson_id")
    return str(lesson_id) if lesson_id else f"{event.source}/{event.id}"
