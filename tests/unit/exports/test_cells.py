"""CSV cells: numbers and instants as they are, texts that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.export_data.cells import ROWS_A_CHUNK, cell, chunks

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_text_that_begins_like_a_formula_is_neutralised(start: str) -> None:
    text = f'{start}HYPERLINK("http://x.example","y")'
    assert cell(text, MOSCOW) == f"'{text}"


@pytest.mark.parametrize("text", ["Физика", "a=b", "", "'quoted", "5-7 класс", "1+1", "почта@пример"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert cell(text, MOSCOW) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-5, "-5"),
        (-2.5, "-2.5"),
        (Decimal("-1500.10"), "-1500.10"),
        (Decimal("1E+3"), "1000"),
        (True, "true"),
        (None, ""),
        (datetime(2026, 11, 22, 22, 30, tzinfo=UTC), "2026-11-23T01:30:00+03:00"),
    ],
)
def test_numbers_and_instants_are_not_texts(value: Any, written: str) -> None:
    assert cell(value, MOSCOW) == written


def test_a_table_comes_back_as_it_was_with_its_commas_quotes_and_line_breaks() -> None:
    rows = [["a,b", 'c"d', "e\r\nf"], ["ж", "", "з"]]
    data = b"".join(chunks(["x", "y", "z"], rows, MOSCOW))
    assert data.startswith(b"\xef\xbb\xbfx,y,z\r\n")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read == [["x", "y", "z"], *rows]


def test_rows_are_asked_for_as_they_are_written_not_before() -> None:
    asked = 0

    def rows() -> Iterator[list[int]]:
        nonlocal asked
        for number in range(10 * ROWS_A_CHUNK):
            asked += 1
            yield [number]

    written = chunks(["n"], rows(), MOSCOW)
    assert asked == 0
    next(written)
    assert asked == ROWS_A_CHUNK
    assert max(len(chunk) for chunk in written) < 10 * ROWS_A_CHUNK
    assert asked == 10 * ROWS_A_CHUNK


@pytest.mark.parametrize("count", [0, 1, ROWS_A_CHUNK, ROWS_A_CHUNK + 1])
def test_no_row_is_lost_at_the_edges_of_a_chunk(count: int) -> None:
    data = b"".join(chunks(["n"], ([i] for i in range(count)), MOSCOW))
    assert data.count(b"\r\n") == count + 1
