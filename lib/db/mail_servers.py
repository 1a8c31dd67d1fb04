"""Mail servers that failed are passed over for a while, by every instance at once.

Kept among the pauses of channels, as `email/NAME`; gone once the server works again.
"""

from typing import Literal

from sqlalchemy import Connection, text

from lib.db import pauses

Standing = Literal["good", "on_trial", "passed_over"]

# Of all that ask once the time is over, one gets to try; the others go on passing it over meanwhile.
LOOK = text(
    "WITH before AS (SELECT channel FROM channel_pauses WHERE channel = :channel), "
    "trial AS (UPDATE channel_pauses SET paused_until = now() + make_interval(secs => :seconds) "
    "  WHERE channel = :channel AND paused_until <= now() RETURNING channel) "
    "SELECT CASE WHEN EXISTS (SELECT FROM trial) THEN 'on_trial' "
    "  WHEN EXISTS (SELECT FROM before) THEN 'passed_over' ELSE 'good' END"
)
FORGET = text("DELETE FROM channel_pauses WHERE channel = :channel")


def look(conn: Connection, name: str, trial_s: float) -> Standing:
    """How a server stands. `on_trial`: its time is over, and for `trial_s` seconds only the caller tries it."""
    standing: Standing = conn.execute(LOOK, {"channel": _row(name), "seconds": trial_s}).scalar_one()
    return standing


def pass_over(conn: Connection, name: str, seconds: float, reason: str) -> None:
    """Pass a server over for so long; `reason` is a code."""
    pauses.pause(conn, _row(name), seconds, reason)


def trust(conn: Connection, name: str) -> None:
    """It works again."""
    conn.execute(FORGET, {"channel": _row(name)})


def _row(name: str) -> str:
    return f"email/{name}"
