"""JSON as strangers send it: bounded in depth and in digits, with no duplicate keys (RFC 8259, section 4)."""

import json
import re
from typing import Any

from lib.errors import BadInput

DEEPEST = 32
LONGEST_NUMBER = 40
_ALL_BUT_BRACKETS_AND_QUOTES = bytes(set(range(256)) - set(b'[]{}"'))
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_TEXTS = re.compile(rb'"[^"]*"')


def loads(raw: bytes) -> Any:
    """UTF-8 JSON → Python values. Raises BadInput (400) with a sentence that says what to mend."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("The body must be UTF-8.") from None
    _check_depth(raw)
    try:
        value = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_int=_bounded_int,
            parse_float=_bounded_float,
            object_pairs_hook=_without_duplicates,
        )
    except json.JSONDecodeError as error:
        raise BadInput(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    if "\\u" in text:
        _check_characters(value)
    return value


def _check_depth(raw: bytes) -> None:
    """Counted before parsing: Python's parser recurses, and its limit is not ours.

    Whole texts at a time, because a look at each bracket costs more than the parsing: whether a bracket stands
    in a text depends on how many quotes stand before it, so quotes may go in pairs; then the innermost pairs of
    brackets go, level by level.
    """
    left = raw
    if b"\\" in left:
        left = left.replace(b"\\\\", b"").replace(b'\\"', b"")
    left = left.translate(_ONE_KIND, _ALL_BUT_BRACKETS_AND_QUOTES).replace(b'""', b"")
    left = _TEXTS.sub(b"", left).partition(b'"')[0]
    for _ in range(DEEPEST):
        before, left = left, left.replace(b"[]", b"")
        if left == before:
            break
    # What has no partner is no JSON; the parser says so, if it can without going too deep.
    if b"[]" in left or left.count(b"[") > DEEPEST:
        raise BadInput(f"The JSON is nested more than {DEEPEST} levels deep.")


def _refuse_constant(name: str) -> None:
    raise BadInput(f"{name} is not a JSON number.")


def _bounded_int(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise BadInput(f"A number has more than {LONGEST_NUMBER} digits.")
    return int(text)


def _bounded_float(text: str) -> float:
    value = float(text)
    if len(text) > LONGEST_NUMBER or value in (float("inf"), float("-inf")):
        raise BadInput("A number is too long or too large.")
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add returns None on purpose
        raise BadInput(f"The key {twice[:50]!r} occurs twice in one object.")
    return result


def _check_characters(value: Any) -> None:
    """Escapes can smuggle in what PostgreSQL's text cannot hold."""
    try:
        text = json.dumps(value, ensure_ascii=False)
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadInput("A text contains half of a surrogate pair.") from None
    if "\\u0000" in text:
        raise BadInput("A text contains a zero byte.")
