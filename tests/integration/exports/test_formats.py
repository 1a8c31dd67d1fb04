"""The same rows as a table, a workbook, an array and lines: whole, with their types, and harmless."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest

from functions.export_data import sheets
from tests.clients import Answer
from tests.integration.exports.asking import DAY, MORNING, export, held, ids, lesson, table
from tests.integration.runtime.served import Served

FORMULAS = ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠a"]
NASTY = [
    "a,b",
    'c"d',
    "e\r\nf",
    "  ж ",
    "\\.",
    "null",
    "<b>&amp;</b>",
    "]]>",
    "_x0041_",
    "a\x01b",
    "\uffff",
    "😀",
    "7",
    "01",
]


def book(answer: Answer) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def lines(answer: Answer) -> list[dict[str, Any]]:
    assert answer.content_type == "application/x-ndjson"
    return [json.loads(line) for line in answer.data.decode().splitlines()]


def topics(*values: str) -> list[dict[str, Any]]:
    return [
        lesson(n, topic=value, starts_at=MORNING + timedelta(seconds=n)) for n, value in enumerate(values)
    ]


@pytest.mark.parametrize("start", FORMULAS)
def test_no_text_reads_as_a_formula_in_a_table_or_a_workbook(school: Served, start: str) -> None:
    held(
        school,
        "lessons",
        lesson(subject=start, topic=f'{start}HYPERLINK("x")', price="-5", lesson_id=f"{start}id"),
    )
    (row,) = table(export(school))
    assert (row["Subject"], row["Topic"], row["Lesson ID"]) == (
        f"'{start}",
        f'\'{start}HYPERLINK("x")',
        f"'{start}id",
    )
    assert row["Price"] == "-5"
    sheet = book(export(school, query=f"{DAY}&format=xlsx")).active
    assert sheet["F2"].data_type == "s"
    assert sheet["F2"].value.replace("_x000D_", "\r") == f"'{start}"
    assert (sheet["M2"].data_type, sheet["M2"].value) == ("n", -5)
    (raw,) = lines(export(school, query=f"{DAY}&format=ndjson"))
    assert raw["subject"] == start


def test_texts_come_back_as_they_were_from_every_format(school: Served) -> None:
    held(school, "lessons", *topics(*NASTY))
    assert [row["Topic"] for row in table(export(school))] == NASTY
    assert [each["topic"] for each in lines(export(school, query=f"{DAY}&format=ndjson"))] == NASTY
    assert [each["topic"] for each in export(school, query=f"{DAY}&format=json").json] == NASTY
    column = [row[6] for row in book(export(school, query=f"{DAY}&format=xlsx")).active.values][1:]
    # Escaped as the format has it; Excel turns these back.
    excel = [
        each.replace("_x000D_", "\r").replace("_x0001_", "\x01").replace("_xFFFF_", "\uffff")
        for each in column
    ]
    assert [each.replace("_x005F", "") for each in excel] == NASTY


def test_a_text_cannot_smuggle_markup_into_a_workbook(school: Served) -> None:
    smuggled = '<r></r></is></c><c r="G2"><f>1+1</f></c><c r="H2" t="inlineStr"><is><r></r>'
    held(school, "lessons", *topics(smuggled))
    answer = export(school, query=f"{DAY}&format=xlsx")
    assert book(answer).active["G2"].value == f"'{smuggled}"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_a_workbook_has_dates_numbers_and_a_header_that_stays(school: Served) -> None:
    held(school, "lessons", lesson(price="1500.10", currency="RUB", actual_minutes=55))
    (sheet,) = book(
        export(school, query="from=2026-11-22&to=2026-11-22&tz=Asia/Tokyo&format=xlsx")
    ).worksheets
    assert sheet.title == "Уроки"
    assert sheet.freeze_panes == "A2"
    assert sheet["B1"].value == "Начало (Asia/Tokyo)"
    assert (sheet["B2"].is_date, sheet["B2"].value) == (True, datetime(2026, 11, 22, 16, 0))  # noqa: DTZ001
    assert sheet["B2"].number_format == "dd.mm.yyyy hh:mm:ss"
    assert (sheet["C2"].value, sheet["M2"].value, sheet["G2"].value) == (60, 1500.1, None)
    assert sheet.column_dimensions["A"].width > 15


def test_what_a_sheet_cannot_count_is_still_said(school: Served) -> None:
    far, old = datetime(9999, 12, 31, 23, tzinfo=UTC), datetime(1899, 5, 1, 12, tzinfo=UTC)
    held(school, "lessons", lesson(marked_at=far, price="12345678901.123456789"), lesson(2, marked_at=old))
    rows = list(book(export(school, query=f"{DAY}&tz=UTC&format=xlsx")).active.values)
    assert (rows[1][14], rows[1][12]) == (datetime(9999, 12, 31, 23), "12345678901.123456789")  # noqa: DTZ001
    assert rows[2][14] == "1899-05-01 12:00:00"


def test_more_rows_than_a_sheet_takes_go_on_in_another(
    school: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(school, "lessons", *topics(*"abcde"))
    monkeypatch.setattr(sheets, "ROWS_A_SHEET", 2)
    found = book(export(school, query=f"{DAY}&format=xlsx"))
    assert found.sheetnames == ["Lessons", "Lessons 2", "Lessons 3"]
    rows = [list(sheet.values) for sheet in found.worksheets]
    assert [len(each) for each in rows] == [3, 3, 2]
    assert len({each[0] for each in rows}) == 1
    assert [row[6] for each in rows for row in each[1:]] == list("abcde")


def test_a_full_sheet_is_not_followed_by_an_empty_one(
    school: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(school, "lessons", *topics(*"abcd"))
    monkeypatch.setattr(sheets, "ROWS_A_SHEET", 2)
    assert len(book(export(school, query=f"{DAY}&format=xlsx")).sheetnames) == 2


def test_a_text_longer_than_a_cell_takes_is_refused_not_cut(school: Served) -> None:
    held(school, "lessons", *topics("я" * 32_767))
    assert len(book(export(school, query=f"{DAY}&format=xlsx")).active["G2"].value) == 32_767
    held(school, "lessons", lesson(9, topic="😀" * 16_384))
    refused = export(school, query=f"{DAY}&format=xlsx")
    assert (refused.status_code, refused.content_type) == (422, "application/problem+json")
    assert len(ids(export(school))) == 2


def test_machines_get_field_names_raw_values_and_decimals_as_texts(school: Served) -> None:
    held(school, "lessons", lesson(lesson_id="7", price="1500.10", currency="RUB", student_rating=5))
    answer = export(school, query="from=2026-11-22&to=2026-11-22&format=json&tz=UTC")
    assert answer.content_type == "application/json"
    assert answer.headers["X-Total-Count"] == "1"
    (row,) = answer.json
    assert row["lesson_id"] == "7"
    assert row["starts_at"] == "2026-11-22T07:00:00+00:00"
    assert (row["price"], row["student_rating"], row["topic"]) == ("1500.10", 5, None)
    assert lines(export(school, query="from=2026-11-22&to=2026-11-22&format=ndjson&tz=UTC")) == [row]


@pytest.mark.parametrize(("kind", "empty"), [("json", b"[]\n"), ("ndjson", b"")])
def test_nothing_is_still_a_whole_answer(school: Served, kind: str, empty: bytes) -> None:
    assert export(school, query=f"{DAY}&format={kind}").data == empty


@pytest.mark.parametrize("kind", ["csv", "json", "ndjson", "xlsx"])
def test_every_format_holds_all_of_twenty_thousand_rows(crowded: Served, kind: str) -> None:
    answer = export(crowded, query=f"{DAY}&format={kind}")
    assert answer.headers["X-Total-Count"] == "20000"
    match kind:
        case "csv":
            found = ids(answer)
        case "json":
            found = [each["lesson_id"] for each in answer.json]
        case "ndjson":
            found = [each["lesson_id"] for each in lines(answer)]
        case _:
            found = [row[0] for row in book(answer).active.values][1:]
    assert found == [f"L{n}" for n in range(1, 20001)]
