"""Which reminders a lesson's story leads to, for somebody who wants them a given time before the start."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lib.domain.entities.lessons import Lesson, fold
from lib.domain.events import Event

# The dispatcher has a reminder that much before its second: time to meet a brother's or sister's.
AHEAD = timedelta(seconds=5)
# After a standstill a reminder is still worth sending late, while its lesson lies ahead.
LATEST = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Learnt:
    """An event of the lesson and when we learnt of it."""

    at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class Reminder:
    """`planned_at` is when the dispatcher has it, `due_at` its second.

    From `withdrawn_at` on nobody needs it, for the reason `withdrawn`.
    """

    starts_at: datetime
    due_at: datetime
    planned_at: datetime
    withdrawn_at: datetime | None
    withdrawn: str


def reminders_of(
    story: Sequence[Learnt], lead: timedelta, answered_at: datetime | None = None
) -> Iterator[Reminder]:
    """In the order in which the times of the lesson became known.

    Args:
        story: everything we learnt of the lesson, in any order.
        lead: how long before the start.
        answered_at: when the family answered the reminder of somebody else of them, if they did.
    """
    learnt = sorted(story, key=lambda each: each.at)
    states = [(each.at, _known(learnt[: n + 1])) for n, each in enumerate(learnt)]
    for n, (since, lesson) in enumerate(states):
        if _starts(lesson) is None or (n and _starts(states[n - 1][1]) == _starts(lesson)):
            continue
        until = next((at for at, later in states[n + 1 :] if _starts(later) != _starts(lesson)), None)
        found = _reminder(lesson, since, until, lead, answered_at)
        if found:
            yield found


def _known(learnt: Sequence[Learnt]) -> Lesson | None:
    return fold(sorted((each.event for each in learnt), key=lambda event: event.order))


def _starts(lesson: Lesson | None) -> datetime | None:
    """When it begins, as far as anybody has to be reminded of it."""
    return None if lesson is None or lesson.deleted or lesson.outcome else lesson.starts_at


def _reminder(
    lesson: Lesson | None,
    since: datetime,
    until: datetime | None,
    lead: timedelta,
    answered_at: datetime | None,
) -> Reminder | None:
    starts_at = _starts(lesson)
    if starts_at is None:
        return None
    due_at = starts_at - lead
    planned_at = max(due_at - AHEAD, since)
    if planned_at >= min(starts_at, due_at + LATEST) or (until is not None and until <= planned_at):
        return None
    ends = [(at, why) for at, why in ((until, "lesson_changed"), (answered_at, "already_answered")) if at]
    withdrawn_at, withdrawn = min(ends, default=(None, "lesson_changed"))
    return Reminder(starts_at, due_at, planned_at, withdrawn_at, withdrawn)
