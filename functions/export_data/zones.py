"""A zone's clock, said in SQL.

Only Python's zone data is used, here as for periods: the database is told the offsets, so that a row never shows
another day than the one it was counted on because two copies of the tz database differ.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

# Beyond these the offset of the nearer end is taken: nobody knows the rules of then.
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# A day from the ends of what RFC 3339 can say, a local time may be beyond them: there it stays in UTC.
YEARS_BEGIN, YEARS_END = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
# The day from which sheets count; true of days after February 1900, which they believe had 29.
SHEETS_BEGIN = "timestamp '1899-12-30'"


@dataclass(frozen=True, slots=True)
class Clock:
    """`changes`: from which instant on (UTC, ascending) the zone has which offset; `before` them, another one."""

    before: timedelta
    changes: tuple[tuple[datetime, timedelta], ...] = ()

    def text(self, sql: str) -> str:
        """An instant as RFC 3339 with the offset that the zone has then."""

        def written(offset: timedelta) -> str:
            suffix = datetime(2000, 1, 1, tzinfo=timezone(offset)).isoformat()[19:]
            return f"overlay({_wall(sql, offset)}::text PLACING 'T' FROM 11 FOR 1) || '{suffix}'"

        return self._by_offset(sql, written)

    def serial(self, sql: str) -> str:
        """An instant as the number of days that a sheet shows as its local date and time."""

        def written(offset: timedelta) -> str:
            return f"(extract(epoch FROM {_wall(sql, offset)} - {SHEETS_BEGIN}) / 86400)::float8"

        return self._by_offset(sql, written)

    def _by_offset(self, sql: str, written: Callable[[timedelta], str]) -> str:
        if not self.changes:
            return written(self.before)
        latest_first = "".join(
            f" WHEN {sql} >= timestamptz '{at.isoformat()}' THEN {written(offset)}"
            for at, offset in reversed(self.changes)
        )
        return f"CASE{latest_first} ELSE {written(self.before)} END"


def _wall(sql: str, offset: timedelta) -> str:
    return f"(({sql} AT TIME ZONE 'UTC') + interval '{offset.total_seconds():.0f} seconds')"


def clock_of(tz: str, first: datetime | None, last: datetime | None) -> Clock:
    """The clock of a zone for the instants from `first` to `last`; None for both when there are none."""
    zone = ZoneInfo(tz)
    start, end = (min(max(each or FIRST, FIRST), LAST).astimezone(UTC) for each in (first, last))
    days = [start + n * DAY for n in range((end - start).days + 1)]
    changes = [_change(zone, before, after) for before, after in pairwise([*days, end])]
    found = [change for change in changes if change]
    before = _offset(zone, start)
    if first and first < YEARS_BEGIN:
        found, before = [(YEARS_BEGIN, before), *found], timedelta()
    if last and last >= YEARS_END:
        found.append((YEARS_END, timedelta()))
    return Clock(before, tuple(found))


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> tuple[datetime, timedelta] | None:
    """The one change within a day, to the second."""
    new = _offset(zone, after)
    if new == _offset(zone, before):
        return None
    while after - before > SECOND:
        middle = before + (after - before) // 2
        before, after = (before, middle) if _offset(zone, middle) == new else (middle, after)
    return after.replace(microsecond=0), new
