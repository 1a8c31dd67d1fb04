"""CSV cells (RFC 4180) that no spreadsheet mistakes for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

# What Excel, LibreOffice and Google Sheets take for the beginning of a formula
# (OWASP, CSV Injection): a text that begins so gets an apostrophe in front.
# The wide forms are what Japanese and Chinese editions of them fold to the plain ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ROWS_A_CHUNK = 500


def cell(value: Any, zone: ZoneInfo) -> str:
    """One value as text: instants in `zone` with their offset, numbers plain, texts neutralised."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.astimezone(zone).isoformat()
        case Decimal():
            return f"{value:f}"
        case int() | float():
            return str(value)
        case _:
            text = str(value)
            return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def chunks(header: Iterable[str], rows: Iterable[Iterable[Any]], zone: ZoneInfo) -> Iterator[bytes]:
    """UTF-8 CSV, some hundred rows at a time, in constant memory; a byte order mark first, for Excel."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(header)
    for number, row in enumerate(rows, 1):
        writer.writerow([cell(value, zone) for value in row])
        if number % ROWS_A_CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data
