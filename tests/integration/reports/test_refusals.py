"""Reports that cannot be made: what is asked wrongly, by nobody, or while a peer is away."""

from typing import Any

import pytest

from functions.generate_report import making
from lib.errors import BadInput
from tests.integration.reports.making import quick
from tests.integration.runtime.served import Served


@pytest.mark.parametrize(
    "query", ["days=93", "days=0", "days=-1", "days=x", "format=docx", "locale=fr", "colour=red"]
)
def test_what_cannot_be_reported_is_a_400(empty_school: Served, query: str) -> None:
    answer = quick(empty_school, "lesson", query)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.json["errors"] or answer.json["detail"]


@pytest.mark.parametrize(
    ("type_", "format_", "parameters", "locale"),
    [
        ("weather", "pdf", {}, "ru"),
        ("lesson", "docx", {}, "ru"),
        ("lesson", "pdf", {"colour": "red"}, "ru"),
        ("lesson", "pdf", {"days": 7, "from": "2026-11-01"}, "ru"),
        ("student", "pdf", {}, "ru"),
        ("tutor", "pdf", {"student_id": "s-1"}, "ru"),
        ("user", "pdf", {"subject": "Физика"}, "ru"),
        ("lesson", "pdf", {"from": "yesterday"}, "ru"),
        ("lesson", "pdf", {}, "fr"),
    ],
)
def test_what_cannot_be_made_is_refused_before_any_work(
    type_: str, format_: str, parameters: dict[str, Any], locale: str
) -> None:
    with pytest.raises(BadInput):
        making.checked(type_, format_, parameters, locale)


def test_there_is_no_quick_report_of_other_names(empty_school: Served) -> None:
    assert quick(empty_school, "student").status_code == 404


def test_the_longest_period_is_92_days(empty_school: Served) -> None:
    assert quick(empty_school, "lesson", "days=92").status_code == 200


def test_without_a_token_there_is_no_report(empty_school: Served) -> None:
    assert quick(empty_school, "lesson", role="").status_code == 401
    assert quick(empty_school, "lesson", role="service", sub="svc").status_code == 200


@pytest.mark.parametrize("away", ["query_analytics", "render_chart"])
def test_while_a_peer_is_away_the_answer_is_503_with_retry_after(
    school: Served, away: str, free_port: int
) -> None:
    if away == "query_analytics":
        settings = school[away].settings
        nowhere = settings.model_copy(update={"database_url": f"postgresql://x:x@127.0.0.1:{free_port}/x"})
        school.clients[away] = type(school.clients[away])(away, nowhere)
    else:
        del school.clients[away]
    answer = quick(school, "lesson")
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) >= 1


def test_while_nobody_listens_at_all_the_answer_is_503(empty_school: Served, free_port: int) -> None:
    settings = empty_school.settings.model_copy(
        update={"function_url": f"http://127.0.0.1:{free_port}/{{name}}"}
    )
    client = type(empty_school["generate_report"])("generate_report", settings)
    answer = client.get("/api/v1/reports/quick/lesson")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
