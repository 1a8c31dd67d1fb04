"""The rate plan of a channel, kept by the database for any number of instances. Its rules: migration 0005.

One statement and one round trip each way, outside of any transaction: a permit is taken before the point of no
return, and given back after the outcome is written down.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import Engine, text

Verdict = Literal["go", "wait", "crowded", "chat", "paused"]

# A little more than 30 in a second, so that it is the permits that bound the rate, not this.
GAP = timedelta(milliseconds=32)
# Longer than any call can take. A killed sender's permit is back after it.
LEASE = timedelta(seconds=30)
TAKE = text(
    "SELECT verdict, seconds, reason FROM take_permit("
    ":channel, :chat, :token, CAST(:lane AS smallint), :gap, :patience, :lease, :group_minute)"
)
GIVE_BACK = text("SELECT give_back_permit(:channel, :token, :ago)")


@dataclass(frozen=True, slots=True)
class Turn:
    """`seconds`: until the call may begin (`go`), until to ask again (`wait`), or for how long there is no room.

    `reason` is the code of a pause.
    """

    verdict: Verdict
    seconds: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who wants to make a call.

    `token` is the call's own. `lane`: 0 may wait, 1 is usual, 2 cannot wait. `chat` is where it goes; None for a
    call that puts no message into a chat. `group_minute`: how many messages a minute the chat takes, None when
    nobody counts them.
    """

    channel: str
    token: str
    lane: int
    chat: str | None = None
    group_minute: int | None = None


def take(db: Engine, caller: Caller, patience_s: float) -> Turn:
    """Try to begin a call; whoever is told to wait asks again with the same token."""
    values = {
        "channel": caller.channel,
        "chat": caller.chat,
        "token": caller.token,
        "lane": caller.lane,
        "gap": GAP,
        "patience": timedelta(seconds=patience_s),
        "lease": LEASE,
        "group_minute": caller.group_minute,
    }
    with db.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        row = conn.execute(TAKE, values).one()
    return Turn(row.verdict, row.seconds, row.reason)


def give_back(db: Engine, channel: str, token: str, answered_s_ago: float) -> None:
    """After a call, however it ended. `answered_s_ago`: since the answer came, or since one stopped waiting."""
    values = {"channel": channel, "token": token, "ago": timedelta(seconds=answered_s_ago)}
    with db.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(GIVE_BACK, values)
