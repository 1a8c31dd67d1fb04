"""When the figures need somebody, and when that is over. Each rule ends later than it begins, so it does not flap.

The times of day are the school's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

Kind = Literal["lessons_unmarked", "no_events", "balance_low", "missed_twice", "reports_late"]

OPENS, CLOSES = time(8), time(22)
# After a standstill the evening's alerts are still sent that late: until midnight.
LATEST = timedelta(hours=2)
SILENCE = timedelta(minutes=15)
# A log that has been quiet for longer belongs to a school that is closed, or not open yet.
IN_USE = timedelta(days=7)
# What happened before is history, also when the log learns of it only now: a replayed year calls nobody.
LATELY = timedelta(days=2)
USED_UP, FILLED = 0, 2
MISSED, CAME = "unexcused_absence", "attended"
LOG, REPORTS = "log", "reports"
# A regular report that has not come out by then.
LATE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Alert:
    """`subject` is the person it is about, or LOG, or REPORTS; `detail` is ready for JSON and holds no names."""

    kind: Kind
    subject: str
    since: datetime
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The same from whatever machine, however often."""
        return f"alert/{self.kind}/{self.subject}/{self.since.isoformat()}"


def evening(now: datetime, tz: str) -> datetime:
    """The latest closing time that has come, in UTC."""
    today = now.astimezone(ZoneInfo(tz)).date()
    closes = _at(today, CLOSES, tz)
    return closes if closes <= now else _at(today - timedelta(days=1), CLOSES, tz)


def school_day(closes: datetime, tz: str) -> date:
    """The local day of a closing time."""
    return closes.astimezone(ZoneInfo(tz)).date()


def silent_since(last: datetime | None, now: datetime, tz: str) -> datetime | None:
    """Since when the log has been silent for too long, within the school's hours of today; None when it has not.

    Args:
        last: when the last event arrived, None for an empty log.
        now: the instant to judge from.
        tz: the school's zone.
    """
    if last is None or now - last > IN_USE:
        return None
    today = now.astimezone(ZoneInfo(tz)).date()
    opens, closes = _at(today, OPENS, tz), _at(today, CLOSES, tz)
    since = max(last, opens)
    return since if opens <= now < closes and now - since >= SILENCE else None


def is_used_up(balance: int) -> bool:
    """Nothing is left of what was paid; `balance` counts lessons."""
    return balance <= USED_UP


def is_filled(balance: int) -> bool:
    """There is enough again. One lesson is not: the next charge would raise the alert once more."""
    return balance >= FILLED


def missed_twice(outcomes: Sequence[str]) -> bool:
    """Whether the last two lessons held, latest first, were both missed without a word."""
    return len(outcomes) >= 2 and all(each == MISSED for each in outcomes[:2])


def came_again(outcomes: Sequence[str]) -> bool:
    """Whether one of the last two was attended. An excused absence says nothing either way."""
    return CAME in outcomes[:2]


def _at(day: date, clock: time, tz: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(tz)).astimezone(UTC)
