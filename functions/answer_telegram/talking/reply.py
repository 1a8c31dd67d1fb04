"""What comes of an update, decided before anything is sent."""

from collections.abc import Callable
from dataclasses import dataclass

from functions.answer_telegram.talking.screen import Screen
from functions.answer_telegram.talking.visit import Visit
from lib.domain.outcomes import Attachment


@dataclass(frozen=True, slots=True)
class Reply:
    """`screen` goes in the place of the message whose button was pressed, or is a new one after a command.

    `toast` is what the person who pressed is told at the top of the screen; `alert`: to be closed by hand. `file` is a
    message of its own, with `caption` in Telegram's HTML.
    """

    screen: Screen | None = None
    toast: str = ""
    alert: bool = False
    file: Attachment | None = None
    caption: str = ""


Act = Callable[..., Reply]
Open = Callable[[Visit], Reply]
