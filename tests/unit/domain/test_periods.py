"""Local days, also where the clock jumps."""

from datetime import UTC, date, datetime

import pytest

from lib.domain.periods import Period, day_start, period_of
from lib.errors import BadInput

NOW = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)


def test_the_default_is_thirty_days_up_to_today_on_the_local_clock() -> None:
    assert period_of(first=None, last=None, days=None, tz="Europe/Moscow", now=NOW) == Period(
        date(2026, 10, 25), date(2026, 11, 23), "Europe/Moscow"
    )
    assert period_of(first=None, last=None, days=1, tz="UTC", now=NOW).last == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("tz", "day", "hours"),
    [
        ("Europe/London", date(2026, 3, 29), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("Asia/Kolkata", date(2026, 3, 29), 24),
        # Here the clock jumps at midnight itself: the day begins at 01:00.
        ("Africa/Cairo", date(2026, 4, 24), 23),
    ],
)
def test_a_day_is_as_long_as_its_clock_makes_it(tz: str, day: date, hours: int) -> None:
    period = Period(day, day, tz)
    assert (period.end - period.start).total_seconds() == hours * 3600


def test_a_day_of_half_an_hour_offset_begins_on_the_half_hour() -> None:
    assert day_start(date(2026, 1, 1), "Asia/Kolkata") == datetime(2025, 12, 31, 18, 30, tzinfo=UTC)


def test_weeks_begin_on_monday_and_months_on_the_first_but_never_before_the_period() -> None:
    period = Period(date(2026, 1, 29), date(2026, 2, 10), "UTC")
    assert period.buckets("week") == [date(2026, 1, 29), date(2026, 2, 2), date(2026, 2, 9)]
    assert period.buckets("month") == [date(2026, 1, 29), date(2026, 2, 1)]
    assert len(period.buckets("day")) == period.days == 13


def test_the_previous_period_has_as_many_days_and_ends_the_day_before() -> None:
    assert Period(date(2026, 3, 8), date(2026, 3, 14), "UTC").previous() == Period(
        date(2026, 3, 1), date(2026, 3, 7), "UTC"
    )


@pytest.mark.parametrize(
    ("first", "last", "days", "tz"),
    [
        (date(2026, 2, 1), date(2026, 1, 1), None, "UTC"),
        (date(2026, 2, 1), None, 7, "UTC"),
        (date(1800, 1, 1), date(1800, 1, 2), None, "UTC"),
        (date(2000, 1, 1), date(2026, 1, 1), None, "UTC"),
        (None, None, None, "Mars/Olympus"),
        (None, None, None, "../etc/passwd"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(
    first: date | None, last: date | None, days: int | None, tz: str
) -> None:
    with pytest.raises(BadInput):
        period_of(first=first, last=last, days=days, tz=tz, now=NOW)
