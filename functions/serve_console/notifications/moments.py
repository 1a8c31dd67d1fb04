"""Days and times as a browser's fields send them, on the visitor's clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from functions.serve_console.notifications.words import words
from functions.serve_console.web.visitor import Visitor
from lib.domain.shapes import instant_text
from lib.errors import BadInput


def day_begins(text: str, visitor: Visitor, *, after: int = 0) -> str | None:
    """2026-11-23 → the instant at which that day begins, `after` days later; None for nothing.

    Raises BadInput for what is no day.
    """
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=after)
    except (ValueError, OverflowError):
        raise _no_time(text, visitor) from None
    return _instant(datetime.combine(day, time()), visitor.zone)


def moment(text: str, visitor: Visitor) -> str | None:
    """2026-11-23T14:05 → that instant; None for nothing. Raises BadInput for what is none."""
    if not text:
        return None
    try:
        return _instant(datetime.fromisoformat(text), visitor.zone)
    except (ValueError, OverflowError):
        raise _no_time(text, visitor) from None


def _instant(shown: datetime, zone: ZoneInfo) -> str:
    aware = shown if shown.tzinfo else shown.replace(tzinfo=zone)
    return instant_text(aware.astimezone(UTC))


def _no_time(text: str, visitor: Visitor) -> BadInput:
    return BadInput(words(visitor.locale)("bad_time", text=text[:40]))
