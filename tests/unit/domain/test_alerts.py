"""When an alert is raised and when it is over, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from functions.run_schedules.alert_words import counted
from lib.domain.alerts import (
    SILENCE,
    Alert,
    came_again,
    evening,
    is_filled,
    is_used_up,
    missed_twice,
    school_day,
    silent_since,
)

MOSCOW = "Europe/Moscow"
MORNING = datetime(2026, 11, 23, 5, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("now", "zone", "closes"),
    [
        (datetime(2026, 11, 23, 19, tzinfo=UTC), MOSCOW, datetime(2026, 11, 23, 19, tzinfo=UTC)),
        (datetime(2026, 11, 23, 18, 59, tzinfo=UTC), MOSCOW, datetime(2026, 11, 22, 19, tzinfo=UTC)),
        # Clocks go forward in the night to the 29th of March, and back in the night to the 25th of October.
        (datetime(2026, 3, 28, 21, tzinfo=UTC), "Europe/Berlin", datetime(2026, 3, 28, 21, tzinfo=UTC)),
        (datetime(2026, 3, 29, 20, tzinfo=UTC), "Europe/Berlin", datetime(2026, 3, 29, 20, tzinfo=UTC)),
        (datetime(2026, 3, 29, 19, 59, tzinfo=UTC), "Europe/Berlin", datetime(2026, 3, 28, 21, tzinfo=UTC)),
        (datetime(2026, 10, 25, 21, tzinfo=UTC), "Europe/Berlin", datetime(2026, 10, 25, 21, tzinfo=UTC)),
        (datetime(2026, 10, 25, 20, 59, tzinfo=UTC), "Europe/Berlin", datetime(2026, 10, 24, 20, tzinfo=UTC)),
    ],
)
def test_the_evening_is_ten_o_clock_on_the_wall(now: datetime, zone: str, closes: datetime) -> None:
    assert evening(now, zone) == closes


def test_the_day_of_an_evening_is_the_schools_own() -> None:
    assert school_day(datetime(2026, 11, 23, 12, tzinfo=UTC), "Asia/Vladivostok") == date(2026, 11, 23)


def test_a_quarter_of_an_hour_without_events_is_silence() -> None:
    assert silent_since(NOON, NOON + SILENCE - MINUTE, MOSCOW) is None
    assert silent_since(NOON, NOON + SILENCE, MOSCOW) == NOON


def test_a_night_without_events_counts_from_the_opening() -> None:
    last = MORNING - timedelta(hours=9)
    assert silent_since(last, MORNING + SILENCE - MINUTE, MOSCOW) is None
    assert silent_since(last, MORNING + SILENCE, MOSCOW) == MORNING


@pytest.mark.parametrize("hour", [4, 19])
def test_out_of_school_hours_silence_is_nothing(hour: int) -> None:
    now = datetime(2026, 11, 23, hour, tzinfo=UTC)
    assert silent_since(now - timedelta(hours=1), now, MOSCOW) is None


def test_a_log_that_is_empty_or_out_of_use_is_not_silent() -> None:
    assert silent_since(None, NOON, MOSCOW) is None
    assert silent_since(NOON - timedelta(days=7, seconds=1), NOON, MOSCOW) is None
    assert silent_since(NOON - timedelta(days=7), NOON, MOSCOW) is not None


def test_one_lesson_left_neither_raises_nor_ends() -> None:
    assert [is_used_up(n) for n in (-1, 0, 1)] == [True, True, False]
    assert [is_filled(n) for n in (0, 1, 2)] == [False, False, True]


@pytest.mark.parametrize(
    ("outcomes", "raised", "over"),
    [
        (["unexcused_absence", "unexcused_absence"], True, False),
        (["unexcused_absence"], False, False),
        (["excused_absence", "unexcused_absence"], False, False),
        (["unexcused_absence", "attended"], False, True),
        (["attended", "unexcused_absence"], False, True),
        ([], False, False),
    ],
)
def test_two_missed_in_a_row_raise_and_one_attended_ends(
    outcomes: list[str], raised: bool, over: bool
) -> None:
    assert (missed_twice(outcomes), came_again(outcomes)) == (raised, over)


def test_an_alert_has_the_same_id_from_every_machine() -> None:
    first, second = (Alert("balance_low", "s", NOON, {"balance": n}) for n in (0, -1))
    assert first.id == second.id == "alert/balance_low/s/2026-11-23T09:00:00+00:00"


@pytest.mark.parametrize(
    ("lessons", "russian", "english"),
    [
        (1, "1 занятие", "1 lesson"),
        (2, "2 занятия", "2 lessons"),
        (5, "5 занятий", "5 lessons"),
        (11, "11 занятий", "11 lessons"),
        (21, "21 занятие", "21 lessons"),
        (22, "22 занятия", "22 lessons"),
        (112, "112 занятий", "112 lessons"),
    ],
)
def test_lessons_are_counted_as_people_say_it(lessons: int, russian: str, english: str) -> None:
    said = [counted(lessons, locale).replace("\u00a0", " ") for locale in ("ru", "en")]
    assert said == [russian, english]
