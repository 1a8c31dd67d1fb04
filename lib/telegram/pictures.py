"""Which files Telegram takes as a photo: PNG and JPEG of a size and a shape that it scales down itself."""

from lib.domain.outcomes import Attachment
from lib.telegram.capabilities import TELEGRAM

_START_OF_FRAME = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


def is_photo(attachment: Attachment) -> bool:
    """Whether it can be sent as a photo; everything else goes as a document."""
    found = size(attachment.content)
    if found is None or len(attachment.content) > TELEGRAM.photo:
        return False
    narrow, wide = sorted(found)
    return narrow > 0 and narrow + wide <= TELEGRAM.sides and wide <= narrow * TELEGRAM.ratio


def size(content: bytes) -> tuple[int, int] | None:
    """`(width, height)` in pixels of a PNG or JPEG, read from its first bytes; None when it is neither."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    return _jpeg_size(content) if content.startswith(b"\xff\xd8") else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        if content[at + 1] in _START_OF_FRAME:
            height, width = content[at + 5 : at + 7], content[at + 7 : at + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None
