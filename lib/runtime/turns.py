"""A call's turn under the rate plan: taken before the point of no return, given back after the outcome."""

import time
import uuid
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine, exc

from lib.db import rate_plan
from lib.db.rate_plan import Caller
from lib.domain.outcomes import ChannelPaused, Crowded
from lib.telegram.capabilities import TELEGRAM

CHANNEL = "telegram"
LANES = {"low": 0, "normal": 1, "high": 2, "urgent": 2}
# How long to wait for a permit, by lane, in seconds. It costs one of the function's threads, but to be put back
# costs ten statements and a way through the queue. When all permits are in use they come free within a second:
# what is urgent waits for that.
PATIENCE_S = (0.5, 0.6, 1.1)
CHAT_PATIENCE_S = 0.3
# For the second call of a message, which nobody else can make.
LONG_PATIENCE_S = 3.0
NEVER_S = 3600.0
log = structlog.get_logger()


@dataclass(slots=True)
class _Begun:
    token: str
    starts: float
    answered: float | None = None


class Turns:
    """The turns of one delivery. `db` None: there is no plan to keep."""

    def __init__(self, db: Engine | None) -> None:
        self._db = db
        self._begun: list[_Begun] = []

    def begin(self, chat_id: str | None, priority: str, *, patience_s: float | None = None) -> None:
        """Get a turn to put a message into this chat (None: to change one that is there); `wait` before the call.

        Raises Crowded when there is none soon, ChannelPaused when the bot may not call at all.
        """
        if self._db is None:
            return
        lane = LANES[priority]
        group = TELEGRAM.per_group_minute if (chat_id or "").startswith("-") else None
        caller = Caller(CHANNEL, uuid.uuid4().hex, lane, chat_id, group)
        now = time.monotonic()
        deadline = now + (patience_s or PATIENCE_S[lane])
        starts = self._granted(self._db, caller, deadline, now + (patience_s or CHAT_PATIENCE_S))
        self._begun.append(_Begun(caller.token, starts))

    def _granted(self, db: Engine, caller: Caller, deadline: float, chat_deadline: float) -> float:
        while True:
            now = time.monotonic()
            turn = rate_plan.take(db, caller, max(0.0, deadline - now))
            if turn.verdict == "go":
                return time.monotonic() + turn.seconds
            if turn.verdict == "paused":
                raise ChannelPaused(turn.reason or "", "The bot is paused.", retry_after=turn.seconds)
            until = chat_deadline if turn.verdict == "chat" else deadline
            if turn.verdict == "crowded" or now + turn.seconds > until:
                raise Crowded("The rate plan has no room.", retry_after=turn.seconds)
            time.sleep(turn.seconds)

    def wait(self) -> None:
        """The last few milliseconds before the last turn begins."""
        if self._begun:
            time.sleep(max(0.0, self._begun[-1].starts - time.monotonic()))

    def answered(self) -> None:
        """The answer to the last call is there, or nobody waits for it any more."""
        if self._begun:
            self._begun[-1].answered = time.monotonic()

    def give_back(self) -> None:
        """All of them; what cannot be given back comes back by itself when its lease is over."""
        begun, self._begun = self._begun, []
        for each in begun:
            ago = NEVER_S if each.answered is None else time.monotonic() - each.answered
            try:
                if self._db is not None:
                    rate_plan.give_back(self._db, CHANNEL, each.token, ago)
            except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
                log.warning("turn not given back", error=type(error).__name__)
