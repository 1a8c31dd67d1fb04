"""Periods of local days and their buckets.

A day in a zone begins at its first instant there; instants are compared in UTC. Only Python's zone data is
used: the database is given the boundaries, so that two copies of the tz database can never disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from lib.errors import BadInput

Granularity = Literal["day", "week", "month"]
LONGEST_DAYS = 366 * 20
DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Period:
    """Local days `first` to `last`, both included, in `tz`."""

    first: date
    last: date
    tz: str

    @property
    def start(self) -> datetime:
        """The first instant, in UTC."""
        return day_start(self.first, self.tz)

    @property
    def end(self) -> datetime:
        """The instant after the last one, in UTC."""
        return day_start(self.last + timedelta(days=1), self.tz)

    @property
    def days(self) -> int:
        """How many local days."""
        return (self.last - self.first).days + 1

    def previous(self) -> "Period":
        """As many days, just before."""
        length = timedelta(days=self.days)
        return Period(self.first - length, self.last - length, self.tz)

    def buckets(self, granularity: Granularity) -> list[date]:
        """The first day of each bucket. The first bucket may begin inside a week or a month: with the period."""
        return list(_starts(self.first, self.last, granularity))

    def bounds(self, granularity: Granularity) -> list[datetime]:
        """The first instant of each bucket, in UTC, ascending."""
        return [day_start(day, self.tz) for day in self.buckets(granularity)]


def day_start(day: date, tz: str) -> datetime:
    """The first instant of a local day, in UTC (also where midnight is skipped by a clock change)."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(tz)).astimezone(UTC)


def _starts(first: date, last: date, granularity: Granularity) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        match granularity:
            case "day":
                day += timedelta(days=1)
            case "week":
                day += timedelta(days=7 - day.weekday())
            case "month":
                day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def period_of(*, first: date | None, last: date | None, days: int | None, tz: str, now: datetime) -> Period:
    """What a caller asked for → a period; the default is the last 30 days up to today in `tz`.

    Raises BadInput when the days contradict each other or span more than 20 years.
    """
    try:
        zone = ZoneInfo(tz)
    except (KeyError, ValueError, OSError):
        raise BadInput("tz must be an IANA time zone, for example Europe/Moscow.") from None
    if days is not None and (first is not None or last is not None):
        raise BadInput("Give either days, or from and to.")
    last = last or now.astimezone(zone).date()
    first = first or last - timedelta(days=(days or DEFAULT_DAYS) - 1)
    if first > last:
        raise BadInput("from must not be after to.")
    if (last - first).days > LONGEST_DAYS or not 1900 <= first.year <= last.year <= 2200:
        raise BadInput("A period spans at most 20 years, between 1900 and 2200.")
    return Period(first, last, tz)
