"""The words on the buttons of messages."""

from collections.abc import Mapping
from types import MappingProxyType

_LABELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "confirm": ("Буду", "I'll be there"),
        "reschedule": ("Перенести", "Reschedule"),
        "cannot": ("Не смогу", "Can't make it"),
        "ok": ("Понятно", "Got it"),
    }
)


def label(answer: str, locale: str) -> str:
    """What the button for this answer says, in `ru` or `en`."""
    ru, en = _LABELS[answer]
    return en if locale == "en" else ru
