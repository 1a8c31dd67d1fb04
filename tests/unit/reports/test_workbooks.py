"""Workbooks: real types, frozen heads, filters, formats, and Excel's own charts."""

import io
import re
import zipfile
from datetime import datetime

import pytest
from openpyxl import load_workbook

from functions.generate_report.document import Column, Money, Table
from functions.generate_report.making import written
from functions.generate_report.sheets.names import LONGEST, Names
from tests.unit.reports import drafts
from tests.unit.reports.reading import sheets

MANY = [
    "Уроки",
    "уроки",
    "Уроки: по дням / по часам [все]?",
    "x" * 60,
    "x" * 61,
    "History",
    "'",
    "",
]


def test_every_sheet_has_a_name_of_its_own_that_excel_allows() -> None:
    names = Names()
    given = [names.new(title) for title in MANY * 3]
    assert len({name.lower() for name in given}) == len(given)
    for name in given:
        assert 1 <= len(name) <= LONGEST
        assert not re.search(r"[\[\]:*?/\\]", name)
        assert name.lower() != "history"
        assert not name.startswith("'")


def test_cells_have_their_types_and_formats() -> None:
    data, media = written(drafts.document(drafts.table()), "xlsx", drafts.RU)
    assert media.endswith("spreadsheetml.sheet")
    sheet = load_workbook(io.BytesIO(data))["Ученики"]
    head, row = list(sheet.iter_rows())
    assert [cell.value for cell in head] == [column.label for column in drafts.COLUMNS]
    assert [cell.value for cell in row] == [
        "s-1",
        1234,
        0.9142,
        1500.5,
        "RUB",
        datetime(2026, 11, 22, 15, 30),  # noqa: DTZ001 - sheets have no zones
    ]
    assert [cell.number_format for cell in row][1:4] == ["#,##0", "0.0%", '#,##0.00\xa0"₽"']
    assert row[5].number_format == "dd.mm.yyyy hh:mm"
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:F2"


def test_money_with_more_digits_than_a_float_keeps_is_a_text() -> None:
    table = Table(
        "Деньги", (Column("a", "a"), Column("b", "b", "money")), [("x", Money("12345678901234567.89", "RUB"))]
    )
    rows = sheets(written(drafts.document(table), "xlsx", drafts.RU)[0])["Деньги"]
    assert rows[1][1] == "12345678901234567.89"


def test_charts_are_excels_own_and_take_their_figures_from_the_sheet() -> None:
    parts = zipfile.ZipFile(io.BytesIO(written(drafts.document(drafts.chart()), "xlsx", drafts.RU)[0]))
    chart = parts.read("xl/charts/chart1.xml").decode()
    assert "<c:barChart>" in chart
    assert "Уроки!$B$2:$B$3" in chart.replace("'", "")
    drawing = parts.read("xl/drawings/drawing1.xml").decode()
    assert 'descr="Столбцы: Уроки."' in drawing


@pytest.mark.parametrize("rows", [0, 1, 3000])
def test_any_number_of_rows(rows: int) -> None:
    table = Table("Ученики", drafts.COLUMNS, [drafts.row(f"s-{i}") for i in range(rows)])
    found = sheets(written(drafts.document(table), "xlsx", drafts.RU)[0])["Ученики"]
    assert len([row for row in found if row[0]]) == rows + 1


def test_the_same_figures_make_the_same_file_whenever_it_is_written() -> None:
    draft = drafts.document(drafts.table())
    first, _ = written(draft, "xlsx", drafts.RU)
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert b"2026-11-22T12:00:00Z</dcterms:created>" in packed.read("docProps/core.xml")
    assert written(draft, "xlsx", drafts.RU)[0] == first
