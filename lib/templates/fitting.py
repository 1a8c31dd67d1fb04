"""Telegram takes 4,096 characters after its markup is read: longer values are cut before they are escaped."""

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

LIMIT = 4096
_TAG = re.compile(r"<[^<>]*>")
# A cut may land on a variable that stands in the text twice; each round then cuts what is left of it.
_ROUNDS = 8


def visible_length(markup: str) -> int:
    """Length as Telegram counts it: UTF-16 units of what is seen, without tags and entities."""
    return len(html.unescape(_TAG.sub("", markup)).encode("utf-16-le")) // 2


def fitted(values: Mapping[str, Any], render: Callable[[Mapping[str, Any]], str]) -> str:
    """Rendered within the limit, by shortening the longest text values and never the markup around them."""
    shorter = dict(values)
    markup = render(shorter)
    for _ in range(_ROUNDS):
        excess = visible_length(markup) - LIMIT
        if excess <= 0:
            return markup
        name, longest = max(
            ((key, value) for key, value in shorter.items() if isinstance(value, str)),
            key=lambda item: len(item[1]),
        )
        shorter[name] = _cut(longest, len(longest) - excess - 1)
        markup = render(shorter)
    return markup


def _cut(text: str, length: int) -> str:
    return text[: max(length, 0)].rstrip() + "…"
