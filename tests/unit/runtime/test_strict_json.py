"""JSON as strangers send it."""

import pytest

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
