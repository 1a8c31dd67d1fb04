"""The quick lesson report: a tagged PDF that says in words and numbers what the API answers."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pypdf import PdfReader

from functions.generate_report.words import WORDS
from tests.clients import Answer
from tests.integration.analytics.conftest import BATCH
from tests.integration.analytics.stories import lesson_at
from tests.integration.runtime.served import Served
from tests.servers.echo import EchoServer

REPORT = "/api/v1/reports/quick/lesson"
STATS = "/api/v1/analytics/lessons/stats"
COUNTS = ("scheduled", "completed", "cancelled", "excused", "unexcused")


def report(school: Served, query: str = "", **who: str) -> PdfReader:
    answer = asked(school, query, **who)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf"), answer.text
    return PdfReader(io.BytesIO(answer.data))


def asked(school: Served, query: str = "", **who: str) -> Answer:
    return school["generate_report"].get(f"{REPORT}?{query}", **who)


def told(school: Served, days: int = 7, **who: str) -> dict[str, Any]:
    answer: dict[str, Any] = school["query_analytics"].get(f"{STATS}?days={days}", **who).json
    return answer


def text_of(reader: PdfReader) -> str:
    return re.sub(r"[\s\xa0\u202f]+", " ", " ".join(page.extract_text() for page in reader.pages))


def figures(reader: PdfReader, locale: str) -> dict[str, float | None]:
    """The figures at the top, each read back from in front of its label."""
    text, labels = text_of(reader), (*COUNTS, "hours", "attendance_rate", "average_rating")
    found = {key: re.search(rf"([\d.,]+|—) ?%? ?{WORDS[locale][key]}", text) for key in labels}
    assert None not in found.values(), text
    return {key: number(match[1], locale) for key, match in found.items() if match}


def number(text: str, locale: str) -> float | None:
    return None if text == "—" else float(text.replace(",", "." if locale == "ru" else ""))


def tags(node: Any) -> Iterator[Any]:
    """Every element of the structure tree."""
    node = node.get_object()
    if not isinstance(node, dict):
        return
    yield node
    below = node.get("/K", [])
    for child in below if isinstance(below, list) else [below]:
        yield from tags(child) if not isinstance(child, int) else ()


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_its_figures_are_those_of_the_api(school: Served, locale: str) -> None:
    summary = told(school)["summary"]
    assert summary["completed"] > 5
    read = figures(report(school, f"locale={locale}"), locale)
    assert {key: read[key] for key in COUNTS} == {key: summary[key] for key in COUNTS}
    assert read["hours"] == pytest.approx(summary["minutes"] / 60, abs=0.051)
    assert read["attendance_rate"] == pytest.approx(summary["attendance_rate"] * 100, abs=0.051)
    assert read["average_rating"] == pytest.approx(summary["average_rating"], abs=0.0051)


def test_every_subject_and_every_day_with_lessons_stands_in_its_tables(school: Served) -> None:
    answer, text = told(school), text_of(report(school, "locale=en"))
    assert answer["by_subject"]
    for row in answer["by_subject"]:
        counts = [str(row[k]) for k in ("scheduled", "completed", "excused", "unexcused", "cancelled")]
        assert f"{row['subject']} {' '.join(counts)}" in text
    days = re.findall(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d+) Nov", text)
    taught = [str(int(point["date"][-2:])) for point in answer["series"] if point["scheduled"]]
    assert [day for day in days if day in taught][: len(taught)] == taught


def test_it_is_written_in_the_language_that_is_asked_for(school: Served) -> None:
    russian, english = text_of(report(school)), text_of(report(school, "locale=en"))
    for words in ("Отчёт об уроках", "16 ноября 2026 г. – 22 ноября 2026 г.", "Посещаемость", "По предметам"):
        assert words in russian
    for words in ("Lesson report", "November 16, 2026 – November 22, 2026", "Attendance", "By subject"):
        assert words in english


def test_it_is_tagged_and_names_its_language_its_title_and_what_the_picture_shows(school: Served) -> None:
    reader = report(school)
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "ru"
    assert reader.metadata is not None
    assert (reader.metadata.title or "").startswith("Отчёт об уроках, 16 ноября")
    elements = list(tags(root["/StructTreeRoot"]))
    kinds = {element.get("/S") for element in elements}
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"} <= kinds
    (alt,) = [element["/Alt"] for element in elements if element.get("/S") == "/Figure"]
    summary = told(school)["summary"]
    assert f"Проведено {summary['completed']} из {summary['scheduled']}" in alt.replace("\xa0", " ")
    assert alt.startswith("Уроки и посещаемость.")


def test_the_receipt_of_the_figures_stands_on_every_page(school: Served) -> None:
    receipt = told(school)["receipt"]["id"][:16]
    pages = report(school).pages
    assert all(receipt in page.extract_text() for page in pages)


def test_a_student_reads_of_their_own_lessons_only(school: Served) -> None:
    everybody = told(school)["summary"]["scheduled"]
    someone = a_student(school)
    own = told(school, role="student", sub=someone)["summary"]["scheduled"]
    assert 0 < own < everybody
    assert figures(report(school, role="student", sub=someone), "ru")["scheduled"] == own


def a_student(school: Served) -> str:
    events = school["aggregate_events"].get("/api/v1/events?type=lesson.created&limit=200").json["items"]
    for event in events:
        student = str(event["data"]["student_id"])
        if told(school, role="student", sub=student)["summary"]["scheduled"]:
            return student
    raise AssertionError("nobody had a lesson this week")


def test_markup_in_a_subjects_name_is_text_and_fetches_nothing(empty_school: Served) -> None:
    with EchoServer("stranger") as stranger:
        event = lesson_at("2026-11-20T10:00:00Z")
        event["data"]["subject"] = f'<img src="{stranger.url}/a.png"><b>Физика</b>'
        door = empty_school["aggregate_events"]
        taken = door.post("/api/v1/events", json=[event], content_type=BATCH, role="service")
        assert taken.json["accepted"] == 1
        text = text_of(report(empty_school)).replace(" ", "")
        assert "<b>Физика</b>" in text
        assert stranger.connections == set()


def test_an_empty_period_reads_well(empty_school: Served) -> None:
    russian = text_of(report(empty_school, "days=1"))
    assert "За этот период уроков не было." in russian
    assert "22 ноября 2026 г. –" not in russian
    assert "22 ноября 2026 г." in russian
    assert "There were no lessons in this period." in text_of(report(empty_school, "days=1&locale=en"))
    assert "None" not in russian


@pytest.mark.parametrize(
    "query", ["days=93", "days=0", "days=-1", "days=x", "format=docx", "locale=fr", "colour=red"]
)
def test_what_cannot_be_reported_is_a_400(empty_school: Served, query: str) -> None:
    answer = asked(empty_school, query)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.json["errors"] or answer.json["detail"]


def test_the_longest_period_is_92_days(empty_school: Served) -> None:
    assert asked(empty_school, "days=92").status_code == 200


def test_without_a_token_there_is_no_report(empty_school: Served) -> None:
    assert asked(empty_school, role="").status_code == 401
    assert asked(empty_school, role="service", sub="svc").status_code == 200


@pytest.mark.parametrize("away", ["query_analytics", "render_chart"])
def test_while_a_peer_is_away_the_answer_is_503_with_retry_after(
    school: Served, away: str, free_port: int
) -> None:
    settings = school[away].settings
    nowhere = settings.model_copy(update={"database_url": f"postgresql://x:x@127.0.0.1:{free_port}/x"})
    if away == "render_chart":
        nowhere = settings.model_copy(update={"function_url": f"http://127.0.0.1:{free_port}/{{name}}"})
    school.clients[away] = type(school.clients[away])(away, nowhere)
    answer = asked(school)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) >= 1


def test_while_nobody_listens_at_all_the_answer_is_503(empty_school: Served, free_port: int) -> None:
    settings = empty_school.settings.model_copy(
        update={"function_url": f"http://127.0.0.1:{free_port}/{{name}}"}
    )
    answer = type(empty_school["generate_report"])("generate_report", settings).get(REPORT)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
