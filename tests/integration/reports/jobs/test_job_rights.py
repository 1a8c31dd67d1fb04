"""Whose a report is, what it may show, and what a token on somebody's behalf may do."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from lib.auth import on_behalf
from tests.integration.notifications.school import Json, event
from tests.integration.reports.jobs.bureau import REPORTS, Bureau


def lesson(lesson_id: str, student: str, tutor: str) -> Json:
    """A lesson of yesterday."""
    starts_at = datetime.now(UTC) - timedelta(days=1)
    who = {"student_id": student, "tutor_id": tutor, "subject": f"Тема {student}"}
    return event(
        "lesson.created", {"lesson_id": lesson_id, "starts_at": starts_at.isoformat(), **who}, id=lesson_id
    )


@pytest.fixture
def family(bureau: Bureau) -> Bureau:
    """Two children of two parents, with a tutor each, and a lesson yesterday."""
    for n in "12":
        bureau.person(f"kid-{n}", role="student", parent_ids=[f"mum-{n}"])
        bureau.person(f"mum-{n}", role="parent", child_ids=[f"kid-{n}"])
        bureau.take(lesson(f"l-{n}", f"kid-{n}", f"tutor-{n}"))
    return bureau


def text_of(bureau: Bureau, job: Json, **who: str) -> str:
    data = bureau.fetched(job["id"], **who)
    return " ".join(cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in row)


@pytest.mark.parametrize(("role", "sub"), [("tutor", "tutor-1"), ("student", "kid-1"), ("parent", "mum-1")])
def test_it_shows_what_its_reader_may_see_and_nothing_else(family: Bureau, role: str, sub: str) -> None:
    job = family.ask(role=role, sub=sub)
    assert family.turn() == [200], family.job(job["id"])
    assert family.job(job["id"], role=role, sub=sub)["state"] == "done"
    text = text_of(family, job, role=role, sub=sub)
    assert "Тема kid-1" in text
    assert "kid-2" not in text


def test_rights_are_those_of_the_time_it_is_made(family: Bureau) -> None:
    job = family.ask(role="parent", sub="mum-1", parameters={"days": 7, "student_id": "kid-1"})
    family.person("kid-1", role="student", parent_ids=[])
    family.person("mum-1", role="parent", child_ids=[])
    assert family.turn() == [200]
    failed = family.job(job["id"])
    assert failed["state"] == "failed"
    assert failed["error"] == "Отчёт не сделан: к этим данным больше нет доступа."
    assert family.published() == ["report.failed"]


def test_whoever_was_switched_off_meanwhile_gets_nothing(family: Bureau) -> None:
    job = family.ask(role="tutor", sub="tutor-1", locale="en")
    family.person("tutor-1", active=False)
    family.turn()
    assert "account of whoever asked for it is switched off" in family.job(job["id"])["error"]
    assert family.stored() == []


@pytest.mark.parametrize(
    ("who", "body"),
    [
        ({"role": "tutor", "sub": "tutor-1"}, {"parameters": {"tutor_id": "tutor-2"}}),
        ({"role": "student", "sub": "kid-1"}, {"parameters": {"student_id": "kid-2"}}),
        ({"role": "parent", "sub": "mum-1"}, {"type": "student", "parameters": {"student_id": "kid-2"}}),
    ],
)
def test_anothers_rows_are_refused_at_once_as_if_absent(family: Bureau, who: Json, body: Json) -> None:
    assert family.asked(body, **who).status_code == 404


def test_a_role_that_may_not_have_a_report_is_told_so_at_once(family: Bureau) -> None:
    assert family.asked(type="user", role="student", sub="kid-1").status_code in (202, 403)
    assert (
        family.asked(
            type="tutor", parameters={"tutor_id": "tutor-1"}, role="student", sub="kid-1"
        ).status_code
        == 403
    )


@pytest.mark.parametrize("act", [("GET", ""), ("GET", "/download"), ("DELETE", "")])
def test_anothers_report_is_not_there(family: Bureau, act: tuple[str, str]) -> None:
    job = family.ask(role="tutor", sub="tutor-1")
    path = f"{REPORTS}/{job['id']}{act[1]}"
    for who in ({"role": "tutor", "sub": "tutor-2"}, {"role": "student", "sub": "tutor-1"}):
        foreign, absent = (
            family.call(act[0], path, **who),
            family.call(act[0], f"{REPORTS}/{job['id'][:-4]}0000", **who),
        )
        assert foreign.status_code == absent.status_code == 404
        assert foreign.json["detail"] == absent.json["detail"]
    assert family.call("GET", f"{REPORTS}/{job['id']}", role="admin").status_code == 200


def test_each_lists_their_own_and_an_admin_all(family: Bureau) -> None:
    for sub in ("tutor-1", "tutor-2"):
        family.ask(role="tutor", sub=sub)
    listed = {
        sub: len(family.call("GET", REPORTS, role=role, sub=sub).json["items"])
        for role, sub in (("tutor", "tutor-1"), ("admin", "a"), ("student", "kid-1"))
    }
    assert listed == {"tutor-1": 1, "a": 2, "kid-1": 0}


@pytest.mark.parametrize("path", ["", "/x", "/x/download", "/files", "/files/"])
def test_without_a_token_nothing_is_answered(bureau: Bureau, path: str) -> None:
    assert bureau.call("GET", f"{REPORTS}{path}", role="").status_code in (401, 404)


@pytest.mark.parametrize("path", [f"{REPORTS}/files/AAAA", "/reports/AAAA", "/reports/files/AAAA"])
def test_a_forged_link_is_404(bureau: Bureau, path: str) -> None:
    assert bureau.call("GET", path, role="").status_code == 404


def test_a_token_on_somebodys_behalf_reads_and_writes_nothing(family: Bureau) -> None:
    token = on_behalf.mint(family.settings.jwt_secret_key, sub="admin-1", role="admin")
    bearer: Json = {"headers": {"Authorization": f"Bearer {token}"}}
    stats = family.functions["query_analytics"].get("/api/v1/analytics/lessons/stats", role="", **bearer)
    assert stats.status_code == 200
    refused = [
        family.asked(role="", **bearer),
        family.call("DELETE", f"{REPORTS}/x", role="", **bearer),
        family.functions["manage_recipients"].call(
            "DELETE", "/api/v1/recipients/kid-1/data", role="", **bearer
        ),
        family.functions["dispatch_notifications"].post(
            "/api/v1/notifications",
            role="",
            json={"type": "custom", "user_id": "kid-1", "data": {"message": "x"}},
            **bearer,
        ),
    ]
    assert [answer.status_code for answer in refused] == [403] * 4


def test_somebody_else_can_put_nothing_into_the_queue(bureau: Bureau) -> None:
    job = bureau.ask()
    stranger = event("report.requested", {"report_id": job["id"]}, id="x")
    for body in (stranger, {**stranger, "source": "repitbot/functions", "type": "x"}):
        answer = bureau.functions["generate_report"].message(json.dumps(body).encode())
        assert answer.status_code == 200
    assert bureau.job(job["id"])["attempts"] == 0
    assert len(bureau.sql("SELECT FROM dead_letters WHERE queue = 'reports.requested'")) == 2
