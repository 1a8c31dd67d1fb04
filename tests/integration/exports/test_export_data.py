"""Exports: every lesson of the caller's own, streamed, and the database's connection given back."""

import csv
import io
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import urllib3
from sqlalchemy import create_engine, insert, text
from sqlalchemy.pool import QueuePool

from functions.export_data.lessons import HEADER
from lib.auth.tokens import mint
from lib.db.tables import lessons
from lib.runtime.settings import Settings
from tests.clients import Answer, Client
from tests.integration.runtime.served import Served

LESSONS = "/api/v1/exports/lessons"
DAY = "from=2026-11-22&to=2026-11-22"
MORNING = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@pytest.fixture
def school(database_url: str) -> Iterator[Served]:
    """The export, behind a port."""
    with Served(Settings(database_url=database_url, environment="test"), "export_data") as running:
        yield running


def lesson(number: int = 1, **more: Any) -> dict[str, Any]:
    known = {"student_id": "s", "tutor_id": "t", "subject": "Физика", "topic": None, "starts_at": MORNING}
    row = {"lesson_id": f"L{number}", "duration_minutes": 60, "deleted": False, **known}
    empty = dict.fromkeys(("outcome", "outcome_reason", "price", "currency", "actual_minutes", "marked_at"))
    return {**empty, **row, **more}


def held(school: Served, *rows: dict[str, Any]) -> None:
    engine = create_engine(school.settings.database_url)
    with engine.begin() as conn:
        conn.execute(insert(lessons), list(rows))
    engine.dispose()


def export(school: Served, query: str = DAY, **who: str) -> Answer:
    return school["export_data"].get(f"{LESSONS}?{query}", **who)


def table(answer: Answer) -> list[dict[str, str]]:
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8"), answer.text
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert answer.headers["X-Total-Count"] == str(len(rows))
    return rows


def ids(answer: Answer) -> list[str]:
    return [row["lesson_id"] for row in table(answer)]


def in_use(client: Client) -> int:
    pool = client.services.db.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


def wait_until_none_is_in_use(client: Client) -> None:
    deadline = time.monotonic() + 10
    while in_use(client):
        assert time.monotonic() < deadline, "a connection was not given back"
        time.sleep(0.01)


def test_the_columns_and_a_row_in_the_zone_that_is_asked_for(school: Served) -> None:
    held(school, lesson(price="-1500.10", currency="RUB", outcome="attended", actual_minutes=55))
    answer = export(school, f"{DAY}&tz=Asia/Tokyo")
    (row,) = table(answer)
    assert tuple(row) == HEADER
    assert row["starts_at"] == "2026-11-22T16:00:00+09:00"
    assert (row["price"], row["currency"], row["outcome"], row["topic"]) == (
        "-1500.10",
        "RUB",
        "attended",
        "",
    )
    assert row["actual_minutes"] == "55"
    assert 'filename="lessons-2026-11-22-2026-11-22.csv"' in answer.headers["Content-Disposition"]


def test_an_empty_period_is_a_header_alone(school: Served) -> None:
    answer = export(school)
    assert table(answer) == []
    assert answer.data.decode("utf-8-sig").strip() == ",".join(HEADER)


def test_the_lessons_of_the_period_in_the_order_of_their_start_and_no_deleted_one(school: Served) -> None:
    held(
        school,
        lesson(1, starts_at=MORNING + timedelta(hours=3)),
        lesson(2),
        lesson(3, deleted=True),
        lesson(4, starts_at=datetime(2026, 11, 21, 20, 59, tzinfo=UTC)),
        lesson(5, starts_at=datetime(2026, 11, 21, 21, 0, tzinfo=UTC)),
        lesson(6, starts_at=datetime(2026, 11, 22, 21, 0, tzinfo=UTC)),
        lesson(7, starts_at=None),
    )
    assert ids(export(school)) == ["L5", "L2", "L1"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_reads_as_a_formula(school: Served, start: str) -> None:
    held(school, lesson(subject=f"{start}1+1", topic=f'{start}HYPERLINK("x")', price="-5"))
    (row,) = table(export(school))
    assert (row["subject"], row["topic"]) == (f"'{start}1+1", f'\'{start}HYPERLINK("x")')
    assert row["price"] == "-5"


def test_each_caller_gets_the_rows_of_their_own(school: Served) -> None:
    held(school, lesson(1), lesson(2, student_id="s2", tutor_id="t2"), lesson(3, student_id="s3"))
    engine = create_engine(school.settings.database_url)
    with engine.begin() as conn:
        conn.execute(text("INSERT INTO recipients (user_id, child_ids) VALUES ('p', ARRAY['s2', 's3'])"))
    engine.dispose()
    assert ids(export(school)) == ["L1", "L2", "L3"]
    assert ids(export(school, role="service")) == ["L1", "L2", "L3"]
    assert ids(export(school, role="tutor", sub="t")) == ["L1", "L3"]
    assert ids(export(school, role="student", sub="s2")) == ["L2"]
    assert ids(export(school, role="parent", sub="p")) == ["L2", "L3"]
    assert ids(export(school, role="parent", sub="q")) == []
    assert ids(export(school, f"{DAY}&student_id=s3", role="parent", sub="p")) == ["L3"]
    assert ids(export(school, f"{DAY}&subject=x")) == []


def test_a_foreign_student_is_the_same_404_as_an_absent_one_and_costs_no_connection(school: Served) -> None:
    held(school, lesson(2, student_id="s2"))
    foreign = export(school, f"{DAY}&student_id=s2", role="student", sub="s")
    absent = export(school, f"{DAY}&student_id=zz", role="student", sub="s")
    assert (foreign.status_code, foreign.data) == (404, absent.data)
    assert export(school, f"{DAY}&tutor_id=t2", role="tutor", sub="t").status_code == 404
    assert export(school, role="").status_code == 401
    assert export(school, f"{DAY}&format=xml").status_code == 400
    assert in_use(school["export_data"]) == 0


@pytest.fixture
def crowded(school: Served) -> Served:
    """Twenty thousand lessons on one day."""
    engine = create_engine(school.settings.database_url)
    with engine.begin() as conn:
        conn.execute(
            text(
                "INSERT INTO lessons (lesson_id, student_id, tutor_id, subject, topic, starts_at, deleted) "
                "SELECT 'L' || n, 's', 't', 'Физика', repeat('т', 200), "
                "timestamptz '2026-11-22 07:00Z' + n * interval '1 second', false "
                "FROM generate_series(1, 20000) AS n"
            )
        )
    engine.dispose()
    return school


def test_twenty_thousand_rows_come_complete_in_order_and_piece_by_piece(crowded: Served) -> None:
    answer = export(crowded, f"{DAY}&tz=UTC")
    assert answer.headers["X-Total-Count"] == "20000"
    pieces = list(cast(Iterator[bytes], answer.response))
    assert len(pieces) > 20
    assert max(map(len, pieces)) < 1_000_000
    rows = list(csv.DictReader(io.StringIO(b"".join(pieces).decode("utf-8-sig"))))
    assert [row["lesson_id"] for row in rows] == [f"L{n}" for n in range(1, 20001)]
    answer.close()
    assert in_use(crowded["export_data"]) == 0


def test_what_is_deleted_while_it_streams_is_still_in_it(crowded: Served) -> None:
    answer = export(crowded, f"{DAY}&tz=UTC")
    pieces = iter(cast(Iterator[bytes], answer.response))
    first = next(pieces)
    engine = create_engine(crowded.settings.database_url)
    with engine.begin() as conn:
        conn.execute(text("DELETE FROM lessons"))
    engine.dispose()
    assert (first + b"".join(pieces)).count(b"\r\n") == 20001


def test_the_connection_is_given_back_when_the_stream_ends(school: Served) -> None:
    held(school, lesson())
    for _ in range(40):
        assert len(table(export(school))) == 1
    assert in_use(school["export_data"]) == 0


def test_a_head_request_that_reads_no_row_gives_the_connection_back(school: Served) -> None:
    held(school, lesson())
    headers = {"Authorization": f"Bearer {mint(school.settings, role='admin', sub='a')}"}
    for _ in range(40):
        url = f"{school.url}/function/export-data{LESSONS}?{DAY}"
        answer = urllib3.request("HEAD", url, headers=headers, retries=False)
        assert (answer.status, answer.headers["X-Total-Count"], answer.data) == (200, "1", b"")
    wait_until_none_is_in_use(school["export_data"])


def test_an_answer_that_is_closed_unread_gives_the_connection_back(crowded: Served) -> None:
    export(crowded).close()
    answer = export(crowded)
    next(iter(answer.response))
    answer.close()
    assert in_use(crowded["export_data"]) == 0


def test_a_client_that_goes_away_early_costs_no_connection(crowded: Served) -> None:
    port = int(crowded.url.rsplit(":", 1)[1])
    token = mint(crowded.settings, role="admin", sub="a")
    request = f"GET /function/export-data{LESSONS}?{DAY} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    gone = threading.Barrier(4)

    def visit() -> None:
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.sendall(request.encode())
            assert connection.recv(1000).startswith(b"HTTP/1.")
        gone.wait()

    visitors = [threading.Thread(target=visit) for _ in range(3)]
    for visitor in visitors:
        visitor.start()
    gone.wait(30)
    wait_until_none_is_in_use(crowded["export_data"])
    assert len(ids(export(crowded, f"{DAY}&tz=UTC"))) == 20000
