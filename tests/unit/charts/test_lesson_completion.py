"""The chart of lessons and attendance: the answer's own numbers, under words that people read."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from functions.render_chart.figures import palette
from functions.render_chart.figures.lesson_completion import figure

NAMES = {
    "ru": ["Проведены", "Пропуск по уважительной причине", "Пропуск без причины", "Отменены", "Посещаемость"],
    "en": ["Completed", "Excused absence", "Unexcused absence", "Cancelled", "Attendance"],
}
COUNTS = ("completed", "excused", "unexcused", "cancelled")


def point(
    day: str, completed: int = 0, excused: int = 0, unexcused: int = 0, cancelled: int = 0
) -> dict[str, Any]:
    held = completed + excused + unexcused
    counts = {"completed": completed, "excused": excused, "unexcused": unexcused, "cancelled": cancelled}
    rate = completed / held if held else None
    return {"date": day, "scheduled": held + cancelled, **counts, "attendance_rate": rate}


def answer(*series: dict[str, Any], granularity: str = "day") -> dict[str, Any]:
    counts = {name: sum(p[name] for p in series) for name in ("scheduled", *COUNTS)}
    held = counts["completed"] + counts["excused"] + counts["unexcused"]
    summary = {**counts, "attendance_rate": counts["completed"] / held if held else None}
    return {"summary": summary, "series": list(series), "filters": {"granularity": granularity}}


WEEK = answer(point("2026-11-20", 3, 1, 0, 1), point("2026-11-21"), point("2026-11-22", 2, 0, 1))


def drawn(
    told: dict[str, Any], kind: str = "bar", theme: str = "light", locale: str = "ru"
) -> dict[str, Any]:
    return figure(told, kind=kind, theme=theme, locale=locale)


def finding(told: dict[str, Any], locale: str) -> str:
    said: str = drawn(told, locale=locale)["layout"]["meta"]["finding"]
    return said.replace("\xa0", " ")


@pytest.mark.parametrize("kind", ["bar", "line"])
@pytest.mark.parametrize("locale", ["ru", "en"])
def test_every_trace_holds_the_answers_own_numbers(kind: str, locale: str) -> None:
    traces = drawn(WEEK, kind, locale=locale)["data"]
    assert [trace["name"] for trace in traces] == NAMES[locale]
    for trace, name in zip(traces, (*COUNTS, "attendance_rate"), strict=True):
        assert trace["x"] == ["2026-11-20", "2026-11-21", "2026-11-22"]
        assert trace["y"] == [p[name] for p in WEEK["series"]]


def test_a_kind_decides_how_the_parts_are_drawn_and_attendance_is_always_a_line() -> None:
    assert [trace["type"] for trace in drawn(WEEK, "bar")["data"]] == ["bar"] * 4 + ["scatter"]
    assert [trace["type"] for trace in drawn(WEEK, "line")["data"]] == ["scatter"] * 5
    assert drawn(WEEK)["layout"]["barmode"] == "stack"


def test_a_day_without_lessons_has_no_attendance_rather_than_none_at_all() -> None:
    rate = drawn(WEEK)["data"][-1]
    assert rate["y"] == [0.75, None, pytest.approx(2 / 3)]
    assert rate["connectgaps"] is True


@pytest.mark.parametrize(
    ("locale", "labels"),
    [("ru", ["20 нояб.", "21 нояб.", "22 нояб."]), ("en", ["20 Nov", "21 Nov", "22 Nov"])],
)
def test_days_are_labelled_as_people_of_the_language_write_them(locale: str, labels: list[str]) -> None:
    axis = drawn(WEEK, locale=locale)["layout"]["xaxis"]
    assert axis["tickvals"] == ["2026-11-20", "2026-11-21", "2026-11-22"]
    assert axis["ticktext"] == labels


def test_months_are_labelled_with_their_year() -> None:
    told = answer(point("2026-10-01", 1), point("2026-11-01", 1), granularity="month")
    assert drawn(told)["layout"]["xaxis"]["ticktext"] == ["окт. 2026", "нояб. 2026"]


@pytest.mark.parametrize("days", [1, 10, 11, 92, 3660])
def test_a_long_period_keeps_all_its_points_and_at_most_ten_labels(days: int) -> None:
    series = [point((date(2020, 1, 1) + timedelta(days=i)).isoformat(), 1) for i in range(days)]
    drawing = drawn(answer(*series))
    axis = drawing["layout"]["xaxis"]
    assert 1 <= len(axis["tickvals"]) == len(axis["ticktext"]) <= 10
    assert len(drawing["data"][0]["x"]) == days


@pytest.mark.parametrize(
    ("completed", "unexcused", "locale", "sentence"),
    [
        (1, 0, "ru", "Проведено 1 из 1 урока, посещаемость 100 %"),
        (1, 1, "ru", "Проведено 1 из 2 уроков, посещаемость 50 %"),
        (4, 1, "ru", "Проведено 4 из 5 уроков, посещаемость 80 %"),
        (20, 1, "ru", "Проведено 20 из 21 урока, посещаемость 95 %"),
        (1200, 0, "ru", "Проведено 1 200 из 1 200 уроков, посещаемость 100 %"),
        (1, 0, "en", "1 of 1 lesson held, attendance 100%"),
        (1, 1, "en", "1 of 2 lessons held, attendance 50%"),
        (1200, 0, "en", "1,200 of 1,200 lessons held, attendance 100%"),
    ],
)
def test_the_finding_is_a_sentence_in_the_right_plural(
    completed: int, unexcused: int, locale: str, sentence: str
) -> None:
    assert finding(answer(point("2026-11-22", completed, 0, unexcused)), locale) == sentence


def test_lessons_that_nobody_marked_have_no_attendance_in_the_finding() -> None:
    only_cancelled = answer(point("2026-11-22", cancelled=2))
    assert finding(only_cancelled, "ru") == "Проведено 0 из 2 уроков"
    assert finding(only_cancelled, "en") == "0 of 2 lessons held"


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [("ru", "За этот период уроков не было"), ("en", "There were no lessons in this period")],
)
def test_an_empty_period_says_so(locale: str, sentence: str) -> None:
    assert finding(answer(point("2026-11-22")), locale) == sentence
    assert finding(answer(), locale) == sentence


def test_the_alternative_text_is_the_title_and_the_finding() -> None:
    meta = drawn(WEEK, locale="en")["layout"]["meta"]
    assert meta["alt"] == f"Lessons and attendance. {meta['finding']}."


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_gives_ink_and_paper(theme: str) -> None:
    layout, look = drawn(WEEK, theme=theme)["layout"], palette.THEMES[theme]
    assert (layout["paper_bgcolor"], layout["plot_bgcolor"]) == (look.paper, look.paper)
    assert layout["font"]["color"] == look.ink


def test_parts_differ_by_more_than_colour_and_the_figure_is_plain_json() -> None:
    drawing = drawn(WEEK)
    patterns = [trace["marker"].get("pattern", {}).get("shape", "") for trace in drawing["data"][:4]]
    assert len(set(patterns)) == 4
    assert json.loads(json.dumps(drawing, allow_nan=False))["layout"]["meta"] == drawing["layout"]["meta"]
