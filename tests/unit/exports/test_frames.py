"""What stands around rows: whole files have their end, and only whole ones."""

import csv
import io
import json

import pytest

from functions.export_data.frames import JSON_ARRAY, JSON_LINES, Frame, csv_table

TABLE = csv_table(["Имя", "a,b"])


def whole(frame: Frame, rows: list[bytes]) -> bytes:
    body = frame.first + frame.between.join(rows) if rows else b""
    return frame.head + body + (frame.tail if rows else frame.empty)


def test_a_table_begins_with_its_mark_and_header_and_ends_with_a_line_end() -> None:
    data = whole(TABLE, ["ж,1".encode(), b'"x\ny",2'])
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["Имя", "a,b"],
        ["ж", "1"],
        ["x\ny", "2"],
    ]
    assert data.endswith(b"\r\n")
    assert whole(TABLE, []).count(b"\r\n") == 1


@pytest.mark.parametrize("count", [0, 1, 2, 500])
def test_an_array_is_json_and_lines_are(count: int) -> None:
    rows = [b'{"n": %d}' % n for n in range(count)]
    expected = [{"n": n} for n in range(count)]
    assert json.loads(whole(JSON_ARRAY, rows)) == expected
    assert [json.loads(line) for line in whole(JSON_LINES, rows).splitlines()] == expected


@pytest.mark.parametrize("frame", [TABLE, JSON_ARRAY, JSON_LINES])
def test_whatever_is_cut_off_after_any_row_lacks_its_end(frame: Frame) -> None:
    for cut in range(1, 4):
        came = frame.head + frame.first + frame.between.join([b"{}"] * cut)
        assert not came.endswith((b"\n", b"]"))
