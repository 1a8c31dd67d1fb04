"""Those who were erased, and what a message has to do with them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import Any

from lib.domain.personal import ADDRESSEES, APART, FIGURE, KEPT, PEOPLE, THINGS, is_distinctive
from lib.domain.shapes import as_id

Json = Any
# A chat or a telephone has at least as many digits; a shorter number is a figure.
SHORTEST_ADDRESS = 7


class Bearing(IntEnum):
    """What a message has to do with somebody: nothing, a word in passing, or it is about them."""

    NONE = 0
    ASIDE = 1
    ABOUT = 2


class Erased:
    """Those who were erased, id → pseudonym.

    `traces` are their names and addresses, known only while they are being erased: an id alone finds nobody in
    free text.
    """

    def __init__(self, pseudonyms: Mapping[str, str], traces: Iterable[str] = ()) -> None:
        self.pseudonyms = dict(pseudonyms)
        telling = [user_id for user_id in self.pseudonyms if is_distinctive(user_id)]
        self._words = _pattern(telling, r"[\w-]")
        self._loose = _pattern(telling, r"[^\W_]")
        self._traces = _pattern(traces, r"\w", re.IGNORECASE)

    def of(self, value: object) -> str | None:
        """The pseudonym of whoever has this id."""
        return self.pseudonyms.get(str(as_id(value))) if isinstance(value, str | int) else None

    def touches(self, text: str) -> bool:
        """Whether a text holds one of the ids as a word, or a name or an address."""
        return bool(self._words.search(text) or self._traces.search(text))

    def is_address(self, value: object) -> bool:
        """Whether a number is one of the addresses: a chat, a telephone. Short numbers are left to be figures."""
        plain = str(value)
        return len(plain) >= SHORTEST_ADDRESS and self._traces.fullmatch(plain) is not None

    def renamed(self, text: str, *, loosely: bool = False) -> str:
        """The text with the pseudonym for each id in it; `loosely` also where a hyphen joins it to something."""
        pattern = self._loose if loosely else self._words
        return pattern.sub(lambda found: self.pseudonyms[found[0]], text)

    def redacted(self, text: str) -> str:
        """The same, and a dash for names and addresses."""
        return self._traces.sub("—", self.renamed(text))


def _pattern(words: Iterable[str], inside: str, flags: int = 0) -> re.Pattern[str]:
    """Any of these words, where no character of the class `inside` goes before or follows."""
    longest_first = sorted(words, key=len, reverse=True)
    if not longest_first:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!{inside})(?:{'|'.join(map(re.escape, longest_first))})(?!{inside})", flags)


def bearing_on(value: Json, erased: Erased) -> Bearing:
    """What a JSON value has to do with those who were erased; members of lists of messages are not looked at."""
    return max((found for found in _bearings(value, erased)), default=Bearing.NONE)


def _bearings(value: Json, erased: Erased, key: str = "") -> Iterator[Bearing]:
    match value:
        case dict():
            for name, inner in value.items():
                if erased.touches(name):
                    yield Bearing.ASIDE
                if name not in APART:
                    yield from _bearings(inner, erased, name)
        case list() | tuple():
            several = key == ADDRESSEES and any(erased.of(each) is None for each in value)
            for inner in value:
                found = max(_bearings(inner, erased, key), default=Bearing.NONE)
                yield min(found, Bearing.ASIDE) if several else found
        case bool() | None:
            return
        case str() | int():
            yield _bearing_of_scalar(value, erased, key)


def _bearing_of_scalar(value: str | int, erased: Erased, key: str) -> Bearing:
    whole = erased.of(value)
    if whole and (key in PEOPLE or (key not in THINGS and is_distinctive(str(value)))):
        return Bearing.ABOUT
    if erased.is_address(value):
        return Bearing.ASIDE
    return Bearing.ASIDE if erased.touches(str(value)) and not _is_figure(value, key) else Bearing.NONE


def _is_figure(value: Json, key: str) -> bool:
    return key in KEPT and (not isinstance(value, str) or FIGURE.match(value) is not None)
