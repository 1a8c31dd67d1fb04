"""When a regular report is due on its reader's clock, and which days it is about."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from lib.domain.preferences import latest

Every = Literal["weekly", "monthly"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Weekly on `weekday` (Monday is 0) or monthly on `day` (the last one in a month that has no such day), at `at`."""

    every: Every
    at: time
    weekday: int | None = None
    day: int | None = None

    def falls_on(self, day: date) -> bool:
        """Whether this local day is one of its days."""
        if self.every == "weekly":
            return day.weekday() == self.weekday
        return day.day == min(self.day or 1, calendar.monthrange(day.year, day.month)[1])


def next_due(rhythm: Rhythm, after: datetime, zone: ZoneInfo) -> datetime:
    """The first time it is due later than `after`, in UTC.

    A time that a clock change skips moves on by the hour that was skipped; of one that happens twice, the later counts.
    """
    day = after.astimezone(zone).date()
    while True:
        if rhythm.falls_on(day) and (due := latest(day, rhythm.at, zone)) > after:
            return due
        day += timedelta(days=1)


def last_due(rhythm: Rhythm, due: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """The latest time that has come of those since `due`: after a standstill, one report is enough."""
    while (following := next_due(rhythm, due, zone)) <= now:
        due = following
    return due


def day_of(due: datetime, zone: ZoneInfo) -> date:
    """The local day of a time it is due."""
    return due.astimezone(UTC).astimezone(zone).date()


def period_before(rhythm: Rhythm, day: date) -> tuple[date, date]:
    """The last full week, Monday to Sunday, or month before this local day."""
    if rhythm.every == "weekly":
        monday = day - timedelta(days=day.weekday())
        return monday - timedelta(days=7), monday - timedelta(days=1)
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last
