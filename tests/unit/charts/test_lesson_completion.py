"""The chart of lessons and attendance: the answer's own numbers, under words that people read."""

from datetime import date, timedelta
from typing import Any

import pytest

from functions.render_chart.figures.palette import THEMES
from tests.unit.charts.asked import answer_of, drawn, said

NAMES = {
    "ru": ["Проведены", "Пропуск по уважительной причине", "Пропуск без причины", "Отменены", "Посещаемость"],
    "en": ["Completed", "Excused absence", "Unexcused absence", "Cancelled", "Attendance"],
}
COUNTS = ("completed", "excused", "unexcused", "cancelled")
Answer = dict[str, Any]


def point(
    day: str, completed: int = 0, excused: int = 0, unexcused: int = 0, cancelled: int = 0, unmarked: int = 0
) -> Answer:
    held = completed + excused + unexcused
    counts = {"completed": completed, "excused": excused, "unexcused": unexcused, "cancelled": cancelled}
    rate = completed / held if held else None
    return {"date": day, "scheduled": held + cancelled + unmarked, **counts, "attendance_rate": rate}


def answer(*series: Answer, granularity: str = "day") -> Answer:
    counts = {name: sum(p[name] for p in series) for name in ("scheduled", *COUNTS)}
    held = counts["completed"] + counts["excused"] + counts["unexcused"]
    summary = {**counts, "attendance_rate": counts["completed"] / held if held else None}
    return {"summary": summary, "series": list(series), "filters": {"granularity": granularity}}


WEEK = answer(point("2026-11-20", 3, 1, 0, 1), point("2026-11-21"), point("2026-11-22", 2, 0, 1))


def chart(told: Answer, kind: str = "bar", **asked: Any) -> Answer:
    return drawn("lesson_completion", kind, told, **asked)


def finding(told: Answer, locale: str = "ru", kind: str = "bar") -> str:
    return said(chart(told, kind, locale=locale))


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_every_trace_holds_the_answers_own_numbers(locale: str) -> None:
    traces = chart(WEEK, locale=locale)["data"]
    assert [trace["name"] for trace in traces] == NAMES[locale]
    for trace, name in zip(traces, (*COUNTS, "attendance_rate"), strict=True):
        assert trace["x"] == ["2026-11-20", "2026-11-21", "2026-11-22"]
        assert trace["y"] == [p[name] for p in WEEK["series"]]


def test_lines_bring_both_kinds_of_absence_together() -> None:
    traces = chart(WEEK, "line", locale="en")["data"]
    assert {trace["type"] for trace in traces} == {"scatter"}
    assert [(trace["name"], trace["y"]) for trace in traces] == [
        ("Completed", [3, 0, 2]),
        ("Missed", [1, 0, 1]),
        ("Cancelled", [1, 0, 0]),
        ("Attendance", [0.75, None, pytest.approx(2 / 3)]),
    ]


def test_parts_are_stacked_and_attendance_has_a_panel_of_its_own() -> None:
    figure = chart(WEEK)
    assert [trace["type"] for trace in figure["data"]] == ["bar"] * 4 + ["scatter"]
    assert figure["layout"]["barmode"] == "relative"
    upper, lower = figure["layout"]["yaxis"]["domain"], figure["layout"]["yaxis2"]["domain"]
    assert lower[1] < upper[0]


def test_a_day_without_lessons_is_a_gap_in_attendance_and_not_a_zero() -> None:
    rate = chart(WEEK)["data"][-1]
    assert rate["y"] == [0.75, None, pytest.approx(2 / 3)]
    assert rate["connectgaps"] is False


def test_lessons_that_nobody_marked_are_a_part_of_their_own() -> None:
    told = answer(point("2026-11-20", 3, unmarked=2), point("2026-11-21", 1))
    names = {trace["name"]: trace["y"] for trace in chart(told)["data"]}
    assert names["Пока без итога"] == [2, 0]
    (ring,) = chart(told, "pie")["data"]
    assert ring["values"] == [4, 2]
    assert "Пока без итога" not in {trace["name"] for trace in chart(WEEK)["data"]}


@pytest.mark.parametrize(
    ("locale", "labels"),
    [("ru", ["20 нояб.", "21 нояб.", "22 нояб."]), ("en", ["20 Nov", "21 Nov", "22 Nov"])],
)
def test_days_are_labelled_as_people_of_the_language_write_them(locale: str, labels: list[str]) -> None:
    axis = chart(WEEK, locale=locale)["layout"]["xaxis"]
    assert axis["tickvals"] == ["2026-11-20", "2026-11-21", "2026-11-22"]
    assert axis["ticktext"] == labels


def test_months_are_labelled_with_their_year() -> None:
    told = answer(point("2026-10-01", 1), point("2026-11-01", 1), granularity="month")
    assert chart(told)["layout"]["xaxis"]["ticktext"] == ["окт. 2026", "нояб. 2026"]


@pytest.mark.parametrize("days", [1, 10, 11, 92, 3660])
def test_a_long_period_keeps_all_its_points_and_labels_that_fit(days: int) -> None:
    series = [point((date(2020, 1, 1) + timedelta(days=i)).isoformat(), 1) for i in range(days)]
    for width, most in ((900, 14), (400, 6)):
        figure = chart(answer(*series), width=width)
        axis = figure["layout"]["xaxis"]
        assert 1 <= len(axis["tickvals"]) == len(axis["ticktext"]) <= most
        assert len(figure["data"][0]["x"]) == days


@pytest.mark.parametrize(
    ("completed", "unexcused", "locale", "sentence"),
    [
        (1, 0, "ru", "Проведено 1 из 1 урока, посещаемость 100 %"),
        (1, 1, "ru", "Проведено 1 из 2 уроков, посещаемость 50 %"),
        (4, 1, "ru", "Проведено 4 из 5 уроков, посещаемость 80 %"),
        (10, 1, "ru", "Проведено 10 из 11 уроков, посещаемость 91 %"),
        (20, 1, "ru", "Проведено 20 из 21 урока, посещаемость 95 %"),
        (101, 0, "ru", "Проведено 101 из 101 урока, посещаемость 100 %"),
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


def test_the_finding_names_the_day_with_the_most_absences_and_the_period_before() -> None:
    told = answer(point("2026-11-20", 3, 2, 1), point("2026-11-21", 5), point("2026-11-22", 1, 1))
    told["previous"] = {"period": {}, "summary": {"attendance_rate": 0.5}}
    assert finding(told) == (
        "Проведено 9 из 13 уроков, посещаемость 69 % против 50 % периодом раньше; "
        "больше всего пропусков — 20 ноября (3)"
    )
    assert finding(told, kind="pie").endswith("; пропусков — 4, отмен — 0")


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


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_gives_ink_and_paper(theme: str) -> None:
    layout, look = chart(WEEK, theme=theme)["layout"], THEMES[theme]
    assert (layout["paper_bgcolor"], layout["plot_bgcolor"]) == (look.paper, look.paper)
    assert layout["font"]["color"] == look.ink


def test_parts_differ_by_more_than_colour() -> None:
    bars = chart(WEEK)["data"][:4]
    patterns = [trace["marker"].get("pattern", {}).get("shape", "") for trace in bars]
    lines = chart(WEEK, "line")["data"][:3]
    assert len(set(patterns)) == 4
    assert len({trace["line"]["dash"] for trace in lines}) == 3
    assert len({trace["marker"]["symbol"] for trace in lines}) == 3


def test_the_busiest_hour_is_named_and_empty_hours_are_gaps() -> None:
    told = dict(answer_of("lesson_completion", "rich"))
    told["by_weekday_hour"] = [
        {"weekday": 0, "hour": 9, "scheduled": 1, "completed": 1},
        {"weekday": 2, "hour": 17, "scheduled": 21, "completed": 20},
    ]
    figure = chart(told, "heatmap")
    assert said(figure) == "Самое занятое время — среда, 17:00 (21 урок)"
    cells = figure["data"][0]["z"]
    assert (len(cells), cells[2][8], cells[0][0], cells[1][0]) == (7, 21, 1, None)
    assert figure["layout"]["yaxis"]["ticktext"] == ["пн", "вт", "ср", "чт", "пт", "сб", "вс"]
