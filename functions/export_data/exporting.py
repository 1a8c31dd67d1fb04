"""From a question to a file: one snapshot, in which rows are narrowed, counted and read."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Connection

from functions.export_data import cells, frames, sheets
from functions.export_data.asked import ExportQuery, Locale
from functions.export_data.copying import CSV, LINES, Copying
from functions.export_data.dataset import Dataset
from functions.export_data.scoping import Narrowed, by_people
from functions.export_data.selection import Facts, Selection, selection
from functions.export_data.stream import FileStream, Stream
from functions.export_data.words import headings
from functions.export_data.zones import Clock, clock_of
from lib.domain.periods import Period
from lib.runtime.function import Call, Reply

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
}
BATCH = 1000
Narrowing = Callable[[Connection, Call, ExportQuery, Dataset], Narrowed]


def export(call: Call, query: ExportQuery, dataset: Dataset, narrowing: Narrowing = by_people) -> Reply:
    """The file, as a stream. Raises BadInput."""
    period = query.period(default_tz=call.settings.school_timezone, now=call.now)
    dated = None if dataset.register and query.open_ended else period
    locale = query.locale or call.settings.default_locale
    conn = call.db.connect().execution_options(isolation_level="REPEATABLE READ")
    try:
        wanted = selection(dataset, dated, *narrowing(conn, call, query, dataset))
        facts = wanted.facts(conn)
        clock = clock_of(period.tz, facts.first, facts.last)
        headers = _headers(f"{_name(dataset, dated)}.{query.format}", facts)
        if query.format != "xlsx":
            body: Iterator[bytes] = _stream(conn, wanted, clock, facts, query.format, locale)
            return Reply(body, content_type=TYPES[query.format], headers=headers)
        with closing(_rows(conn, wanted.rows(conn, cells.for_sheet(dataset.columns, clock)))) as rows:
            body = FileStream(sheets.written(dataset, rows, sheets.Look(locale, period.tz)))
        conn.close()
    except BaseException:
        conn.close()
        raise
    return Reply(body, content_type=TYPES["xlsx"], headers=headers)


def _name(dataset: Dataset, period: Period | None) -> str:
    return f"{dataset.name}-{period.first}-{period.last}" if period else dataset.name


def _headers(name: str, facts: Facts) -> dict[str, str]:
    return {
        "X-Total-Count": str(facts.total),
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        # A gateway's temporary file would have to hold a table of any size: Nginx lets it through instead.
        "X-Accel-Buffering": "no",
    }


def _stream(
    conn: Connection, wanted: Selection, clock: Clock, facts: Facts, kind: str, locale: Locale
) -> Stream:
    columns = wanted.dataset.columns
    if kind == "csv":
        rows, options = wanted.rows(conn, cells.for_csv(columns, clock)), CSV
        frame = frames.csv_table(headings(wanted.dataset, locale))
    else:
        objects = wanted.rows(conn, cells.for_json(columns, clock))
        rows, options = f"SELECT row_to_json(q)::text FROM ({objects}) AS q", LINES  # noqa: S608 - ours
        frame = frames.JSON_ARRAY if kind == "json" else frames.JSON_LINES
    return Stream(Copying(conn, rows, options), frame, facts.total)


def _rows(conn: Connection, statement: str) -> Generator[Sequence[Any], None, None]:
    """From a cursor of the server's, some at a time."""
    with conn.connection.driver_connection.cursor(name="export") as cursor:  # type: ignore[union-attr]
        cursor.itersize = BATCH
        cursor.execute(statement)
        yield from cursor
