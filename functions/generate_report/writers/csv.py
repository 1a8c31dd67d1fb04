"""A report as text tables (RFC 4180), one after the other: a byte order mark for Excel, no formulas."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from functions.generate_report.document import Chart, Document, Kind, Money, Section, Table, Tiles, Words
from functions.generate_report.speech import Speech

MEDIA_TYPE = "text/csv; charset=utf-8"
# What Excel, LibreOffice and Google Sheets take for the beginning of a formula (OWASP, CSV Injection), with the
# wide forms that Japanese and Chinese editions fold to the plain ones: an apostrophe goes in front.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBERS: tuple[Kind, ...] = ("integer", "rate", "score", "rating", "money")
Row = list[Any]


def write(document: Document, say: Speech) -> bytes:
    """UTF-8. Numbers are plain, rates 0 to 1, instants local with their offset; every part begins with its title."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows(_head(document, say))
    for part in document.sections:
        writer.writerows(_part(part, say))
    writer.writerow([])
    for source in document.sources:
        writer.writerow([neutral(source.title), say("receipt", id=source.receipt)])
    return ("\ufeff" + text.getvalue()).encode()


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _head(document: Document, say: Speech) -> Iterable[Row]:
    yield [neutral(document.title), neutral(document.subtitle)]
    yield [say("period"), document.first, document.last, document.tz]
    yield from ([label, neutral(value)] for label, value in document.filters)
    yield from ([neutral(sentence)] for sentence in (*document.summary, document.compared) if sentence)


def _part(part: Section, say: Speech) -> Iterable[Row]:
    if part.title:
        yield []
        yield [neutral(part.title)]
    for block in part.blocks:
        yield []
        match block:
            case Words():
                yield from ([neutral(paragraph)] for paragraph in block.paragraphs)
            case Tiles():
                yield from _tiles(block, say)
            case Chart():
                yield from _table(block.table, say)
            case Table():
                yield from _table(block, say)


def _tiles(block: Tiles, say: Speech) -> Iterable[Row]:
    head = [block.title or say.label("figure"), say.label("value"), say.label("before")]
    yield head
    for tile in block.tiles:
        yield [tile.label, *(cell(tile.kind, value, say) for value in (tile.value, tile.before))]


def _table(table: Table, say: Speech) -> Iterable[Row]:
    yield [neutral(table.title)]
    yield [neutral(column.label) for column in table.columns]
    kinds = [column.kind for column in table.columns]
    for row in table.rows:
        yield [cell(kind, value, say) for kind, value in zip(kinds, row, strict=True)]
    if table.note:
        yield [neutral(table.note)]


def cell(kind: Kind, value: Any, say: Speech) -> Any:
    """A value as programs read it; what is absent is empty."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return value.amount
    if kind == "hours":
        return round(value / 60, 4)
    if kind == "instant":
        return say.local(value).isoformat()
    return value if kind in NUMBERS else neutral(str(value))
