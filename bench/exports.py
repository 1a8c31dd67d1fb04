"""Exports of many rows: as fast as the database writes them, in constant memory.

The function runs once in this process and once behind its own server, over HTTP, where its memory is measured: the
highest while it streams, less what it held before. Its peers here are the csv module over the same rows from a cursor
of the server's, and bare xlsxwriter with constant_memory, given the same cells. Each is the best of three runs.
"""

import argparse
import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import urllib3
import xlsxwriter  # type: ignore[import-untyped]  # ships no py.typed
from sqlalchemy import text

from lib.auth.tokens import mint
from lib.db import migrations
from lib.db.engine import connect, libpq_url
from lib.local.servers.child import answers, free_port
from lib.local.servers.postgres import PostgresServer
from lib.runtime.logs import configure
from lib.runtime.settings import Settings
from tests.clients import Client

Json = dict[str, Any]
PATH = "/api/v1/exports/lessons"
ALL = "from=2020-01-01&to=2039-12-31"
PIECE = 64 * 1024
ROUNDS = 3
LESSONS = text(
    "INSERT INTO lessons (lesson_id, student_id, tutor_id, subject, topic, starts_at, duration_minutes, price, "
    "currency, outcome, actual_minutes, student_rating, marked_at, deleted) "
    "SELECT 'lesson-' || n, 'student-' || n % 2000, 'tutor-' || n % 97, "
    "(ARRAY['Математика', 'Физика', 'Русский язык', 'English'])[1 + n % 4], "
    "CASE WHEN n % 3 > 0 THEN 'Тема ' || n % 50 || ', разбор' END, at, 60, 1500.50, 'RUB', "
    "(ARRAY['attended', 'cancelled', NULL])[1 + n % 3], 55, 5, at + interval '1 hour', false "
    "FROM (SELECT n, timestamptz '2025-01-01 07:00Z' + n * interval '1 minute' AS at "
    "FROM generate_series(1, :rows) AS n) AS made"
)
LAST = (
    "SELECT (starts_at AT TIME ZONE 'Europe/Moscow')::date FROM lessons ORDER BY starts_at OFFSET %s LIMIT 1"
)
PLAIN = "SELECT * FROM lessons WHERE NOT deleted ORDER BY starts_at, lesson_id"
CELLS = (
    "SELECT lesson_id, (extract(epoch FROM starts_at) / 86400 + 25569.125)::float8, duration_minutes, student_id, "
    "tutor_id, subject, topic, outcome, outcome_reason, actual_minutes, student_rating, tutor_rating, price, currency, "
    "(extract(epoch FROM marked_at) / 86400 + 25569.125)::float8 FROM lessons ORDER BY starts_at LIMIT %s"
)


def add_arguments(group: "argparse._ArgumentGroup") -> None:
    """The options of this benchmark."""
    group.add_argument("--export-rows", type=int, default=1_000_000, help="default 1,000,000")
    group.add_argument("--sheet-rows", type=int, default=100_000, help="of the workbook; default 100,000")


def run(given: argparse.Namespace) -> Json:
    """Run it; the figures by name."""
    with (
        tempfile.TemporaryDirectory() as folder,
        PostgresServer(Path(folder) / "postgres") as server,
    ):
        migrations.upgrade(server.url())
        engine = connect(server.url(), statement_timeout_ms=600_000)
        with engine.begin() as conn:
            conn.execute(LESSONS, {"rows": given.export_rows})
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("VACUUM ANALYZE lessons"))
        engine.dispose()
        settings = Settings(database_url=server.url(), environment="test", log_level="WARNING")
        configure(settings)
        return {
            "rows": given.export_rows,
            **_in_process(settings, given.export_rows),
            **_over_http(settings, given.export_rows, _last_day(settings, given.sheet_rows)),
            **_csv_module(settings, given.export_rows),
            **_workbooks(settings, _last_day(settings, given.sheet_rows)),
        }


def _in_process(settings: Settings, rows: int) -> Json:
    client = Client("export_data", settings)
    rates = {}
    for kind in ("csv", "ndjson", "json"):

        def consume(kind: str = kind) -> None:
            answer = client.get(f"{PATH}?{ALL}&format={kind}")
            assert answer.headers["X-Total-Count"] == str(rows)  # noqa: S101 - nothing to measure otherwise
            for _ in answer.response:
                pass
            answer.close()

        rates[f"{kind}_rows_per_second"] = round(rows / _seconds(consume))
    client.services.db.dispose()
    return rates


def _over_http(settings: Settings, rows: int, to: str) -> Json:
    figures: Json = {}
    headers = {"Authorization": f"Bearer {mint(settings, role='admin', sub='bench')}"}
    with _served(settings) as (url, worker):
        urllib3.request("GET", f"{url}{PATH}?days=1", headers=headers)
        for kind in ("csv", "ndjson"):
            before, lines = _held(worker), 0
            started = time.perf_counter()
            answer = urllib3.request(
                "GET",
                f"{url}{PATH}?{ALL}&format={kind}",
                headers=headers,
                timeout=600,
                preload_content=False,
            )
            lines = sum(piece.count(b"\n") for piece in answer.stream(PIECE))
            seconds = time.perf_counter() - started
            assert lines == rows + (kind == "csv"), lines  # noqa: S101 - nothing to measure otherwise
            figures[f"{kind}_over_http_rows_per_second"] = round(rows / seconds)
            figures[f"{kind}_memory_mb"] = round((_highest(worker) - before) / 2**20, 1)
        before = _held(worker)
        address = f"{url}{PATH}?from=2020-01-01&to={to}&format=xlsx"
        # Nothing comes before the whole workbook is written.
        urllib3.request("GET", address, headers=headers, timeout=600, retries=False)
        figures["xlsx_memory_mb"] = round((_highest(worker) - before) / 2**20, 1)
    return figures


@contextmanager
def _served(settings: Settings) -> Iterator[tuple[str, psutil.Process]]:
    """The function as in its container; its address and the process that answers."""
    port = free_port()
    url = libpq_url(settings.database_url)
    more = {"DATABASE_URL": url, "ENVIRONMENT": "test", "LOG_LEVEL": "WARNING"}
    argv = [
        sys.executable,
        "-m",
        "lib.runtime.serve",
        "export_data",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with subprocess.Popen(argv, env={**os.environ, **more}) as server:  # noqa: S603 - ours
        try:
            address = f"http://127.0.0.1:{port}"
            while not answers(port):
                time.sleep(0.05)
            # The port opens before there is somebody behind it; the answer comes from them.
            urllib3.request("GET", f"{address}/_/health", retries=False)
            (worker,) = psutil.Process(server.pid).children()
            yield address, worker
        finally:
            server.terminate()


def _held(process: psutil.Process) -> int:
    """Bytes in memory now; `_highest` counts from here."""
    Path(f"/proc/{process.pid}/clear_refs").write_text("5", encoding="ascii")
    return int(process.memory_info().rss)


def _highest(process: psutil.Process) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    (line,) = (each for each in status.splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def _csv_module(settings: Settings, rows: int) -> Json:
    def write() -> None:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        for number, row in enumerate(_cursor(settings, PLAIN)):
            writer.writerow(row)
            if number % 500 == 0:
                buffer.seek(0)
                buffer.truncate()

    return {"peer_csv_module_rows_per_second": round(rows / _seconds(write))}


def _cursor(settings: Settings, statement: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    connection = psycopg2.connect(settings.database_url.replace("+psycopg2", ""))
    with connection, connection.cursor(name="bench") as cursor:
        cursor.itersize = 1000
        cursor.execute(statement, values)
        yield from cursor
    connection.close()


def _last_day(settings: Settings, rows: int) -> str:
    """The day up to which there are about so many."""
    ((day,),) = _cursor(settings, LAST, rows - 1)
    return str(day)


def _workbooks(settings: Settings, to: str) -> Json:
    client = Client("export_data", settings)
    told = 0

    def ours() -> None:
        nonlocal told
        answer = client.get(f"{PATH}?from=2020-01-01&to={to}&format=xlsx")
        told = int(answer.headers["X-Total-Count"])
        for _ in answer.response:
            pass
        answer.close()

    ours()
    cells = list(_cursor(settings, CELLS, told))
    # In turns, so that what else the machine does falls on both.
    pairs = [(_took(ours), _took(lambda: _bare(cells))) for _ in range(ROUNDS)]
    client.services.db.dispose()
    mine, peer = (min(taken, key=lambda each: each[0]) for taken in zip(*pairs, strict=True))
    return {
        "xlsx_rows": told,
        "xlsx_seconds": round(mine[0], 2),
        "peer_xlsxwriter_seconds": round(peer[0], 2),
        "xlsx_to_peer": round(mine[0] / peer[0], 3),
        "xlsx_to_peer_each_round": [round(one[0] / other[0], 3) for one, other in pairs],
        "xlsx_to_peer_by_cpu": round(mine[1] / peer[1], 3),
    }


def _bare(rows: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(f"{folder}/bare.xlsx", {"constant_memory": True})
        sheet = book.add_worksheet()
        for place in (1, 14):
            sheet.set_column(place, place, 20, book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"}))
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, place, value)
                elif value is not None:
                    sheet.write_number(line, place, value)
        book.close()


def _seconds(work: Callable[[], None]) -> float:
    """Of the best of some runs: the machine's other work is not ours."""
    return min(_took(work)[0] for _ in range(ROUNDS))


def _took(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds on the clock, and of this process's computing."""
    started, computed = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - computed
