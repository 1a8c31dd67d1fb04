"""Telegram's subset of HTML: what it would refuse, said before it is sent.

https://core.telegram.org/bots/api#html-style
"""

import html
import re
from collections.abc import Iterator

TAGS = ("b", "i", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[^<>]*)?)>")
_ATTRIBUTES = {
    "a": re.compile(r'\s+href="(https?|tg|mailto|tel):[^"<>]+"\s*'),
    "code": re.compile(r'\s+class="language-[\w+-]+"\s*'),
    "blockquote": re.compile(r"\s+expandable\s*"),
}
_ENTITY = re.compile(r"&(#?\w*);")
_KNOWN_ENTITY = re.compile(r"lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+")


def complaints(markup: str) -> Iterator[tuple[str, str]]:
    """(what stands there, what is wrong with it), in the order of the text; nothing when Telegram takes it."""
    yield from _entities(markup)
    open_tags: list[str] = []
    end = 0
    for found in _TAG.finditer(markup):
        yield from _stray(markup[end : found.start()])
        end = found.end()
        yield from _tag(found, open_tags)
    yield from _stray(markup[end:])
    for name in open_tags:
        yield f"<{name}", f"<{name}> is never closed"


def _tag(found: re.Match[str], open_tags: list[str]) -> Iterator[tuple[str, str]]:
    closing, name, attributes = found[1], found[2], found[3]
    shown = f"<{closing}{name}"
    if name not in TAGS:
        yield shown, f"{shown}> is no tag of Telegram; it knows {', '.join(TAGS)}"
    elif closing:
        if not open_tags or open_tags.pop() != name:
            yield shown, f"{shown}> closes what is not open"
    else:
        open_tags.append(name)
        allowed = _ATTRIBUTES.get(name)
        fits = not attributes.strip() if allowed is None else not attributes or allowed.fullmatch(attributes)
        if not fits or (name == "a" and not attributes):
            yield shown, f"{found[0]} has attributes that Telegram does not take"


def _stray(text: str) -> Iterator[tuple[str, str]]:
    if "<" in text or ">" in text:
        yield "<", "a < or > that is no tag must be written &lt; or &gt;"


def _entities(markup: str) -> Iterator[tuple[str, str]]:
    for found in _ENTITY.finditer(markup):
        if not _KNOWN_ENTITY.fullmatch(found[1]):
            yield found[0], f"{found[0]} is unknown to Telegram; write the character itself"


def plain(markup: str) -> str:
    """The same without tags; the address of a link stands behind its words."""
    linked = re.sub(r'<a\s+href="([^"]*)"\s*>(.*?)</a>', r"\2: \1", markup, flags=re.DOTALL)
    return html.unescape(_TAG.sub("", linked))
