"""Reading reports back: what each format says of the tables and headline figures of a document."""

import csv
import io
from html.parser import HTMLParser
from typing import Any

from openpyxl import load_workbook

Rows = list[list[Any]]


def csv_rows(data: bytes) -> list[list[str]]:
    """Every line."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def csv_table(data: bytes, title: str) -> list[list[str]]:
    """The lines below a table's title, its head first, up to an empty one."""
    rows = csv_rows(data)
    first = rows.index([title]) + 1
    last = next((i for i in range(first, len(rows)) if not rows[i]), len(rows))
    return rows[first:last]


def sheets(data: bytes) -> dict[str, Rows]:
    """Every sheet's cells by its name."""
    book = load_workbook(io.BytesIO(data))
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets
    }


class Page(HTMLParser):
    """A page's tables by their captions, its pictures, and all its text."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self.pictures: list[dict[str, str | None]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append(("", []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][1][-1].append("")
        elif tag == "img":
            self.pictures.append(dict(attrs))
        if tag not in ("meta", "img", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        inside = self._open[-1] if self._open else ""
        if inside in ("th", "td"):
            self.tables[-1][1][-1][-1] += data
        elif inside == "caption":
            self.tables[-1] = (self.tables[-1][0] + data, self.tables[-1][1])


def plain(text: str) -> str:
    """With common spaces only."""
    return " ".join(text.replace("\xa0", " ").replace("\u202f", " ").split())
