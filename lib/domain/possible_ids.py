"""Everything in a message that may be somebody's id, as nobody knows any more whose ids to look for."""

import re
from typing import Any

from lib.domain.events import Event
from lib.domain.personal import FIGURE, KEPT, LONGEST

Json = Any
# A word of an id: what stands between characters that cannot be a part of it.
RUN = re.compile(r"[\w-]+")
PIECES = (re.compile(r"[^\s/,;\"'()]+"), re.compile(r"[^\s/,;:\"'()]+"))


def possible_ids(value: Json) -> set[str]:
    """Everything in a message that may be somebody's id: whole texts and numbers, and words inside texts."""
    found: set[str] = set()
    _collect(value, found)
    return found


def _collect(value: Json, found: set[str]) -> None:
    match value:
        case str():
            _collect_text(value, found)
        case bool() | None:
            return
        case int():
            found.add(str(value))
        case dict():
            for key, inner in value.items():
                if key not in KEPT:
                    _collect_text(key, found)
                _collect(inner, found)
        case list() | tuple():
            for inner in value:
                _collect(inner, found)


def _collect_text(text: str, found: set[str]) -> None:
    if text in found:
        return
    if RUN.fullmatch(text) and len(text) <= LONGEST:
        # Most are one word; looking for words inside costs ten times as much.
        found.add(text)
        return
    if FIGURE.match(text):
        return
    if len(text) <= LONGEST:
        found.add(text.strip())
    found.update(RUN.findall(text))
    for pieces in PIECES:
        found.update(piece.rstrip(".!?:") for piece in pieces.findall(text))


def possible_ids_of(event: Event) -> set[str]:
    """The same for an event, its own id included."""
    return possible_ids([event.id, event.source, event.subject, dict(event.data), dict(event.attributes)])
