"""Filling a school, exporting from it, and reading what comes."""

import csv
import io
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import QueuePool

from tests.clients import Answer, Client
from tests.integration.runtime.served import Served

DAY = "from=2026-11-22&to=2026-11-22&locale=en"
MORNING = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def held(school: Served, table: str, *rows: dict[str, Any]) -> None:
    """Rows of a table; what a row leaves out is as the table says."""
    engine = create_engine(school.settings.database_url)
    with engine.begin() as conn:
        for row in rows:
            names = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            conn.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)  # noqa: S608 - the test's own names
    engine.dispose()


def lesson(number: int = 1, **more: Any) -> dict[str, Any]:
    """A lesson of student s with tutor t this morning."""
    known = {"student_id": "s", "tutor_id": "t", "subject": "Физика", "starts_at": MORNING}
    return {"lesson_id": f"L{number}", "duration_minutes": 60, "deleted": False, **known, **more}


def export(school: Served, dataset: str = "lessons", query: str = DAY, **who: str) -> Answer:
    """The answer to one export."""
    return school["export_data"].get(f"/api/v1/exports/{dataset}?{query}", **who)


def table(answer: Answer) -> list[dict[str, str]]:
    """The rows of a CSV, by header."""
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8"), answer.text
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert answer.headers["X-Total-Count"] == str(len(rows))
    return rows


def ids(answer: Answer) -> list[str]:
    """The first cell of every row."""
    return [next(iter(row.values())) for row in table(answer)]


def in_use(client: Client) -> int:
    """How many connections are out of the pool."""
    pool = client.services.db.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


def wait_until(holds: Callable[[], bool], otherwise: str) -> None:
    """What another thread or process is about to do has been done. Fails after 10 s with the sentence."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.01)


def wait_until_none_is_in_use(client: Client) -> None:
    """What a client left behind is cleaned up by the server's thread."""
    wait_until(lambda: in_use(client) == 0, "a connection was not given back")
