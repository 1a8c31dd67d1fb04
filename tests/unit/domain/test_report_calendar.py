"""Regular reports come once a week or month on their reader's clock, through every change of it."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.report_calendar import Rhythm, day_of, last_due, next_due, period_before

MOSCOW, BERLIN, HALIFAX = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/Halifax")
MONDAYS = Rhythm("weekly", time(9), weekday=0)
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def test_a_weekly_one_is_due_on_its_day_at_its_time() -> None:
    assert next_due(MONDAYS, NOW, MOSCOW) == datetime(2026, 11, 23, 6, tzinfo=UTC)


def test_one_that_is_due_now_is_due_next_week() -> None:
    due = next_due(MONDAYS, NOW, MOSCOW)
    assert next_due(MONDAYS, due, MOSCOW) == due + timedelta(days=7)
    assert next_due(MONDAYS, due - timedelta(microseconds=1), MOSCOW) == due


@pytest.mark.parametrize(
    ("day", "after", "expected"),
    [
        (1, date(2026, 11, 18), date(2026, 12, 1)),
        (31, date(2027, 2, 1), date(2027, 2, 28)),
        (31, date(2028, 2, 1), date(2028, 2, 29)),
        (30, date(2026, 11, 18), date(2026, 11, 30)),
        (31, date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_a_day_that_a_month_does_not_have_is_its_last(day: int, after: date, expected: date) -> None:
    at = datetime.combine(after, time(23, 59), MOSCOW)
    assert day_of(next_due(Rhythm("monthly", time(9), day=day), at, MOSCOW), MOSCOW) == expected


def test_a_skipped_hour_moves_on_and_a_doubled_one_counts_once() -> None:
    sundays = Rhythm("weekly", time(2, 30), weekday=6)
    spring = next_due(sundays, datetime(2026, 3, 28, tzinfo=UTC), BERLIN)
    assert spring.astimezone(BERLIN).strftime("%d.%m %H:%M") == "29.03 03:30"
    autumn = next_due(sundays, datetime(2026, 10, 24, tzinfo=UTC), BERLIN)
    assert autumn == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert next_due(sundays, autumn, BERLIN) == datetime(2026, 11, 1, 1, 30, tzinfo=UTC)


def test_after_a_standstill_the_latest_counts() -> None:
    due = next_due(MONDAYS, NOW, MOSCOW)
    assert last_due(MONDAYS, due, due + timedelta(days=30), MOSCOW) == due + timedelta(days=28)
    assert last_due(MONDAYS, due, due, MOSCOW) == due


@pytest.mark.parametrize(
    ("rhythm", "day", "first", "last"),
    [
        (MONDAYS, date(2026, 11, 23), date(2026, 11, 16), date(2026, 11, 22)),
        (Rhythm("weekly", time(9), weekday=6), date(2026, 11, 22), date(2026, 11, 9), date(2026, 11, 15)),
        (Rhythm("monthly", time(9), day=1), date(2027, 1, 1), date(2026, 12, 1), date(2026, 12, 31)),
        (Rhythm("monthly", time(9), day=31), date(2028, 3, 31), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_it_is_about_the_last_full_week_or_month(rhythm: Rhythm, day: date, first: date, last: date) -> None:
    assert period_before(rhythm, day) == (first, last)


rhythms = st.one_of(
    st.builds(Rhythm, st.just("weekly"), st.times(), weekday=st.integers(0, 6)),
    st.builds(Rhythm, st.just("monthly"), st.times(), day=st.integers(1, 31)),
)


@given(
    rhythms,
    st.integers(0, 4 * 366 * 86_400),
    st.sampled_from([MOSCOW, BERLIN, HALIFAX]),
)
def test_every_week_and_month_has_exactly_one(rhythm: Rhythm, seconds: int, zone: ZoneInfo) -> None:
    due = next_due(rhythm, NOW + timedelta(seconds=seconds), zone)
    periods = []
    for _ in range(14):
        periods.append(period_before(rhythm, day_of(due, zone)))
        following = next_due(rhythm, due, zone)
        assert following > due
        due = following
    assert all(later[0] == earlier[1] + timedelta(days=1) for earlier, later in pairwise(periods))
