"""The Bot API's limits on sending, kept strictly when a test asks for them.

By arrival time, over rolling windows: so many calls a second overall, so many a second in a private chat, so
many a minute in a group. A call too many is answered 429, and so is every other one until its time is over.
"""

import math
from collections import deque
from dataclasses import dataclass, field

from lib.testing.mailbox.script import BotLimits

SENDS = ("sendmessage", "sendphoto", "senddocument", "sendmediagroup")


@dataclass
class _Window:
    most: int
    seconds: float
    arrivals: deque[float] = field(default_factory=deque)

    def full_for(self, now: float) -> float:
        """Seconds until one more fits, 0 when it fits now."""
        while self.arrivals and self.arrivals[0] <= now - self.seconds:
            self.arrivals.popleft()
        if len(self.arrivals) < self.most:
            return 0.0
        return self.arrivals[0] + self.seconds - now


class Limits:
    """Counts arrivals; `limits` None admits everything."""

    def __init__(self) -> None:
        self.limits: BotLimits | None = None
        self._closed_until = 0.0
        self._all = _Window(0, 1.0)
        self._chats: dict[int, _Window] = {}

    def order(self, limits: BotLimits | None) -> None:
        """Begin to keep these limits with empty windows; None ends it."""
        self.limits = limits
        self._closed_until = 0.0
        self._all = _Window(limits.per_second if limits else 0, 1.0)
        self._chats = {}

    def close(self, now: float, seconds: float) -> None:
        """Nothing may be called for so long."""
        self._closed_until = max(self._closed_until, now + seconds)

    def closed_for(self, method: str, now: float) -> float:
        """Seconds of an earlier 429 that are left; 0 for a call that only reads."""
        return 0.0 if method.lower().startswith("get") else max(0.0, self._closed_until - now)

    def refusal(self, method: str, chat_id: int | None, now: float) -> int | None:
        """`retry_after` in whole seconds when the call is one too many; otherwise it is counted."""
        if self.limits is None or method.lower() not in SENDS or chat_id is None:
            return None
        windows = (self._all, self._chat(chat_id, self.limits))
        wait = max(window.full_for(now) for window in windows)
        if wait > 0:
            retry_after = math.ceil(wait)
            self.close(now, retry_after)
            return retry_after
        for window in windows:
            window.arrivals.append(now)
        return None

    def _chat(self, chat_id: int, limits: BotLimits) -> _Window:
        if chat_id not in self._chats:
            most, seconds = (limits.per_chat_second, 1.0) if chat_id > 0 else (limits.per_group_minute, 60.0)
            self._chats[chat_id] = _Window(most, seconds)
        return self._chats[chat_id]
