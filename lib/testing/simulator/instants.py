"""Instants are whole seconds since 1970, days are whole days since 1970; both are quick to add up."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY_S = 86_400
HOUR_S = 3_600
MINUTE_S = 60


def stamp(at: int) -> str:
    """RFC 3339 with Z. Half of an event's cost would be strftime: both halves are remembered instead."""
    day, second = divmod(at, DAY_S)
    return _day(day) + _clock(second)


def instant(moment: datetime | date) -> int:
    """Seconds of an aware time; a date means its first moment in UTC. ValueError for a naive time."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    if moment.tzinfo is None:
        raise ValueError("the time has no zone")
    return int(moment.timestamp())


def date_of(day: int) -> date:
    """The calendar date of a day number."""
    return _calendar(day)


def weekday(day: int) -> int:
    """Monday is 0."""
    return (day + 3) % 7


@cache
def offset(zone: str, day: int) -> int:
    """Seconds by which the zone's noon of that day is ahead of UTC."""
    noon = datetime.combine(_calendar(day), datetime.min.time(), ZoneInfo(zone)) + timedelta(hours=12)
    ahead = noon.utcoffset()
    return int(ahead.total_seconds()) if ahead else 0


@cache
def _calendar(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)


@cache
def _day(day: int) -> str:
    return f"{_calendar(day).isoformat()}T"


@cache
def _clock(second: int) -> str:
    return f"{second // HOUR_S:02d}:{second // MINUTE_S % 60:02d}:{second % 60:02d}Z"
