"""What a Telegram message can carry, and how many of them the Bot API takes.

https://core.telegram.org/bots/api, https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Texts in UTF-16 units of what is seen, files in bytes, a photo's sides in pixels; `album` is a number of
    files, `sides` the most that width and height may be together, `ratio` the most that one may be of the other.
    """

    text: int = 4096
    caption: int = 1024
    photo: int = 10 * MEGABYTE
    sides: int = 10_000
    ratio: int = 20
    file: int = 50 * MEGABYTE
    album: int = 10
    buttons: bool = True
    button_data: int = 64
    edit: bool = True
    per_second: int = 30
    per_chat_second: int = 1
    per_group_minute: int = 20


TELEGRAM = Capabilities()
