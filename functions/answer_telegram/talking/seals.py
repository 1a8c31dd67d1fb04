"""What a menu's button carries: an action, for whom, from when, and a seal. Nothing is kept for it anywhere.

`m1.WHEN.WHO.ACTION.SEAL`, at most 64 bytes (https://core.telegram.org/bots/api#inlinekeyboardbutton). The seal is an
HMAC over the action, the hour, the chat and the person, so data that was made for another chat, another person or
another act opens nothing. WHO is a short mark by which one of the people of a chat is found, and proves nothing.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

PREFIX = "m1"
LIVES = timedelta(hours=48)
SEAL_BYTES, MARK_BYTES = 9, 3
LONGEST = 64
_HOUR_S = 3600
_PURPOSE = b"repitbot buttons of the bot's menus"


@dataclass(frozen=True, slots=True)
class Opened:
    """The act and what it is done with; `old`: it was right once."""

    action: tuple[str, ...]
    old: bool


class Seals:
    """Of one chat, at one moment."""

    def __init__(self, secret: str, chat_id: str, now: datetime) -> None:
        self._key = hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)
        self._chat_id, self._hour = chat_id, int(now.timestamp()) // _HOUR_S

    def close(self, user_id: str, *action: str) -> str:
        """Data for a button. Raises ValueError when it does not fit: that is a mistake of ours."""
        said = ":".join(action)
        when = _digits(self._hour)
        made = f"{PREFIX}.{when}.{self.mark(user_id)}.{said}.{self._seal(when, user_id, said)}"
        if len(made.encode()) > LONGEST:
            raise ValueError(f"button data of {len(made)} bytes: {said}")
        return made

    def open(self, data: str, user_id: str) -> Opened | None:
        """What was closed for this person; None for anything else."""
        parts = data.split(".")
        if len(parts) != 5 or parts[0] != PREFIX:
            return None
        _, when, mark, said, seal = parts
        expected = self._seal(when, user_id, said)
        if mark != self.mark(user_id) or not hmac.compare_digest(seal.encode(), expected.encode()):
            return None
        return Opened(tuple(said.split(":")), self._is_old(when))

    def argument(self, data: str, act: str) -> str | None:
        """What the data says after this act, if it names it. It may be anybody's making: `open` it."""
        said = data.split(".")[3:4]
        name, _, rest = said[0].partition(":") if said else ("", "", "")
        return rest if name == act and rest else None

    def _is_old(self, when: str) -> bool:
        age_h = self._hour - int(when, 36)
        return not 0 <= age_h <= LIVES.total_seconds() // _HOUR_S

    def mark(self, some_id: str) -> str:
        """Four letters by which one id is told from a few others, and from which it cannot be read."""
        return _text(hmac.digest(self._key, f"mark\n{some_id}".encode(), hashlib.sha256)[:MARK_BYTES])

    def _seal(self, when: str, user_id: str, said: str) -> str:
        sealed = "\n".join(("seal", when, self._chat_id, user_id, said))
        return _text(hmac.digest(self._key, sealed.encode(), hashlib.sha256)[:SEAL_BYTES])


def is_menu(data: str) -> bool:
    """Whether such data stands in a menu of ours. It may be anybody's making: `open` says what it is worth."""
    return data.startswith(f"{PREFIX}.")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _digits(number: int) -> str:
    signs = ""
    while number:
        number, last = divmod(number, 36)
        signs = "0123456789abcdefghijklmnopqrstuvwxyz"[last] + signs
    return signs or "0"
