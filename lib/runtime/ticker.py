"""Ringing at the times of a cron expression (UTC), as the platforms' cron connectors do."""

import threading
from collections.abc import Callable
from datetime import datetime

from croniter import croniter

from lib.domain.events import utc_now


def tick(schedule: str, ring: Callable[[], None], stop: threading.Event) -> None:
    """Ring once at start, to catch up, then at every time of `schedule`, until `stop`.

    The function itself makes sure that a slot counts once, so ringing too often is harmless.
    """
    ring()
    while not stop.is_set():
        now = utc_now()
        following: datetime = croniter(schedule, now).get_next(datetime)
        if not stop.wait(max(0.0, (following - now).total_seconds())):
            ring()
