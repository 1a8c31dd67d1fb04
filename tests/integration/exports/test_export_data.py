"""Exports: every lesson of the caller's own, streamed, and the database's connection given back."""

import csv
import io
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
import urllib3
from sqlalchemy import create_engine, text

from lib.auth.tokens import mint
from tests.integration.exports.asking import (
    DAY,
    MORNING,
    export,
    held,
    ids,
    in_use,
    lesson,
    table,
    wait_until_none_is_in_use,
)
from tests.integration.runtime.served import Served

LESSONS = "/api/v1/exports/lessons"
RUSSIAN = (
    'Урок,Начало,"Длительность, мин",Ученик,Преподаватель,Предмет,Тема,Итог,Причина,"Проведено, мин",'
    "Оценка ученика,Оценка преподавателя,Цена,Валюта,Отмечен"
)


def test_a_row_in_the_zone_that_is_asked_for(school: Served) -> None:
    held(school, "lessons", lesson(price="-1500.10", currency="RUB", outcome="attended", actual_minutes=55))
    answer = export(school, query=f"{DAY}&tz=Asia/Tokyo")
    (row,) = table(answer)
    assert row["Starts at"] == "2026-11-22T16:00:00+09:00"
    assert (row["Price"], row["Currency"], row["Outcome"], row["Topic"]) == (
        "-1500.10",
        "RUB",
        "attended",
        "",
    )
    assert row["Minutes taught"] == "55"
    assert 'filename="lessons-2026-11-22-2026-11-22.csv"' in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_an_empty_period_is_a_header_alone_in_the_schools_language(school: Served) -> None:
    answer = export(school, query="from=2026-11-22&to=2026-11-22")
    assert answer.data.decode("utf-8-sig") == f"{RUSSIAN}\r\n"
    assert answer.headers["X-Total-Count"] == "0"


def test_the_lessons_of_the_period_in_the_order_of_their_start_and_no_deleted_one(school: Served) -> None:
    held(
        school,
        "lessons",
        lesson(1, starts_at=MORNING + timedelta(hours=3)),
        lesson(2),
        lesson(3, deleted=True),
        lesson(4, starts_at=datetime(2026, 11, 21, 20, 59, tzinfo=UTC)),
        lesson(5, starts_at=datetime(2026, 11, 21, 21, 0, tzinfo=UTC)),
        lesson(6, starts_at=datetime(2026, 11, 22, 21, 0, tzinfo=UTC)),
        lesson(7, starts_at=None),
    )
    assert ids(export(school)) == ["L5", "L2", "L1"]


def test_each_caller_gets_the_rows_of_their_own(school: Served) -> None:
    held(school, "lessons", lesson(1), lesson(2, student_id="s2", tutor_id="t2"), lesson(3, student_id="s3"))
    held(school, "recipients", {"user_id": "p", "child_ids": ["s2", "s3"]})
    assert ids(export(school)) == ["L1", "L2", "L3"]
    assert ids(export(school, role="service")) == ["L1", "L2", "L3"]
    assert ids(export(school, role="tutor", sub="t")) == ["L1", "L3"]
    assert ids(export(school, role="student", sub="s2")) == ["L2"]
    assert ids(export(school, role="parent", sub="p")) == ["L2", "L3"]
    assert ids(export(school, role="parent", sub="q")) == []
    assert ids(export(school, query=f"{DAY}&student_id=s3", role="parent", sub="p")) == ["L3"]
    assert ids(export(school, query=f"{DAY}&subject=x")) == []


def test_a_foreign_student_is_the_same_404_as_an_absent_one_and_costs_no_connection(school: Served) -> None:
    held(school, "lessons", lesson(2, student_id="s2"))
    foreign = export(school, query=f"{DAY}&student_id=s2", role="student", sub="s")
    absent = export(school, query=f"{DAY}&student_id=zz", role="student", sub="s")
    assert (foreign.status_code, foreign.data) == (404, absent.data)
    assert export(school, query=f"{DAY}&tutor_id=t2", role="tutor", sub="t").status_code == 404
    assert export(school, role="").status_code == 401
    assert export(school, query=f"{DAY}&format=xml").status_code == 400
    assert export(school, query=f"{DAY}&tz=Mars/Olympus").status_code == 400
    assert export(school, "lesson").status_code == 404
    assert in_use(school["export_data"]) == 0


def test_a_value_of_the_callers_is_never_a_piece_of_a_statement(school: Served) -> None:
    held(school, "lessons", lesson(1, subject="100 %(self)s' OR 'x'='x"))
    assert ids(export(school, query=f"{DAY}&subject=' OR true --")) == []
    assert ids(export(school, query=f"{DAY}&subject=%25s")) == []
    assert ids(export(school, query=f"{DAY}&subject=100 %25(self)s' OR 'x'='x")) == ["L1"]


def test_twenty_thousand_rows_come_complete_in_order_and_piece_by_piece(crowded: Served) -> None:
    answer = export(crowded, query=f"{DAY}&tz=UTC")
    assert answer.headers["X-Total-Count"] == "20000"
    pieces = list(cast(Iterator[bytes], answer.response))
    assert len(pieces) > 20
    assert max(map(len, pieces)) < 1_000_000
    rows = list(csv.DictReader(io.StringIO(b"".join(pieces).decode("utf-8-sig"))))
    assert [row["Lesson ID"] for row in rows] == [f"L{n}" for n in range(1, 20001)]
    answer.close()
    assert in_use(crowded["export_data"]) == 0


def test_what_is_deleted_while_it_streams_is_still_in_it(crowded: Served) -> None:
    answer = export(crowded, query=f"{DAY}&tz=UTC")
    engine = create_engine(crowded.settings.database_url)
    with engine.begin() as conn:
        conn.execute(text("DELETE FROM lessons"))
    engine.dispose()
    assert b"".join(cast(Iterator[bytes], answer.response)).count(b"\r\n") == 20001


def test_the_connection_is_given_back_when_the_stream_ends(school: Served) -> None:
    held(school, "lessons", lesson())
    for _ in range(40):
        assert len(table(export(school))) == 1
    assert in_use(school["export_data"]) == 0


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_a_head_request_that_reads_no_row_gives_the_connection_back(school: Served, kind: str) -> None:
    held(school, "lessons", lesson())
    headers = {"Authorization": f"Bearer {mint(school.settings, role='admin', sub='a')}"}
    for _ in range(20):
        url = f"{school.url}/function/export-data{LESSONS}?{DAY}&format={kind}"
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
    assert len(ids(export(crowded, query=f"{DAY}&tz=UTC"))) == 20000
