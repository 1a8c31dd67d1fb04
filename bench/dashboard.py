"""The school's page at the function, over logs of growing size: warm (from the cache) and cold (never asked before).

`--growing years`: one school of 2,000 students whose log grows with the years it is used; what a page shows is
always the same month, over ever more that it must not read. `--growing school`: two years of a school that grows
with its log, 500 lesson events a student, so that the month a page shows holds more and more. Fourteen students
a tutor either way. The log and what is folded from it are written by the database
itself; at the smallest size a recompute says whether that is what the service would have made of the log.
"""

import argparse
import random
import tempfile
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from rich.console import Console
from sqlalchemy import Engine, text

from bench.functions import Instance, running
from lib.db import migrations, recomputations
from lib.db.engine import connect
from lib.local.servers.postgres import PostgresServer
from lib.local.servers.redis import RedisServer

SQL = Path(__file__).with_name("dashboard.sql")
END, DAYS, STUDENTS = date(2026, 9, 1), 730, 2_000
EVENTS_A_STUDENT, STUDENTS_A_TUTOR, EVENTS_A_LESSON = 500, 14, 2.5
# A school of 2,000 makes a hundred thousand lesson events in 73 days. All that is asked for lies in the last 73,
# with the time before that it is compared with.
EVENTS_A_DAY, ASKED_DAYS, LONGEST, SHORTEST = 100_000 / 73, 73, 30, 10
WARM_UP, COLD, WARM = 20, 250, 1_000
Json = dict[str, Any]


def add_arguments(group: "argparse._ArgumentGroup") -> None:
    """The options of this benchmark."""
    group.add_argument(
        "--logs",
        type=lambda given: [int(size) for size in given.split(",")],
        default=[100_000, 1_000_000],
        help="lesson events of each log (default 100000,1000000; ten million take some ten minutes)",
    )
    group.add_argument(
        "--growing", choices=("years", "school"), default="years", help="what the log grows with"
    )


def run(given: argparse.Namespace) -> Json:
    """Run it; the figures by name."""
    figures: Json = {"growing": given.growing}
    for size in given.logs:
        with (
            tempfile.TemporaryDirectory() as name,
            PostgresServer(Path(name) / "postgres") as server,
            RedisServer(Path(name) / "redis") as redis,
        ):
            migrations.upgrade(server.url())
            with closing(Log(server.url(), size, given.growing)) as log:
                log.write()
                if size == min(given.logs):
                    figures["recompute_equal"] = log.recomputed_equal()
            environment = {"DATABASE_URL": server.url().replace("+psycopg2", ""), "REDIS_URL": redis.url()}
            with running(Path(name), ["query_analytics"], environment) as (page,):
                figures |= {f"{size}_{key}": value for key, value in _measured(page).items()}
    sizes = sorted(given.logs)
    if len(sizes) > 1:
        ratio = figures[f"{sizes[-1]}_cold_p50_ms"] / figures[f"{sizes[0]}_cold_p50_ms"]
        figures["cold_p50_largest_to_smallest"] = round(ratio, 2)
    return figures


class Log:
    """A database with so many lesson events, up to the day before `end`, and all that follows from them."""

    def __init__(self, url: str, events: int, growing: str, end: date = END) -> None:
        self._end = end
        self._db: Engine = connect(url, statement_timeout_ms=0)
        self._events = events
        if growing == "school":
            self._days, self._students = DAYS, max(1, events // EVENTS_A_STUDENT)
        else:
            days = round(events / EVENTS_A_DAY)
            # Not a multiple of ten, or the same students would always come on the same days.
            self._days, self._students = days + (days % 10 == 0), STUDENTS

    def close(self) -> None:
        """Give the connections back."""
        self._db.dispose()

    def write(self) -> None:
        """Statement by statement, saying which."""
        values = {
            "lessons": round(self._events / EVENTS_A_LESSON),
            "students": self._students,
            "tutors": max(1, self._students // STUDENTS_A_TUTOR),
            "first": self._end - timedelta(days=self._days),
            "days": self._days,
        }
        console = Console(stderr=True)
        with console.status(f"{self._events} lesson events") as status:
            for statement in SQL.read_text(encoding="utf-8").split(";\n"):
                if statement.strip():
                    status.update(f"{self._events} lesson events: {' '.join(statement.split())[:50]}")
                    with self._db.begin() as conn:
                        conn.execute(text(statement), values)
        with self._db.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("VACUUM ANALYZE"))

    def recomputed_equal(self) -> bool:
        """Whether the service makes the same of the log."""
        with self._db.begin() as conn:
            run_id = str(recomputations.start(conn, "bench").id)
        while recomputations.step(self._db, run_id):
            pass
        with self._db.connect() as conn:
            done = recomputations.get(conn, run_id)
        if done is None or not done.equal:
            raise RuntimeError(f"the written figures are not those of the log: {done and done.differences}")
        return True


def _measured(page: Instance) -> Json:
    starts = [END - timedelta(days=ASKED_DAYS - LONGEST - n) for n in range(ASKED_DAYS - 2 * LONGEST)]
    windows = [
        (start, start + timedelta(days=length - 1))
        for length in range(LONGEST, SHORTEST - 1, -1)
        for start in starts
    ]
    asked = windows[: COLD + WARM_UP]
    random.Random(1).shuffle(asked)  # noqa: S311 - so that no length is asked before another
    for window in asked[COLD:]:
        _ask(page, *window)
    cold = [_ask(page, *window) for window in asked[:COLD]]
    warm = [_ask(page, *asked[0]) for _ in range(WARM)]
    return {
        "cold_p50_ms": _cut(cold, 50),
        "cold_p99_ms": _cut(cold, 99),
        "warm_p50_ms": _cut(warm, 50),
        "warm_p99_ms": _cut(warm, 99),
    }


def _ask(page: Instance, start: date, end: date) -> float:
    begun = time.perf_counter()
    answer = page.ask("GET", f"/api/v1/analytics/dashboard/admin?from={start}&to={end}")
    taken = time.perf_counter() - begun
    if answer.status != 200 or not answer.json()["summary"]["lessons"]["scheduled"]:
        raise RuntimeError(f"{answer.status}: {answer.data[:300]!r}")
    return taken


def _cut(seconds: list[float], percent: int) -> float:
    return round(quantiles(seconds, n=100)[percent - 1] * 1000, 1)
