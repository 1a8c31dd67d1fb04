"""The hours in which the school is at work, by its own clock, and how long nothing has happened in them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from lib.domain.alerts import CLOSES, IN_USE, OPENS


def is_open(now: datetime, tz: str) -> bool:
    """Whether `now` lies between opening and closing in the zone `tz`."""
    return OPENS <= now.astimezone(ZoneInfo(tz)).time() < CLOSES


def silence(last: datetime | None, now: datetime, tz: str) -> timedelta:
    """How long nothing has arrived since `last`, within the hours of today; nothing outside of them.

    The night does not count, and neither does a log that is out of use.
    """
    if last is None or now - last > IN_USE or not is_open(now, tz):
        return timedelta(0)
    today = now.astimezone(ZoneInfo(tz)).date()
    opened = datetime.combine(today, OPENS, ZoneInfo(tz)).astimezone(UTC)
    return max(now - max(last, opened), timedelta(0))
