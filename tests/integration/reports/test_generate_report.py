"""Quick reports by their route, full ones by the same hands: the caller's figures, honest errors, no silent cut."""

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from functions.generate_report import gathering, making
from functions.generate_report.reports import report as reports
from functions.generate_report.words.labels import LABELS
from lib.errors import BadInput
from lib.runtime import naming
from tests.clients import Answer
from tests.integration.analytics.conftest import BATCH
from tests.integration.analytics.stories import lesson_at
from tests.integration.reports.making import ask, made, quick, told
from tests.integration.runtime.served import Served
from tests.servers.echo import EchoServer
from tests.unit.reports import structure
from tests.unit.reports.reading import Page, csv_rows, plain, sheets
from tests.unit.reports.structure import text_of

COUNTS = ("scheduled", "completed", "cancelled", "excused", "unexcused")
QUICK = ("lesson", "payment", "user", "material", "homework")
STATS = "lessons/stats"


def pdf(answer: Answer) -> PdfReader:
    assert (answer.status_code, answer.content_type) == (200, "application/pdf"), answer.text
    return PdfReader(io.BytesIO(answer.data))


def figures(reader: PdfReader, locale: str) -> dict[str, float | None]:
    """The figures at the top, each read back from in front of its label."""
    text, labels = text_of(reader), (*COUNTS, "minutes", "attendance_rate", "average_rating")
    found = {key: re.search(rf"([\d.,]+|—) ?%? ?{LABELS[key][locale == 'en']}", text) for key in labels}
    assert None not in found.values(), text
    return {key: number(match[1], locale) for key, match in found.items() if match}


def number(text: str, locale: str) -> float | None:
    return None if text == "—" else float(text.replace(",", "." if locale == "ru" else ""))


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_its_figures_are_those_of_the_api(school: Served, locale: str) -> None:
    summary = told(school, STATS, "days=7")["summary"]
    assert summary["completed"] > 5
    read = figures(pdf(quick(school, "lesson", f"locale={locale}")), locale)
    assert {key: read[key] for key in COUNTS} == {key: summary[key] for key in COUNTS}
    assert read["minutes"] == pytest.approx(summary["minutes"] / 60, abs=0.051)
    assert read["attendance_rate"] == pytest.approx(summary["attendance_rate"] * 100, abs=0.051)
    assert read["average_rating"] == pytest.approx(summary["average_rating"], abs=0.0051)


@pytest.mark.parametrize("name", QUICK)
def test_every_quick_report_comes_in_every_format(school: Served, name: str) -> None:
    reader = pdf(quick(school, name))
    structure.check(reader)
    assert "/Figure" in structure.kinds(reader)
    page = quick(school, name, "format=html")
    assert page.content_type == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert [tag for tag, _ in Page(page.data).tags if tag in ("script", "link", "iframe")] == []
    for alias in ("xlsx", "excel"):
        book = quick(school, name, f"format={alias}")
        assert book.headers["Content-Disposition"].startswith("attachment; filename=")
        assert book.headers["Content-Disposition"].endswith('.xlsx"')
        assert len(sheets(book.data)) > 2
    rows = quick(school, name, "format=csv")
    assert rows.content_type == "text/csv; charset=utf-8"
    assert len(csv_rows(rows.data)) > 10


def test_there_are_eight_reports_and_five_of_them_are_quick(empty_school: Served) -> None:
    items = empty_school["generate_report"].get("/api/v1/reports/types").json["items"]
    assert [item["name"] for item in items if item["quick"]] == list(QUICK)
    assert {item["name"] for item in items} == {*QUICK, "student", "tutor", "comprehensive"}
    student = next(item for item in items if item["name"] == "student")
    assert student["required"] == ["student_id"]
    assert student["formats"] == ["pdf", "xlsx", "html", "csv"]
    assert {"from", "to", "days", "tz", "granularity"} <= set(student["parameters"])


def test_it_is_written_in_the_language_that_is_asked_for(school: Served) -> None:
    russian, english = (
        text_of(pdf(quick(school, "lesson"))),
        text_of(pdf(quick(school, "lesson", "locale=en"))),
    )
    for words in ("Отчёт об уроках", "16 ноября 2026 г. – 22 ноября 2026 г.", "Посещаемость", "По предметам"):
        assert words in russian
    for words in ("Lesson report", "November 16, 2026 – November 22, 2026", "Attendance", "By subject"):
        assert words in english


def test_what_its_picture_shows_is_said_in_words(school: Served) -> None:
    reader = pdf(quick(school, "lesson"))
    (alt,) = [element["/Alt"] for element, _ in structure.elements(reader) if element["/S"] == "/Figure"]
    summary = told(school, STATS, "days=7")["summary"]
    assert f"Проведено {summary['completed']} из {summary['scheduled']}" in plain(alt)


def test_the_receipt_of_the_figures_stands_on_every_page(school: Served) -> None:
    receipt = told(school, STATS, "days=7&compare=previous")["receipt"]["id"][:16]
    assert all(receipt in page.extract_text() for page in pdf(quick(school, "lesson")).pages)


def test_a_student_reads_of_their_own_lessons_only(school: Served) -> None:
    everybody = told(school, STATS, "days=7")["summary"]["scheduled"]
    someone = a_student(school)
    own = told(school, STATS, "days=7", role="student", sub=someone)["summary"]["scheduled"]
    assert 0 < own < everybody
    assert figures(pdf(quick(school, "lesson", role="student", sub=someone)), "ru")["scheduled"] == own


def a_student(school: Served) -> str:
    events = school["aggregate_events"].get("/api/v1/events?type=lesson.created&limit=200").json["items"]
    for event in events:
        student = str(event["data"]["student_id"])
        if told(school, STATS, "days=7", role="student", sub=student)["summary"]["scheduled"]:
            return student
    raise AssertionError("nobody had a lesson this week")


@pytest.mark.parametrize("kind", ["pdf", "html", "xlsx", "csv"])
def test_a_family_reads_of_its_child_by_name_and_of_what_is_next(school: Served, kind: str) -> None:
    student = a_student(school)
    document = made(school, "student", kind, student_id=student, role="student", sub=student, days=14)
    name = school["manage_recipients"].get(f"/api/v1/recipients/{student}").json["name"]
    for said in (name, "Что дальше", "Ближайшие уроки"):
        assert said in read(document)


def test_whom_the_directory_does_not_name_is_named_by_the_id(school: Served) -> None:
    with school["generate_report"].services.db.begin() as conn:
        name = conn.execute(text("SELECT name FROM recipients WHERE user_id = 's-1'")).scalar_one()
        conn.execute(text("UPDATE recipients SET name = NULL WHERE user_id = 's-1'"))
    try:
        assert "Ученик s-1" in read(made(school, "student", "csv", student_id="s-1"))
    finally:
        with school["generate_report"].services.db.begin() as conn:
            conn.execute(text("UPDATE recipients SET name = :name WHERE user_id = 's-1'"), {"name": name})


def test_people_in_tables_are_named(school: Served) -> None:
    tutors = told(school, STATS, "days=14")["by_tutor"]
    with school["generate_report"].services.db.connect() as conn:
        names = naming.of_ids(conn, [row["tutor_id"] for row in tutors])
    assert len(names) == len(tutors) > 0
    document = read(made(school, "lesson", "csv", days=14))
    assert all(name in document for name in names.values())
    assert "t-1" not in document


def read(document: making.Made) -> str:
    """All the text of a file."""
    if document.filename.endswith("pdf"):
        return text_of(PdfReader(io.BytesIO(document.data)))
    if document.filename.endswith("html"):
        return plain(Page(document.data).text)
    if document.filename.endswith("xlsx"):
        found = sheets(document.data)
        return plain(
            " ".join([*found, *(str(cell) for rows in found.values() for row in rows for cell in row)])
        )
    return plain(" ".join(cell for row in csv_rows(document.data) for cell in row))


def test_a_tutor_reads_of_a_student_without_the_familys_page(school: Served) -> None:
    student = a_student(school)
    tutors = told(school, STATS, f"days=14&student_id={student}")["by_tutor"]
    document = made(school, "student", "csv", student_id=student, role="tutor", sub=tutors[0]["tutor_id"])
    assert "Последние уроки" in read(document)
    assert "Ближайшие уроки" not in read(document)


@pytest.mark.parametrize(
    ("type_", "more", "status"),
    [
        ("student", {"student_id": "s-2", "role": "student", "sub": "s-1"}, 404),
        ("tutor", {"tutor_id": "t-2", "role": "tutor", "sub": "t-1"}, 404),
        ("tutor", {"tutor_id": "t-1", "role": "student", "sub": "s-1"}, 404),
        ("student", {"student_id": "nobody"}, 404),
    ],
)
def test_nobody_reads_of_others(school: Served, type_: str, more: dict[str, Any], status: int) -> None:
    with pytest.raises(BadInput) as refused:
        made(school, type_, "csv", **more)
    assert refused.value.status in (status, 403)


def test_a_comprehensive_report_has_six_charts_every_part_and_a_receipt_for_each(school: Served) -> None:
    reader = PdfReader(io.BytesIO(made(school, "comprehensive", "pdf", days=14).data))
    structure.check(reader)
    assert structure.kinds(reader).count("/Figure") == 6
    text = text_of(reader)
    for part in (
        "Уроки",
        "Платежи",
        "Домашние задания",
        "Предметы",
        "Пользователи",
        "Материалы",
        "Все уроки",
    ):
        assert part in text
    assert len(set(re.findall(r"Квитанция ([0-9a-f]{16})", text))) == 6


def test_a_list_that_does_not_show_all_says_so_and_where_the_rest_is(
    school: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "MOST_ROWS", 7)
    total = told(school, f"{STATS}/rows", "days=14&figure=scheduled")["total"]
    text = read(made(school, "lesson", "csv", days=14))
    assert f"Показаны последние 7 из {total}. Остальные — в выгрузке /api/v1/exports/lessons." in text
    monkeypatch.undo()
    assert reports.MOST_ROWS >= 5000
    assert "Показаны последние" not in read(made(school, "lesson", "csv", days=14))


def test_progress_is_told_and_may_stop_the_work(school: Served) -> None:
    told_so_far: list[tuple[int, str]] = []

    def progress(percent: int, stage: str) -> None:
        told_so_far.append((percent, stage))

    making.make(making.checked("lesson", "pdf", {"days": 14}), ask(school), progress)
    assert [percent for percent, _ in told_so_far] == sorted(percent for percent, _ in told_so_far)
    assert told_so_far[0] == (0, "figures")
    assert told_so_far[-1][0] == 100
    assert {stage for _, stage in told_so_far} == {"figures", "charts", "layout", "writing"}

    def stop(percent: int, stage: str) -> None:
        if stage == "charts":
            raise InterruptedError(percent)

    with pytest.raises(InterruptedError):
        making.make(making.checked("lesson", "pdf", {"days": 14}), ask(school), stop)


@pytest.mark.parametrize("kind", ["pdf", "html", "xlsx", "csv"])
def test_markup_in_a_subjects_name_is_text_and_fetches_nothing(empty_school: Served, kind: str) -> None:
    with EchoServer("stranger") as stranger:
        event = lesson_at("2026-11-20T10:00:00Z")
        event["data"]["subject"] = f'<img src="{stranger.url}/a.png"><b>Физика</b>'
        door = empty_school["aggregate_events"]
        taken = door.post("/api/v1/events", json=[event], content_type=BATCH, role="service")
        assert taken.json["accepted"] == 1
        text = read(made(empty_school, "lesson", kind, days=7)).replace(" ", "")
        assert "<b>Физика</b>" in text
        assert stranger.connections == set()


@pytest.mark.parametrize("name", QUICK)
def test_an_empty_period_reads_well(empty_school: Served, name: str) -> None:
    russian = text_of(pdf(quick(empty_school, name, "days=1")))
    assert "За этот период" in russian
    assert "22 ноября 2026 г." in russian
    assert "in this period." in text_of(pdf(quick(empty_school, name, "days=1&locale=en")))
    assert "None" not in russian
