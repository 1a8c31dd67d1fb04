"""Keys cannot leave the store, names come through whole, and a signed link cannot be bent."""

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import BadInput
from lib.storage.links import Linked, read, signed
from lib.storage.model import LONGEST_LINK_S, checked_key, checked_seconds, disposition, key_of

SECRET = "b7c1d6f0a93e4f5582d07c1e6a94b3f8d2e5c7a1"


def linked(seconds: int = 60) -> Linked:
    return Linked("reports/ab/abc", "Отчёт за ноябрь.pdf", "application/pdf", int(time.time()) + seconds)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "..",
        "a/../b",
        "a//b",
        "a/",
        ".hidden",
        "a/.b",
        "A",
        "a b",
        "a\n",
        "a\\b",
        "a" * 201,
    ],
)
def test_what_could_mean_another_place_is_no_key(key: str) -> None:
    with pytest.raises(ValueError, match="a key"):
        checked_key(key)


@given(st.text(max_size=60))
def test_a_key_never_has_a_segment_that_goes_up(text: str) -> None:
    try:
        key = checked_key(text)
    except ValueError:
        return
    assert not any(part.startswith(".") for part in key.split("/"))


def test_the_same_bytes_have_the_same_key() -> None:
    assert key_of("reports", b"x") == key_of("reports", b"x") != key_of("reports", b"y")
    assert checked_key(key_of("reports", b"x"))


@pytest.mark.parametrize("seconds", [0, -1, LONGEST_LINK_S + 1])
def test_a_link_lives_for_five_minutes_at_most(seconds: int) -> None:
    with pytest.raises(ValueError, match="300"):
        checked_seconds(seconds)


def test_a_russian_name_comes_through_with_a_plain_one_beside_it() -> None:
    header = disposition('Отчёт "ноябрь".pdf')
    assert header.isascii()
    assert header.startswith('attachment; filename="pdf"') or '.pdf"' in header
    assert "filename*=UTF-8''%D0%9E%D1%82%D1%87%D1%91%D1%82" in header


@given(st.text(max_size=40))
def test_no_name_can_end_the_header(name: str) -> None:
    header = disposition(name.encode("utf-8", "replace").decode())
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


def test_a_link_leads_to_what_was_signed() -> None:
    wanted = linked()
    assert read(SECRET, signed(SECRET, wanted)) == wanted


def test_a_link_that_has_run_out_is_410() -> None:
    with pytest.raises(BadInput) as refused:
        read(SECRET, signed(SECRET, linked(seconds=0)))
    assert refused.value.status == 410


@given(st.integers(min_value=0, max_value=200), st.integers(min_value=0, max_value=7))
def test_a_bent_link_is_404_whichever_bit_was_bent(byte: int, bit: int) -> None:
    text = signed(SECRET, linked())
    raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    raw[byte % len(raw)] ^= 1 << bit
    with pytest.raises(BadInput) as refused:
        read(SECRET, base64.urlsafe_b64encode(raw).rstrip(b"=").decode())
    assert refused.value.status == 404


@pytest.mark.parametrize("given_text", ["", "x", "é", "a" * 4000, "=", "AAAA"])
def test_anything_else_is_404(given_text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(SECRET, given_text)
    assert refused.value.status == 404


def test_a_link_signed_by_another_school_is_404() -> None:
    with pytest.raises(BadInput):
        read(SECRET, signed("x" * 40, linked()))
