"""JSON as strangers send it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import BadInput
from lib.runtime.strict_json import DEEPEST, loads


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 41 + b"}",
        b'{"a": 1, "a": 2}',
        b'{"x": {"a": 1, "a": 2}}',
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"a": "\\u0000"}',
        b'{"a": "\\ud800"}',
        b"{'a': 1}",
        b"{} {}",
    ],
)
def test_what_is_not_plain_json_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        loads(raw)


def test_brackets_inside_texts_do_not_count_as_depth() -> None:
    assert loads(b'{"a": "' + b"[" * 100 + b'\\"]"}') == {"a": "[" * 100 + '"]'}


def test_plain_json_is_taken_as_it_is() -> None:
    assert loads('{"имя": ["Ёж", 1, 2.5, null, true], "emoji": "\\ud83d\\ude00"}'.encode()) == {
        "имя": ["Ёж", 1, 2.5, None, True],
        "emoji": "😀",
    }


def nested(levels: int, left: str, right: str) -> bytes:
    return (left * levels + right * levels).encode()


@pytest.mark.parametrize(
    "raw",
    [
        nested(DEEPEST, "[", "]"),
        b'{"a":' * DEEPEST + b"1" + b"}" * DEEPEST,
        b"[" + b",".join([b"[{}]"] * 1_000) + b"]",
        b'["\\\\", "[", "\\"[", "]", "", "{\\\\"]',
    ],
)
def test_what_is_as_deep_as_may_be_is_taken(raw: bytes) -> None:
    assert loads(raw) == json.loads(raw)


@pytest.mark.parametrize(
    "raw",
    [
        nested(DEEPEST + 1, "[", "]"),
        nested(100_000, "[", ""),
        nested(100_000, '{"a":', ""),
        b'["", "x", "\\\\", ' + nested(DEEPEST, "[", "]") + b"]",
        b'{"[": "]", "b": ' + nested(DEEPEST, "[", "]") + b"}",
    ],
)
def test_one_level_more_is_refused_before_it_is_parsed(raw: bytes) -> None:
    with pytest.raises(BadInput, match="nested"):
        loads(raw)


texts = st.text(st.sampled_from('[]{}"\\,:aЖ '), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=40,
)


def depth(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(depth, inside), default=0)


@given(values, st.integers(0, DEEPEST + 2), st.booleans())
def test_depth_is_that_of_the_value_whatever_its_texts_hold(
    value: Any, around: int, ascii_only: bool
) -> None:
    for _ in range(around):
        value = [value]
    raw = json.dumps(value, ensure_ascii=ascii_only).encode()
    if depth(value) <= DEEPEST:
        assert loads(raw) == value
    else:
        with pytest.raises(BadInput, match="nested"):
            loads(raw)
