"""Who may see what: every operation of the service's OpenAPI document, for every kind of caller.

Two families of two tutors; every word of one of them ends in -alpha, of the other in -beta. What a caller of one
family is shown must not hold a byte of the other, and another's rows must look like rows that do not exist.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pypdf import PdfReader

from functions.render_chart import drawing
from lib.runtime.settings import Settings
from tests.clients import NOON, Answer, Client
from tests.integration.analytics.actors import ACTORS, SEES_ALL, SIDES, Actor
from tests.integration.analytics.conftest import BATCH
from tests.integration.analytics.stories import cloudevent
from tests.integration.runtime.served import Served

DOCUMENT = json.loads(Path("functions/serve_console/openapi/analytics.json").read_text(encoding="utf-8"))
FUNCTIONS = {
    "/api/v1/analytics": "query_analytics",
    "/api/v1/receipts": "query_analytics",
    "/api/v1/charts": "render_chart",
    "/api/v1/reports": "generate_report",
    "/api/v1/exports": "export_data",
    "/api/v1/events": "aggregate_events",
    "/api/v1/admin": "aggregate_events",
}
OTHER = {"alpha": "beta", "beta": "alpha"}
DATE = "2026-11-20"
NO_ID = "01234567-89ab-7def-8123-456789abcdef"


def told_of(side: str) -> list[dict[str, Any]]:
    """One of everything that can happen to a family."""

    def happened(kind: str, hour: int, **data: Any) -> dict[str, Any]:
        return cloudevent(kind, data, f"{DATE}T{hour:02d}:00:00Z")

    who = {"student_id": f"s-{side}", "tutor_id": f"t-{side}"}
    subject, lesson, work = f"subject-{side}", {"lesson_id": f"l-{side}"}, {"homework_id": f"h-{side}"}
    pay = {"payment_id": f"pay-{side}", "amount": "1500", "currency": "RUB", "lessons": 4, "subject": subject}
    people: tuple[tuple[str, str, dict[str, list[str]]], ...] = (
        ("tutor", "t", {}),
        ("student", "s", {"parent_ids": [f"p-{side}"]}),
        ("parent", "p", {}),
    )
    sheet = {"material_id": f"m-{side}", "subject": subject, "title": f"title-{side}"}
    return [
        *(
            happened("user.registered", 0, user_id=f"{p}-{side}", role=role, name=f"name-{side}", **ties)
            for role, p, ties in people
        ),
        happened(
            "lesson.created", 1, **lesson, **who, starts_at=f"{DATE}T05:00:00Z", subject=subject, price="700"
        ),
        happened("lesson.updated", 2, **lesson, topic=f"topic-{side}"),
        happened("lesson.attendance_marked", 6, **lesson, attendance_status="attended"),
        happened(
            "lesson.created", 1, lesson_id=f"u-{side}", **who, starts_at=f"{DATE}T07:00:00Z", subject=subject
        ),
        happened("payment.processed", 3, **pay, **who, method=f"method-{side}"),
        happened("payment.balance.deducted", 7, student_id=f"s-{side}", **lesson, lessons_deducted=1),
        happened("homework.assigned", 7, **work, **who, subject=subject),
        happened("homework.submitted", 8, **work, **who, subject=subject),
        happened("homework.graded", 9, **work, **who, subject=subject, score="4"),
        happened("material.created", 1, **sheet, tutor_id=f"t-{side}"),
        happened("material.accessed", 2, material_id=f"m-{side}", user_id=f"s-{side}"),
        happened("user.login", 4, user_id=f"s-{side}"),
    ]


@pytest.fixture(scope="module", autouse=True)
def _no_process_is_left_behind() -> Iterator[None]:
    yield
    drawing.close()


@pytest.fixture
def school(database_url: str) -> Iterator[Served]:
    """Both families, behind every function of the service."""
    settings = Settings(database_url=database_url, environment="test")
    with Served(settings, *sorted(set(FUNCTIONS.values()))) as running:
        for side in SIDES:
            answer = running["aggregate_events"].post(
                "/api/v1/events", json=told_of(side), content_type=BATCH, role="service"
            )
            assert answer.status_code == 202, answer.text
        yield running


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of everything that wants a token and changes nothing."""
    for path, methods in sorted(DOCUMENT["paths"].items()):
        for method, operation in methods.items():
            if operation.get("security") and (method == "get" or path.endswith("/verify")):
                yield method.upper(), path, operation


OPERATIONS = list(operations())


class Asking:
    """Asks operations as somebody, about somebody."""

    def __init__(self, school: Served, actor: Actor) -> None:
        self._school, self._actor = school, actor
        self._receipts = {
            side: school["query_analytics"]
            .get(f"/api/v1/analytics/lessons/stats?days=7&tutor_id=t-{side}")
            .json["receipt"]["id"]
            for side in SIDES
        }
        self._reports = {side: self._asked_for(side) for side in SIDES}

    def _asked_for(self, side: str) -> str:
        """A report that the tutor of that family waits for."""
        wish = {"type": "lesson", "format": "csv", "parameters": {"days": 7}}
        answer = self._school["generate_report"].post(
            "/api/v1/reports", json=wish, role="tutor", sub=f"t-{side}"
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json["id"])

    def __call__(
        self, method: str, path: str, operation: dict[str, Any], about: str | None, form: str
    ) -> Answer:
        names = {each["name"] for each in operation.get("parameters", ())}
        query = {"days": "7"} if "days" in names else {}
        if form:
            query["format"] = form
        if about and "student_id" in names and "{student_id}" not in path:
            query["student_id"] = f"s-{about}"
        if about and "tutor_id" in names and (self._actor.role == "tutor" or "dashboard/tutor" in path):
            query.pop("student_id", None)
            query["tutor_id"] = f"t-{about}"
        values = {
            "student_id": f"s-{about or 'nobody'}",
            "name": "lesson" if "/quick/" in path else "lesson_completion",
            "report_id": self._reports.get(about or "", NO_ID),
            "subscription_id": NO_ID,
            "receipt_id": self._receipts.get(about or "", "absent"),
            "run_id": NO_ID,
        }
        url = re.sub(r"{(\w+)}", lambda found: values[found[1]], path) + (
            "?" + urlencode(query) if query else ""
        )
        client = self._client(path)
        client.clock = NOON
        answer = client.call(method, url, role="", headers=self._actor.header(client.settings))
        # Read to the end, as every client does: an answer that is not keeps its connection.
        answer.make_sequence()
        return answer

    def _client(self, path: str) -> Client:
        return next(self._school[name] for prefix, name in FUNCTIONS.items() if path.startswith(prefix))


def formats(operation: dict[str, Any]) -> list[str]:
    """Every format an operation can answer in; one empty one when it has no choice."""
    for each in operation.get("parameters", ()):
        if each["name"] == "format":
            schema = each["schema"]
            return list(schema.get("enum") or [schema["const"]])
    return [""]


def words_of(answer: Answer) -> str:
    """Everything that can be read in an answer, whatever it is packed in."""
    if answer.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
            return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    if answer.data.startswith(b"%PDF"):
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    # plotly.js speaks of shaders; data stand in an element of another type.
    return re.sub(r"<script>.*?</script>", "", str(answer.data, "utf-8", "replace"), flags=re.DOTALL)


def faceless(answer: Answer, about: str) -> tuple[int, str]:
    """An answer without the name that was asked for, nor what is made of it."""
    text = re.sub(rf"\b([stp])-{about}\b", r"\1-X", words_of(answer))
    if answer.is_json and answer.status_code >= 400:
        problem = {k: v for k, v in json.loads(text).items() if k != "instance"}
        return answer.status_code, json.dumps(problem, sort_keys=True)
    return answer.status_code, re.sub(r'"id": ?"[0-9a-f]{64}"', "", text)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_everybody_sees_their_own_and_nothing_else(school: Served, actor: Actor) -> None:
    ask = Asking(school, actor)
    for method, path, operation in OPERATIONS:
        allowed = operation.get("x-roles")
        for form in formats(operation):
            own, others, absent = (
                ask(method, path, operation, about, form) for about in (actor.side, "beta", "absent")
            )
            if actor.side == "beta":
                others = ask(method, path, operation, "alpha", form)
            where = (actor.name, method, path, form)
            if not actor.role:
                assert {a.status_code for a in (own, others, absent)} == {401}, where
            elif allowed is not None and actor.role not in allowed:
                assert {a.status_code for a in (own, others, absent)} == {403}, where
            elif actor.scopes:
                assert own.status_code in _NARROW.get(path, (403,)), (*where, own.text)
            elif actor.role in SEES_ALL:
                assert others.status_code in (200, *_NEEDS_MORE.get(path, ())), (*where, others.text[:300])
            else:
                _own_only(actor, where, own, others, absent)


# Lists of names, which hold nobody's rows.
_OPEN = ("/api/v1/charts/types", "/api/v1/reports/types")
_NARROW: dict[str, tuple[int, ...]] = dict.fromkeys(_OPEN, (200,))
# One's own reports, of which there are none.
_REPORT, _FILE = "/api/v1/reports/{report_id}", "/api/v1/reports/{report_id}/download"
_REGULAR = "/api/v1/reports/subscriptions/{subscription_id}"
_NARROW |= {"/api/v1/reports": (200,), _REPORT: (404,), _FILE: (404,)}
# There is no such run; a receipt of "beta" is there.
# A child's letters are the child's.
_NOT_OWN = {("parent", "/api/v1/exports/notifications")}
# A receipt of a tutor's figures is the tutor's.
_NOT_OWN |= {
    (role, f"/api/v1/receipts/{{receipt_id}}{verb}")
    for role in ("student", "parent")
    for verb in ("", "/verify")
}
# A report is whose it was asked for by; there is no subscription here.
_NOT_OWN |= {(role, path) for role in ("student", "parent") for path in (_REPORT, _FILE)}
_NOT_OWN |= {(role, _REGULAR) for role in ("tutor", "student", "parent")}
# It waits to be made.
_NOT_READY = {("tutor", _FILE)}
_NEEDS_MORE: dict[str, tuple[int, ...]] = {
    "/api/v1/admin/recompute/{run_id}": (404,),
    "/api/v1/admin/recompute": (404,),
}
_NEEDS_MORE |= {_REPORT: (404,), _FILE: (404, 409), _REGULAR: (404,)}


def _own_only(actor: Actor, where: tuple[str, ...], own: Answer, others: Answer, absent: Answer) -> None:
    foreign = OTHER.get(actor.side or "", "alpha")
    if actor.side in SIDES:
        asked = (actor.role, where[2])
        expected = 404 if asked in _NOT_OWN else 409 if asked in _NOT_READY else 200
        assert own.status_code == expected, (*where, own.text[:300])
    for answer in (own, absent):
        assert f"-{foreign}" not in words_of(answer), where
    if actor.side == "nobody":
        assert "-beta" not in words_of(own), where
    asked_for = "alpha" if actor.side == "beta" else "beta"
    assert faceless(others, asked_for) == faceless(absent, "absent"), where
    status, words = faceless(others, asked_for)
    assert f"-{asked_for}" not in words, (*where, status)


def test_the_matrix_is_as_wide_as_the_service() -> None:
    paths = {path for _, path, _ in OPERATIONS}
    assert len(ACTORS) >= 8
    assert len(paths) >= 35
    assert all(any(path.startswith(prefix) for prefix in FUNCTIONS) for path in paths)
