"""What a message of the bot shows at a moment: words, buttons, perhaps a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.domain.outcomes import Attachment, Button

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """`html` in Telegram's HTML. Without a `photo` it changes the words below the photo that is there, if one is."""

    html: str
    rows: Rows = ()
    photo: Attachment | None = None


def in_rows(buttons: Sequence[Button], across: int) -> Rows:
    """So many in a row, the last one perhaps with fewer."""
    return tuple(tuple(buttons[i : i + across]) for i in range(0, len(buttons), across))
