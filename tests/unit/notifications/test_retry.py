"""When to try again, and when to stop."""

from datetime import UTC, datetime, timedelta

from lib.domain.retry import ATTEMPTS, LONGEST_S, next_try, wait_s

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def longest(_low: float, high: float) -> float:
    return high


def test_the_steps_grow_up_to_a_limit() -> None:
    steps = [wait_s(attempt, longest) for attempt in range(1, ATTEMPTS)]
    assert steps == sorted(steps)
    assert steps[0] == 5
    assert steps[-1] == LONGEST_S


def test_the_whole_step_is_drawn_from() -> None:
    drawn = [wait_s(3) for _ in range(500)]
    assert min(drawn) < 20
    assert max(drawn) > 60
    assert all(1 <= each <= 80 for each in drawn)


def test_the_last_try_is_the_last() -> None:
    assert next_try(ATTEMPTS - 1, NOW, None) is not None
    assert next_try(ATTEMPTS, NOW, None) is None


def test_no_try_is_made_when_it_would_come_too_late() -> None:
    assert next_try(1, NOW, NOW + timedelta(seconds=5), draw=longest) is None
    assert next_try(1, NOW, NOW + timedelta(seconds=6), draw=longest) == NOW + timedelta(seconds=5)
