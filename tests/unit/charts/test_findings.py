"""The one sentence above each chart: computed from the figures, in right Russian and English, and honest."""

import copy
from typing import Any

import pytest

from lib.testing.answers import money, pages, people, teaching
from lib.testing.answers.school import School
from tests.unit.charts.asked import answer_of, drawn, said

DAY = School(days=3, busy=0)
Answer = dict[str, Any]


def finding(chart: str, kind: str, answer: Answer | str, locale: str = "ru") -> str:
    return said(drawn(chart, kind, answer, locale=locale))


def paid(*revenue: str, refunded: str = "0.00", before: str | None = None) -> Answer:
    """An answer about roubles, an amount a day."""
    answer = money.payments(School(days=len(revenue), busy=5))
    rows = [
        {**point["RUB"], "revenue": amount, "refunded": "0.00"}
        for point, amount in zip(answer["series"], revenue, strict=True)
    ]
    answer["series"] = [
        {"date": p["date"], "RUB": row} for p, row in zip(answer["series"], rows, strict=True)
    ]
    total = f"{sum(float(amount) for amount in revenue):.2f}"
    answer["summary"] = {"RUB": {**answer["summary"]["RUB"], "revenue": total, "refunded": refunded}}
    if before is not None:
        answer["previous"] = {"period": {}, "summary": {"RUB": {"revenue": before}}}
    return answer


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ("1000.00", " — на 50 % больше, чем за предыдущий период"),
        ("2000.00", " — на 25 % меньше, чем за предыдущий период"),
        ("1501.00", " — столько же, сколько за предыдущий период"),
        ("0.00", ""),
        (None, ""),
    ],
)
def test_revenue_is_compared_with_the_period_before(before: str | None, change: str) -> None:
    assert (
        finding("revenue_trends", "line", paid("750.00", "750.00", before=before))
        == f"Выручка 1 500 ₽{change}"
    )


def test_revenue_names_what_went_back_and_the_one_best_day() -> None:
    answer = paid("100.50", "900.00", refunded="50.00")
    assert finding("revenue_trends", "bar", answer) == (
        "Выручка 1 000,50 ₽; возвращено 50 ₽; больше всего — 22 ноября (900 ₽)"
    )
    assert finding("revenue_trends", "bar", answer, "en") == (
        "Revenue ₽1,000.50; ₽50 refunded; the most: 22 November (₽900)"
    )


def test_currencies_stand_side_by_side_and_what_is_not_in_the_picture_is_told() -> None:
    sentence = finding("revenue_trends", "bar", "currencies")
    for sign in ("₽", "$", "₸", "¥", "KWD", "€"):
        assert sign in sentence
    assert "на рисунке — RUB" in sentence
    figure = drawn("revenue_trends", "bar", "currencies")
    drawn_axes = {trace["yaxis"] for trace in figure["data"]}
    assert len(drawn_axes) == sentence.split("на рисунке — ")[1].count(",") + 2


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "Материалы открыли 0 раз"),
        (1, "Материалы открыли 1 раз"),
        (2, "Материалы открыли 2 раза"),
        (5, "Материалы открыли 5 раз"),
        (11, "Материалы открыли 11 раз"),
        (21, "Материалы открыли 21 раз"),
        (101, "Материалы открыли 101 раз"),
        (102, "Материалы открыли 102 раза"),
    ],
)
def test_openings_are_counted_in_the_right_form(n: int, words: str) -> None:
    answer = people.materials(DAY)
    answer["summary"] |= {"accessed": n, "created": 1}
    assert finding("material_usage", "line", answer) == words


@pytest.mark.parametrize(
    ("n", "ru", "en"),
    [
        (1, "Проверена 1 работа, средняя оценка 80 %", "1 piece graded, average score 80%"),
        (2, "Проверены 2 работы, средняя оценка 80 %", "2 pieces graded, average score 80%"),
        (11, "Проверено 11 работ, средняя оценка 80 %", "11 pieces graded, average score 80%"),
        (21, "Проверена 21 работа, средняя оценка 80 %", "21 pieces graded, average score 80%"),
    ],
)
def test_homework_is_counted_in_the_right_form(n: int, ru: str, en: str) -> None:
    answer = teaching.homework(DAY)
    answer["summary"] |= {"assigned": n, "graded": n, "average_score_percent": 80.0, "on_time_rate": None}
    assert finding("homework_scores", "line", answer) == ru
    assert finding("homework_scores", "line", answer, "en") == en


def test_homework_without_grades_says_so() -> None:
    answer = teaching.homework(DAY)
    answer["summary"] |= {"assigned": 21}
    assert finding("homework_scores", "bar", answer) == "Задана 21 работа, оценок пока нет"


def test_a_score_from_two_pieces_of_homework_is_neither_best_nor_worst() -> None:
    answer = copy.deepcopy(answer_of("subject_performance", "rich"))
    for row in answer["by_subject"]:
        row["graded"] = 2
    assert "средняя оценка" not in finding("subject_performance", "bar", answer)
    assert "средняя оценка выше всего" in finding("subject_performance", "bar", "rich")


def test_one_subject_is_described_instead_of_compared() -> None:
    sentence = finding("subject_performance", "bar", "one point")
    assert sentence.startswith("Физика: ")
    assert "Больше всего" not in sentence


@pytest.mark.parametrize(
    ("tutors", "verb"), [(1, "преподаватель заработал "), (2, "преподавателя заработали ")]
)
def test_tutors_earn_in_the_right_form(tutors: int, verb: str) -> None:
    answer = money.earnings(School(people=tutors))
    assert f"{tutors} {verb}" in finding("tutor_earnings", "bar", answer)


def test_the_best_of_one_tutor_is_not_named() -> None:
    assert "больше всех" not in finding("tutor_earnings", "pie", money.earnings(School(people=1)))
    assert "больше всех — t-1" in finding("tutor_earnings", "pie", money.earnings(School(people=9)))


def test_retention_says_how_many_come_back_and_is_honest_when_it_is_too_early() -> None:
    early = people.retention(School(days=30))
    assert finding("retention", "heatmap", early) == "Пока виден только первый месяц: возвращаться ещё рано"
    answer: Answer = {
        **early,
        "months": ["2026-09", "2026-10", "2026-11"],
        "cohorts": [
            {"month": "2026-09", "users": 10, "active": [10, 8, 5], "rate": [1.0, 0.8, 0.5]},
            {"month": "2026-10", "users": 30, "active": [30, 15], "rate": [1.0, 0.5]},
            {"month": "2026-11", "users": 0, "active": [0], "rate": [None]},
        ],
    }
    assert finding("retention", "heatmap", answer) == (
        "Через месяц возвращаются 58 %; лучше всех — начавшие в месяц «сентябрь 2026» (80 %)"
    )


def test_a_students_balance_may_be_empty_or_below_zero() -> None:
    answer = copy.deepcopy(answer_of("student_progress", "rich"))
    for lessons, words in ((0, "на балансе 0 уроков"), (1, "на балансе 1 урок"), (-2, "на балансе -2 урока")):
        answer["balance"]["lessons"] = lessons
        assert words in finding("student_progress", "line", answer)


def test_the_overview_says_how_much_more_or_less_it_is() -> None:
    answer = pages.admin_page(School())
    answer["summary"]["lessons"]["completed"] = 21
    answer["previous"]["summary"]["lessons"]["completed"] = 20
    assert finding("dashboard_overview", "bar", answer).startswith("Проведён 21 урок (+5 %), посещаемость ")
    answer["previous"]["summary"]["lessons"]["completed"] = 30
    assert finding("dashboard_overview", "bar", answer, "en").startswith(
        "21 lessons held (−30%), attendance "
    )


def test_a_peak_that_is_not_the_only_one_is_not_called_the_best() -> None:
    assert "больше всего" not in finding("revenue_trends", "line", paid("5.00", "5.00", "1.00"))
    assert "больше всего" not in finding("revenue_trends", "line", paid("5.00"))


def test_weeks_and_months_are_named_as_such() -> None:
    assert "неделя с " in finding("lesson_completion", "bar", "weeks")
    assert " 202" in finding("lesson_completion", "bar", "months").split("больше всего пропусков — ")[1]


def test_the_text_form_has_the_finding_and_blocks_no_wider_than_a_phone() -> None:
    for chart, kind in (
        ("lesson_completion", "bar"),
        ("tutor_earnings", "pie"),
        ("user_activity", "heatmap"),
    ):
        figure = drawn(chart, kind)
        title, sentence, *rest = figure["layout"]["meta"]["text"].split("\n")
        assert title == figure["layout"]["meta"]["title"]
        assert sentence == f"{figure['layout']['meta']['finding']}."
        assert rest
        assert max(map(len, rest)) <= 34


def test_the_alternative_text_says_kind_axes_finding_and_extremes() -> None:
    alt = said(drawn("lesson_completion", "bar"), "alt")
    for words in ("Столбчатая диаграмма", "По горизонтали — время", "Проведено", "Проведены: от 0 ("):
        assert words in alt
    assert len(said(drawn("subject_performance", "bar", "hostile"), "alt")) <= 400


def test_to_a_family_the_schools_revenue_is_what_they_paid() -> None:
    answer = answer_of("revenue_trends", "rich")
    theirs = {**answer, "filters": {**answer["filters"], "student_ids": ["s-1"], "tutor_id": None}}
    school, family = (drawn("revenue_trends", "line", each) for each in (answer, theirs))
    assert said(school).startswith("Выручка ")
    assert said(family).startswith("Оплачено ")
    assert said(family, "title") == "Оплата"
    assert "ыручк" not in str(family["layout"]["meta"]["table"]["columns"])
