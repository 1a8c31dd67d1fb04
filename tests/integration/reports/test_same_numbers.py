"""The same number everywhere: what analytics answers stands in every format, in both languages, in the tables and in
the figures of the charts."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pypdf import PdfReader

from functions.generate_report import making
from functions.generate_report.document import Money
from functions.generate_report.gathering import gathered
from functions.generate_report.reports.catalogue import REPORTS
from functions.generate_report.words.labels import LABELS
from functions.generate_report.words.sentences import SENTENCES
from tests.integration.reports.making import ask, made, nobody_waits, told
from tests.integration.runtime.served import Served
from tests.unit.reports import structure
from tests.unit.reports.reading import Page, csv_table, plain, sheets

DAYS = "from=2026-11-09&to=2026-11-22&tz=Europe/Moscow&granularity=day"
PERIOD = {"from": "2026-11-09", "to": "2026-11-22", "tz": "Europe/Moscow", "granularity": "day"}
# How far a written figure may be from the answer's: half of its last place.
CLOSE = {"integer": 0.0, "money": 0.0, "rate": 0.00051, "score": 0.051, "rating": 0.0051, "hours": 0.051}
Fields = dict[str, str]
LESSONS = {
    "scheduled": "integer",
    "completed": "integer",
    "excused": "integer",
    "unexcused": "integer",
    "cancelled": "integer",
    "attendance_rate": "rate",
}
MONEY = {"revenue": "money", "refunded": "money", "net": "money", "payments": "integer", "failed": "integer"}
HOMEWORK = {
    "assigned": "integer",
    "submitted": "integer",
    "graded": "integer",
    "overdue": "integer",
    "on_time_rate": "rate",
    "average_score_percent": "score",
}
USERS = {"active": "integer", "logins": "integer", "registered": "integer", "deactivated": "integer"}
MATERIALS = {"accessed": "integer", "downloads": "integer", "unique_users": "integer", "created": "integer"}


@dataclass(frozen=True, slots=True)
class Case:
    """A report, the analytics call it is of, and which groups of the answer are tables: title, place, fields."""

    type: str
    path: str
    tables: tuple[tuple[str, str, Fields], ...]
    of: dict[str, str] = field(default_factory=dict)
    rows: str = ""


CASES = (
    Case(
        "lesson",
        "lessons/stats",
        (
            ("by_subject", "by_subject", LESSONS),
            ("by_tutor", "by_tutor", LESSONS),
            ("by_day", "series", LESSONS),
        ),
        rows="rows.lessons",
    ),
    Case(
        "payment",
        "payments/summary",
        (("by_method", "by_method", MONEY), ("by_tutor", "by_tutor", MONEY), ("by_day", "series", MONEY)),
        rows="rows.payments",
    ),
    Case(
        "homework",
        "homework/stats",
        (("by_subject", "by_subject", HOMEWORK), ("by_student", "by_student", HOMEWORK)),
        rows="rows.homework",
    ),
    Case(
        "user",
        "users/activity",
        (("by_role", "by_role", USERS), ("by_day", "series", USERS)),
        rows="rows.users",
    ),
    Case("material", "materials/usage", (("by_subject", "by_subject", MATERIALS),), rows="rows.materials"),
    Case(
        "student",
        "students/s-1/progress",
        (
            (
                "by_subject",
                "by_subject",
                {"completed": "integer", "attendance_rate": "rate", "minutes": "hours"},
            ),
        ),
        of={"student_id": "s-1"},
    ),
    Case("tutor", "lessons/stats", (("by_subject", "by_subject", LESSONS),), of={"tutor_id": "t-1"}),
)


@pytest.mark.parametrize("locale", ["ru", "en"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.type)
def test_the_same_number_everywhere(school: Served, case: Case, locale: str) -> None:
    more = "".join(f"&{name}={value}" for name, value in case.of.items() if name == "tutor_id")
    answer = told(school, case.path, DAYS + more)
    tables = _everywhere(school, case.type, locale, **case.of)
    for title, place, fields in case.tables:
        expected = [row for row in _expected(answer[place], fields) if _anything(row, fields)]
        assert expected, title
        for kind, found in tables.items():
            _same(found[SENTENCES[title][locale == "en"]], expected, fields, locale, kind)
    if case.rows:
        rows = told(
            school, f"{case.path}/rows", f"{DAYS.partition('&granularity')[0]}&figure={FIGURES[case.type]}"
        )
        for kind, found in tables.items():
            assert len(found[SENTENCES[case.rows][locale == "en"]]) - 1 == rows["total"], kind


@pytest.mark.parametrize("locale", ["ru", "en"])
@pytest.mark.parametrize("type_", ["lesson", "payment", "homework", "user", "material", "comprehensive"])
def test_the_figures_of_a_chart_are_those_of_the_same_answer(school: Served, type_: str, locale: str) -> None:
    wanted = making.checked(type_, "csv", PERIOD, locale)
    report = REPORTS[type_]
    material = gathered(wanted, report, ask(school), nobody_waits)
    compared = 0
    for drawn in report.draws:
        chart, answer = material.charts[drawn.chart, drawn.kind], material.answers[drawn.of]
        assert chart.alt
        assert chart.finding
        columns = [column.key for column in chart.table.columns]
        if columns[0] != "date":
            continue
        assert [row[0] for row in chart.table.rows] == [point["date"] for point in answer["series"]]
        for row, point in zip(chart.table.rows, answer["series"], strict=True):
            for name, value in zip(columns[1:], row[1:], strict=True):
                code, _, figure = name.rpartition(".")
                expected = point[code][figure] if code else point[name]
                assert (value.amount if isinstance(value, Money) else value) == expected
                compared += 1
    assert compared or type_ == "payment" or not report.draws


FIGURES = {
    "lesson": "scheduled",
    "payment": "payments",
    "homework": "assigned",
    "user": "active",
    "material": "created",
}


def _everywhere(school: Served, type_: str, locale: str, **of: str) -> dict[str, dict[str, list[list[Any]]]]:
    """Every table by its title, in every format."""
    files = {
        kind: made(school, type_, kind, locale, **PERIOD, **of).data
        for kind in ("pdf", "html", "xlsx", "csv")
    }
    page = dict(Page(files["html"]).tables)
    titles = [title for title, _ in Page(files["html"]).tables]
    reader = PdfReader(io.BytesIO(files["pdf"]))
    structure.check(reader)
    # The page has the figures of charts as well.
    own = [title for title in titles if ": " not in title]
    tagged = dict(zip(own, structure.rows(reader), strict=True))
    book = {
        _short(name): [row for row in rows if row[0] is not None]
        for name, rows in sheets(files["xlsx"]).items()
    }
    return {
        "pdf": tagged,
        "html": {title: page[title] for title in own},
        "xlsx": {title: _without_notes(book, title) for title in own},
        "csv": {title: [row for row in csv_table(files["csv"], title) if len(row) > 1] for title in own},
    }


def _short(name: str) -> str:
    """A sheet's name is that of its table and of its part."""
    return name.partition(" · ")[0]


def _without_notes(book: dict[str, list[list[Any]]], title: str) -> list[list[Any]]:
    return [row for row in book[title] if len(row) > 1 and row[1] is not None]


def _expected(groups: list[dict[str, Any]], fields: Fields) -> Iterator[dict[str, Any]]:
    """One a row: money has a row for each currency."""
    for group in groups:
        currencies = [name for name, value in group.items() if isinstance(value, dict)]
        if "money" in fields.values():
            yield from (group[code] for code in sorted(currencies))
        else:
            yield group


def _anything(row: dict[str, Any], fields: Fields) -> bool:
    return any(float(row[name] or 0) for name in fields)


def _same(
    found: list[list[Any]], expected: list[dict[str, Any]], fields: Fields, locale: str, kind: str
) -> None:
    head, *rows = found
    places = {name: _place(head, LABELS[name][locale == "en"]) for name in fields}
    busy = [row for row in rows if any(_number(row[place], locale) for place in places.values())]
    assert len(busy) == len(expected), (kind, busy, expected)
    for row, figures in zip(busy, expected, strict=True):
        for name, what in fields.items():
            value = figures[name]
            number = None if value is None else float(value) / (60 if what == "hours" else 1)
            shown = _number(row[places[name]], locale)
            if shown is not None and what == "rate" and "%" in str(row[places[name]]):
                shown /= 100
            if number is None:
                assert shown is None, (kind, name, row)
            else:
                assert shown == pytest.approx(number, abs=CLOSE[what] + 1e-9), (kind, name, row)


def _place(head: list[Any], label: str) -> int:
    return [plain(str(cell)) for cell in head].index(label)


def _number(cell: Any, locale: str) -> float | None:
    """A figure read back as people read it."""
    if cell is None or isinstance(cell, int | float):
        return cell
    text = plain(str(cell)).replace("−", "-")
    if text in ("—", ""):
        return None
    digits = "".join(letter for letter in text if letter in "0123456789-.,")
    digits = digits.replace(",", ".") if locale == "ru" else digits.replace(",", "")
    return float(digits)
