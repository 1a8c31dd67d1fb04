"""Telegram takes 4,096 characters after its markup is read: longer values are cut before they are escaped."""

import html
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

LIMIT = 4096
_TAG = re.compile(r"<[^<>]*>")
# A cut may land on a variable that stands in the text twice; each round then cuts what is left of it.
_ROUNDS = 8


def visible_length(markup: str) -> int:
    """Length as Telegram counts it: UTF-16 units of what is seen, without tags and entities."""
    return len(html.unescape(_TAG.sub("", markup)).encode("utf-16-le")) // 2


def fitted(
    values: Mapping[str, Any], texts: Collection[str], render: Callable[[Mapping[str, Any]], str]
) -> str:
    """Rendered within the limit, by shortening the longest of the `texts` and never the markup around them."""
    shorter = dict(values)
    markup = render(shorter)
    for _ in range(_ROUNDS):
        excess = visible_length(markup) - LIMIT
        lengths = {name: len(shorter[name]) for name in texts if shorter.get(name)}
        if excess <= 0 or not lengths:
            return markup
        longest = max(lengths, key=lambda name: lengths[name])
        shorter[longest] = cut(shorter[longest], lengths[longest] - excess)
        markup = render(shorter)
    return markup


def cut(text: str, length: int) -> str:
    """The text in at most `length` characters; what is missing shows as «…»."""
    return text if len(text) <= length else text[: max(length - 1, 0)].rstrip() + "…"
