"""When to try a delivery again, and when to stop."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

# Seven tries over at most about an hour and a half: long enough for a mail server's restart or greylisting.
ATTEMPTS = 7
FIRST_S = 5.0
LONGEST_S = 1800.0


def wait_s(attempt: int, draw: Callable[[float, float], float] = random.uniform) -> float:
    """Seconds before the next try, after the try number `attempt` (from 1) has failed.

    Full jitter: everything that failed together would otherwise come back together. One second is the floor.
    """
    step = min(LONGEST_S, FIRST_S * 4.0 ** (attempt - 1))
    return max(1.0, draw(0.0, step))


def next_try(
    attempt: int,
    now: datetime,
    expires_at: datetime | None,
    *,
    draw: Callable[[float, float], float] = random.uniform,
) -> datetime | None:
    """The instant of the next try, or None when the tries are used up or the message would be too late."""
    if attempt >= ATTEMPTS:
        return None
    due = now + timedelta(seconds=wait_s(attempt, draw))
    return None if expires_at is not None and due >= expires_at else due
