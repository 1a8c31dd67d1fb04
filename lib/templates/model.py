"""What goes into a message beside its data, and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Reader:
    """Who will read it: their language, clock, and role in the school."""

    locale: str
    zone: ZoneInfo
    role: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a message needs that is neither its data nor its reader.

    `answer_urls`: where a click in a mail leads, by answer (`confirm`, `reschedule`, `cannot`).
    """

    now: datetime
    currency: str = "RUB"
    unsubscribe_url: str | None = None
    answer_urls: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """E-mail: all three. Telegram: `html` is its own subset, `text` the same without markup, no subject.

    `fell_back`: why the school's own template was not used, when it should have been.
    """

    subject: str | None
    text: str
    html: str
    fell_back: str | None = None
