"""`parse_mode=HTML`: text with tags to text and entities, by the Bot API's rules and with its error texts.

Offsets and lengths of entities are in UTF-16 code units, offsets in error texts in bytes.
"""

import re
from dataclasses import dataclass
from typing import Any

from lib.testing.mailbox.bot_api.answers import Refused, bad_request

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot));?")
_ATTRIBUTE = re.compile(r"""\s+([a-zA-Z0-9-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[a-zA-Z0-9.-]+))?""")
_TAG = re.compile(r"""<(/?)([^\s>/]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>""")


@dataclass
class _Open:
    tag: str
    start: int
    attributes: dict[str, str]


def utf16_length(text: str) -> int:
    """Length as Telegram counts it: characters outside the basic plane count twice."""
    return len(text.encode("utf-16-le")) // 2


def parse(source: str, mode: str | None) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities of `source`; Refused when its markup is broken or the mode is unknown."""
    if not mode:
        return source, []
    if mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._text: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[dict[str, Any]] = []

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        at = 0
        while at < len(self._source):
            tag = self._source.find("<", at)
            self._add(_plain(self._source[at : tag if tag >= 0 else None]))
            if tag < 0:
                break
            at = self._tag(tag)
        if self._open:
            raise _broken(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        entities = sorted(self._entities, key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self._text), entities

    def _tag(self, at: int) -> int:
        match = _TAG.match(self._source, at)
        offset = len(self._source[:at].encode())
        if match is None:
            kind = "end" if self._source.startswith("</", at) else "start"
            raise _broken(f"Unclosed {kind} tag at byte offset {offset}")
        closing, name, rest = match.groups()
        if closing:
            self._close(name.lower(), offset)
        else:
            self._start(name.lower(), rest, offset)
        return match.end()

    def _start(self, name: str, rest: str, offset: int) -> None:
        if name not in _KINDS:
            raise _broken(f'Unsupported start tag "{name}" at byte offset {offset}')
        attributes = {key.lower(): _plain(value.strip("\"'")) for key, value in _ATTRIBUTE.findall(rest)}
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _broken(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
        self._open.append(_Open(name, self._length, attributes))

    def _close(self, name: str, offset: int) -> None:
        if not self._open:
            raise _broken(f"Unexpected end tag at byte offset {offset}")
        opened = self._open.pop()
        if name and name != opened.tag:
            expected, found = f"</{opened.tag}>", f"</{name}>"
            raise _broken(
                f'Unmatched end tag at byte offset {offset}, expected "{expected}", found "{found}"'
            )
        length = self._length - opened.start
        if length:
            self._keep(opened, length)

    def _keep(self, opened: _Open, length: int) -> None:
        entity: dict[str, Any] = {"type": _KINDS[opened.tag], "offset": opened.start, "length": length}
        if opened.tag == "a":
            url = opened.attributes.get("href", "")
            if not url:
                return
            entity["url"] = url
        if opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
        if opened.tag == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        self._entities.append(entity)

    def _add(self, text: str) -> None:
        self._text.append(text)
        self._length += utf16_length(text)


def _plain(text: str) -> str:
    return _REFERENCE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match.group()


def _broken(why: str) -> Refused:
    return bad_request(f"can't parse entities: {why}")
