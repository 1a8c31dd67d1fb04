"""When a wanted message goes out: at once, at the end of quiet hours, after an interval, or in a digest.

Nothing is dropped here. What would be worthless by then goes out in spite of the wish, and says so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lib.domain.preferences import Preferences, digest_due, week_of

# Long enough for the events of brothers and sisters to meet, short enough not to be felt.
FAMILY_WAIT = timedelta(seconds=3)

# Reasons for which several messages wait for the same moment, and then become one.
GATHERED = ("quiet_hours", "min_interval", "daily", "weekly", "weekly_cap", "family")


@dataclass(frozen=True, slots=True)
class Taken:
    """When messages of one channel went, or are going to go, to a person.

    Each of `out` is one message that went or goes by itself. Each of `waiting` is a moment for which something
    waits: what joins it there becomes one message with it.
    """

    out: tuple[datetime, ...] = ()
    waiting: frozenset[datetime] = frozenset()

    def and_out(self, at: datetime) -> "Taken":
        """With one more message that goes by itself."""
        return Taken((*self.out, at), self.waiting)

    def and_waiting(self, at: datetime) -> "Taken":
        """With one more that waits."""
        return Taken(self.out, self.waiting | {at})

    def between(self, after: datetime, before: datetime) -> list[datetime]:
        """The moments in the open interval."""
        return [each for each in (*self.out, *self.waiting) if after < each < before]

    def in_week(self, at: datetime, zone: ZoneInfo) -> int:
        """How many messages there are in the week of this instant."""
        week = week_of(at, zone)
        return sum(week_of(each, zone) == week for each in (*self.out, *self.waiting))


NOTHING = Taken()


@dataclass(frozen=True, slots=True)
class Wait:
    """What may be said of a message's time.

    Args:
        planned: when it would go out if nobody wished otherwise.
        end: when it stops being worth sending.
        lasting_end: the same if it may wait for a digest; None when it may wait for ever.
        folds: whether it may become a part of a digest at all.
        taken: what this person got, or is going to get, on this channel.
    """

    planned: datetime
    end: datetime
    lasting_end: datetime | None
    folds: bool
    taken: Taken = NOTHING


@dataclass(frozen=True, slots=True)
class Slot:
    """`reason` is None when nothing stood in the way. `in_spite`: the wish that had to be passed over."""

    at: datetime
    reason: str | None = None
    in_spite: str | None = None


def slot(wait: Wait, wishes: Preferences, zone: ZoneInfo) -> Slot:
    """The moment that a person's wishes give a message."""
    return _digest(wait, wishes, zone) or _single(wait, wishes, zone)


def quiet(wait: Wait, wishes: Preferences, zone: ZoneInfo) -> Slot:
    """The same when only quiet hours are asked: it has waited for everything else."""
    at = _after_quiet(wait.planned, wishes, zone)
    if at == wait.planned:
        return Slot(at)
    return Slot(at, "quiet_hours") if at < wait.end else Slot(wait.planned, in_spite="quiet_hours_too_long")


def _digest(wait: Wait, wishes: Preferences, zone: ZoneInfo) -> Slot | None:
    if not wait.folds:
        return None
    reason: str | None = None
    at = _after_quiet(wait.planned, wishes, zone)
    if wishes.digest != "off":
        at, reason = _after_quiet(digest_due(wait.planned, zone, wishes.digest), wishes, zone), wishes.digest
    if reason != "weekly" and _over_cap(at, wait, wishes, zone):
        at, reason = _after_quiet(digest_due(at, zone, "weekly"), wishes, zone), "weekly_cap"
    fits = wait.lasting_end is None or at < wait.lasting_end
    return Slot(at, reason) if reason and fits else None


def _single(wait: Wait, wishes: Preferences, zone: ZoneInfo) -> Slot:
    calm = quiet(wait, wishes, zone)
    spaced = _spaced(calm.at, wait.taken, wishes.min_interval_minutes)
    at = _after_quiet(spaced, wishes, zone) if spaced != calm.at else spaced
    if at == calm.at:
        over = calm.in_spite is None and _over_cap(at, wait, wishes, zone)
        return Slot(at, calm.reason, "weekly_cap_too_long") if over else calm
    if at < wait.end:
        return Slot(at, "min_interval")
    return Slot(calm.at, calm.reason, calm.in_spite or "min_interval_too_long")


def _after_quiet(instant: datetime, wishes: Preferences, zone: ZoneInfo) -> datetime:
    hours = wishes.quiet_hours
    return (hours.release(instant, zone) if hours else None) or instant


def _over_cap(at: datetime, wait: Wait, wishes: Preferences, zone: ZoneInfo) -> bool:
    """Whether one more message at this instant would be too many. What joins another is not one more."""
    if wishes.weekly_cap is None or (at > wait.planned and at in wait.taken.waiting):
        return False
    return wait.taken.in_week(at, zone) >= wishes.weekly_cap


def _spaced(at: datetime, taken: Taken, minutes: int | None) -> datetime:
    """The first instant from `at` on that keeps the distance, or is that of a message it can join."""
    if minutes is None:
        return at
    distance = timedelta(minutes=minutes)
    while near := taken.between(at - distance, at + distance):
        joins = [each for each in near if each > at and each in taken.waiting]
        if joins:
            return min(joins)
        at = max(near) + distance
        if at in taken.waiting:
            return at
    return at
