"""What stands around rows, so that a stream that breaks off never looks whole.

The end of a line is written only with the next row, or with the last piece: a broken file lacks it, or its bracket.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """`first` precedes the first row, `between` every other one; `empty` ends a file without rows."""

    head: bytes
    first: bytes
    between: bytes
    tail: bytes
    empty: bytes


# One array over many lines, and one object a line (ndjson.org).
JSON_ARRAY = Frame(b"[", b"\n", b",\n", b"\n]\n", b"]\n")
JSON_LINES = Frame(b"", b"", b"\n", b"\n", b"")


def csv_table(header: Iterable[str]) -> Frame:
    """RFC 4180 under a header; a byte order mark first, for Excel."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(header)
    return Frame(("\ufeff" + line.getvalue()).encode(), b"\r\n", b"\r\n", b"\r\n", b"\r\n")
