"""A report as a workbook: a summary, then a sheet for every table and every chart, charts as Excel's own."""

import io
from datetime import datetime
from typing import Any

from functions.generate_report.document import Chart, Document, Section, Table, Tiles, Words
from functions.generate_report.sheets.cells import Cells
from functions.generate_report.sheets.charts import insert
from functions.generate_report.sheets.names import Names
from functions.generate_report.speech import Speech

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Rows of a sheet, its head not counted.
MOST_ROWS = 1_048_575
WIDEST, NARROWEST = 60, 10
# Only the beginning of a long table is looked at for its widths.
LOOKED_AT = 500
CHART_GAP = 2


def write(document: Document, say: Speech) -> bytes:
    """The whole file. Texts stay texts: nothing anybody typed becomes a formula or a link."""
    # Imported here: only a workbook needs it.
    import xlsxwriter  # type: ignore[import-untyped]

    body = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": False,
    }
    with xlsxwriter.Workbook(body, options) as book:
        book.set_properties(
            {
                "title": document.title,
                "subject": document.subtitle,
                "author": "RepitBot",
                "created": _moment(document),
            }
        )
        cells, names = Cells(book, say), Names()
        _summary(book, document, cells, names, say)
        for part in document.sections:
            _sheets(book, part, cells, names)
    return body.getvalue()


def _moment(document: Document) -> datetime:
    """Of which its figures are: the same figures give the same file, whenever it is written."""
    at = document.sources[0].time
    return datetime.fromisoformat(at) if at else datetime.fromisoformat(f"{document.last}T00:00:00+00:00")


def _summary(book: Any, document: Document, cells: Cells, names: Names, say: Speech) -> None:
    """Title, period, filters, findings, headline figures, receipts."""
    sheet = book.add_worksheet(names.new(say("summary")))
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 3, 20)
    line = 0

    def put(*values: str, look: str = "text") -> None:
        nonlocal line
        for place, value in enumerate(values):
            sheet.write_string(line, place, cells.inert(value), cells.look(look))
        line += 1

    put(document.title, look="title")
    if document.subtitle:
        put(document.subtitle, look="strong")
    put(say("period"), say.span(document.first, document.last), document.tz)
    for label, value in document.filters:
        put(label, value)
    line += 1
    for told in (*document.summary, document.compared):
        if told:
            put(told)
    for part in document.sections:
        line = _headline(sheet, part, line, cells, say)
    line += 1
    for source in document.sources:
        put(source.title, say("receipt", id=source.receipt))
    put(say("proved"), look="note")


def _headline(sheet: Any, part: Section, line: int, cells: Cells, say: Speech) -> int:
    """Words and headline figures of one part; the next line."""
    for block in part.blocks:
        if isinstance(block, Words):
            for paragraph in block.paragraphs:
                sheet.write_string(line, 0, cells.inert(paragraph), cells.look("text"))
                line += 1
        if isinstance(block, Tiles):
            head = (
                block.title or part.title or say.label("figure"),
                *map(say.label, ("value", "before", "change")),
            )
            line += 1
            for place, text in enumerate(head):
                sheet.write_string(line, place, text, cells.look("head"))
            for tile in block.tiles:
                line += 1
                sheet.write_string(line, 0, tile.label, cells.look("text"))
                cells.write(sheet, line, 1, tile.kind, tile.value)
                cells.write(sheet, line, 2, tile.kind, tile.before)
                sheet.write_string(line, 3, say.change(tile), cells.look("text"))
            line += 1
    return line


def _sheets(book: Any, part: Section, cells: Cells, names: Names) -> None:
    for block in part.blocks:
        match block:
            case Table():
                title = f"{block.title} · {part.title}" if part.title else block.title
                _table(book, names.new(title), block, cells)
            case Chart():
                name = names.new(block.title)
                sheet = _table(book, name, block.table, cells)
                insert(book, sheet, name, block, len(block.table.columns) + CHART_GAP)
            case _:
                pass


def _table(book: Any, name: str, table: Table, cells: Cells) -> Any:
    """A frozen head with a filter, then the rows. A report's lists are shorter than a sheet."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(table.columns):
        texts = (cells.width(column.kind, row[place]) for row in table.rows[:LOOKED_AT])
        wide = max((len(column.label) + 4, *texts), default=NARROWEST)
        sheet.set_column(place, place, max(NARROWEST, min(WIDEST, wide)))
        sheet.write_string(0, place, cells.inert(column.label), cells.look("head"))
    kinds = [column.kind for column in table.columns]
    for line, row in enumerate(table.rows[:MOST_ROWS], 1):
        for place, value in enumerate(row):
            cells.write(sheet, line, place, kinds[place], value)
    sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    if table.note:
        sheet.write_string(len(table.rows) + 2, 0, table.note, cells.look("note"))
    return sheet
