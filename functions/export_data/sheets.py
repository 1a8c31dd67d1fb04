"""An XLSX workbook of any number of rows, written to a temporary file in constant memory."""

import errno
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

# Ships no py.typed; what is taken of it goes through here alone.
import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

from functions.export_data.asked import Locale
from functions.export_data.dataset import Dataset, Kind
from functions.export_data.words import heading, title
from lib.errors import BadInput, Temporary

# A sheet has 1,048,576 rows, one of them the header.
ROWS_A_SHEET = 1_048_575
# Sheets count days from 1900, believe that its February had 29, and end with the year 9999. Others stay texts.
FIRST_TRUE_DAY, FIRST_UNKNOWN_DAY = 61, 2_958_466
EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
# Numbers there are floats, good for fifteen digits.
DIGITS = 15
DATES = {"ru": "dd.mm.yyyy hh:mm:ss", "en": "yyyy-mm-dd hh:mm:ss"}
WIDTHS: dict[Kind, int] = {
    "text": 22,
    "integer": 12,
    "money": 14,
    "percent": 10,
    "instant": 20,
    "flag": 10,
    "object": 60,
}
# Answers 0 when the value is in its cell, whole.
Write = Callable[[int, int, Any], int]
TOO_LONG = "A text is longer than a cell of a spreadsheet takes: take csv, json or ndjson."


@dataclass(frozen=True, slots=True)
class Look:
    """In which language, and on which clock: its name stands above times."""

    locale: Locale
    tz: str


def written(dataset: Dataset, rows: Iterable[Sequence[Any]], look: Look) -> IO[bytes]:
    """The workbook as an open file that has no name any more: nothing stays behind, whatever happens.

    Raises BadInput (422) for a text longer than a cell takes, Temporary when there is no room for the file.
    """
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        path = Path(folder) / "export.xlsx"
        options = {"constant_memory": True, "tmpdir": folder}
        book = xlsxwriter.Workbook(str(path), options)
        book.use_zip64()
        try:
            _fill(book, dataset, rows, look)
            book.close()
        except (OSError, FileCreateError) as error:
            raise _no_room(error) from None
        return path.open("rb")


def _no_room(error: Exception) -> Exception:
    cause = error.args[0] if isinstance(error, FileCreateError) and error.args else error
    if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return Temporary("There is no room for the file now. Try again, or take csv.", retry_after=30)
    return error


def _fill(book: Any, dataset: Dataset, rows: Iterable[Sequence[Any]], look: Look) -> None:
    formats = _formats(book, look.locale)
    writes: list[Write] = []
    line = ROWS_A_SHEET
    for row in rows:
        if line == ROWS_A_SHEET:
            writes, line = _sheet(book, dataset, look, formats), 0
        line += 1
        for place, value in enumerate(row):
            if value is not None and writes[place](line, place, value):
                raise BadInput(TOO_LONG, status=422)
    if not book.worksheets():
        _sheet(book, dataset, look, formats)


def _formats(book: Any, locale: Locale) -> dict[str, Any]:
    return {
        "header": book.add_format({"bold": True, "bottom": 1}),
        "instant": book.add_format({"num_format": DATES[locale]}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "percent": book.add_format({"num_format": "0.00"}),
    }


def _sheet(book: Any, dataset: Dataset, look: Look, formats: dict[str, Any]) -> list[Write]:
    """One more sheet with its header, and what writes a value of each column into it."""
    number = len(book.worksheets()) + 1
    name = title(dataset, look.locale)
    sheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(dataset.columns):
        text = heading(column, look.locale)
        above = f"{text} ({look.tz})" if column.kind == "instant" else text
        sheet.set_column(place, place, max(WIDTHS[column.kind], len(above) + 2), formats.get(column.kind))
        sheet.write_string(0, place, above, formats["header"])
    by_kind = _writers(sheet)
    return [by_kind.get(column.kind, sheet.write_number) for column in dataset.columns]


def _writers(sheet: Any) -> dict[Kind, Write]:
    put, number = sheet.write_string, sheet.write_number

    def instant(line: int, place: int, value: float) -> Any:
        if FIRST_TRUE_DAY <= value < FIRST_UNKNOWN_DAY:
            return number(line, place, value)
        local = EPOCH + timedelta(days=value)
        return put(line, place, local.isoformat(sep=" ", timespec="seconds")[:19])

    def money(line: int, place: int, value: str) -> Any:
        exact = len(value.replace(".", "").lstrip("-0")) <= DIGITS
        return number(line, place, float(value)) if exact else put(line, place, value)

    return {"text": put, "object": put, "instant": instant, "money": money, "flag": sheet.write_boolean}
