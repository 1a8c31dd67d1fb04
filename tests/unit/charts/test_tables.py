"""The table beside a chart holds the answer's own values, not what was drawn of them."""

from decimal import Decimal
from typing import Any

import pytest

from functions.render_chart.catalogue import CHARTS
from tests.unit.charts.asked import KINDS, answer_of, drawn

FORMATS = {"text", "date", "month", "integer", "percent", "score"}


def table(
    chart: str, kind: str, school: str = "rich", locale: str = "ru"
) -> tuple[list[str], list[list[Any]]]:
    found = drawn(chart, kind, school, locale=locale)["layout"]["meta"]["table"]
    return [column["key"] for column in found["columns"]], found["rows"]


@pytest.mark.parametrize(("chart", "kind"), KINDS)
def test_every_column_has_a_label_and_a_known_format(chart: str, kind: str) -> None:
    for school in ("rich", "currencies"):
        found = drawn(chart, kind, school)["layout"]["meta"]["table"]
        for column in found["columns"]:
            assert column.keys() == {"key", "label", "format"}
            assert column["format"] in FORMATS or column["format"].startswith("money:")
        assert found["rows"]
        assert {len(row) for row in found["rows"]} == {len(found["columns"])}


@pytest.mark.parametrize(
    ("chart", "kind"),
    [
        ("lesson_completion", "bar"),
        ("lesson_completion", "line"),
        ("user_activity", "line"),
        ("material_usage", "line"),
        ("homework_scores", "line"),
        ("student_progress", "line"),
        ("dashboard_overview", "line"),
    ],
)
def test_a_course_has_a_row_for_each_bucket_as_it_stands(chart: str, kind: str) -> None:
    answer = answer_of(chart, "rich")
    keys, rows = table(chart, kind)
    plain = [key for key in keys if "." not in key]
    assert [row[: len(plain)] for row in rows] == [
        [point[key] for key in plain] for point in answer["series"]
    ]


def test_money_stays_a_decimal_text_of_its_own_currency() -> None:
    answer = answer_of("revenue_trends", "currencies")
    keys, rows = table("revenue_trends", "bar", "currencies")
    for row, point in zip(rows, answer["series"], strict=True):
        for key, value in zip(keys[1:], row[1:], strict=True):
            code, _, figure = key.partition(".")
            assert value == point[code][figure]
    revenue = keys.index("KWD.revenue")
    assert sum(Decimal(row[revenue]) for row in rows) == Decimal(answer["summary"]["KWD"]["revenue"])


def test_all_tutors_are_in_the_table_however_few_are_in_the_picture() -> None:
    answer = answer_of("tutor_earnings", "many")
    _, rows = table("tutor_earnings", "bar", "many")
    assert {(row[0], row[1]) for row in rows} == {
        (row["tutor_id"], row["RUB"]["earned"]) for row in answer["by_tutor"]
    }


@pytest.mark.parametrize("kind", CHARTS["subject_performance"].kinds)
def test_subjects_have_their_own_figures_and_the_unknown_one_a_name(kind: str) -> None:
    answer = answer_of("subject_performance", "rich")
    keys, rows = table("subject_performance", kind)
    expected = {
        row["subject"] or "Без предмета": [row[key] for key in keys[1:]] for row in answer["by_subject"]
    }
    assert {row[0]: row[1:] for row in rows} == expected


def test_cohorts_keep_their_months_and_empty_places() -> None:
    answer = answer_of("retention", "months")
    _, rows = table("retention", "heatmap", "months")
    for row, cohort in zip(rows, answer["cohorts"], strict=True):
        assert row[:2] == [cohort["month"], cohort["users"]]
        assert [value for value in row[2:] if value is not None] == cohort["rate"][1:]


def test_headlines_stand_above_those_of_the_period_before() -> None:
    answer = answer_of("dashboard_overview", "currencies")
    keys, (now, before) = table("dashboard_overview", "bar", "currencies", "en")
    summary, earlier = answer["summary"], answer["previous"]["summary"]
    for row, told in ((now, summary), (before, earlier)):
        figures = dict(zip(keys, row, strict=True))
        assert figures["completed"] == told["lessons"]["completed"]
        assert figures["KWD.revenue"] == told["payments"]["KWD"]["revenue"]
    assert (now[0], before[0]) == ("This period", "Period before")


@pytest.mark.parametrize("kind", ["heatmap"])
@pytest.mark.parametrize("chart", ["lesson_completion", "user_activity", "dashboard_overview"])
def test_hours_add_up_to_what_the_answer_has(chart: str, kind: str) -> None:
    answer = answer_of(chart, "rich")
    cells = answer.get("by_weekday_hour") or answer["heatmap"]
    key = "actions" if "actions" in cells[0] else "scheduled"
    keys, rows = table(chart, kind)
    assert sum(row[keys.index(key)] for row in rows) == sum(cell[key] for cell in cells)
    drawn_cells = drawn(chart, kind)["data"][0]["z"]
    assert sum(value or 0 for row in drawn_cells for value in row) == sum(cell[key] for cell in cells)
