"""The rows behind a figure: as many as the figure says, page by page, through the same scope."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from functions.query_analytics import rows_queries
from lib.testing.simulator.school import events as simulated
from tests.integration.analytics.conftest import Analytics
from tests.integration.analytics.facts import attended, fact, lesson, login, payment, refund

PERIOD = "from=2026-10-05&to=2026-11-12&tz=Asia/Yekaterinburg"
FAMILIES: dict[str, type[rows_queries.RowsQuery]] = {
    "lessons/stats": rows_queries.LessonRows,
    "payments/summary": rows_queries.PaymentRows,
    "homework/stats": rows_queries.HomeworkRows,
    "users/activity": rows_queries.UserRows,
    "materials/usage": rows_queries.MaterialRows,
}
COUNTED_OTHERWISE = {"minutes"}
# What charts stack, and no summary has by itself.
NOT_IN_SUMMARY = {"missed", "open"}


@pytest.fixture(scope="module")
def school() -> list[dict[str, Any]]:
    """Two months of a small school."""
    return list(simulated(students=20, days=60, seed=7, until=datetime(2026, 11, 22, tzinfo=UTC)))


def in_currencies(value: dict[str, Any]) -> dict[str, Any]:
    """Without the currencies of which there is nothing."""
    return {code: one for code, one in value.items() if one not in (0, "0.00", None)}


def test_the_rows_make_the_figure_of_every_family_for_everybody(
    analytics: Analytics, school: list[dict[str, Any]]
) -> None:
    for start in range(0, len(school), 1000):
        analytics.take(school[start : start + 1000])
    filters = ("", "&tutor_id=t-1", "&student_id=s-1", "&subject=Физика", "&tutor_id=t-1&student_id=s-3")
    compared = 0
    for path, query in FAMILIES.items():
        for wanted in filters:
            summary = analytics.ask(f"{path}?{PERIOD}{wanted}")["summary"]
            for name in sorted({*get_args(query.model_fields["figure"].annotation)} - NOT_IN_SUMMARY):
                rows = analytics.ask(f"{path}/rows?{PERIOD}{wanted}&figure={name}&limit=1")
                if path == "payments/summary":
                    figure = in_currencies({code: one[name] for code, one in summary.items()})
                    assert in_currencies(rows["value"]) == figure, (path, wanted, name)
                else:
                    assert rows["value"] == summary[name], (path, wanted, name)
                    if isinstance(summary[name], int) and name not in COUNTED_OTHERWISE:
                        assert rows["total"] == summary[name], (path, wanted, name)
                compared += bool(rows["total"])
    assert compared > 80


def pages(analytics: Analytics, path: str, **who: str) -> list[dict[str, Any]]:
    """All rows, three at a time."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = analytics.ask(f"{path}&limit=3" + (f"&cursor={cursor}" if cursor else ""), **who)
        found += page["items"]
        assert len(page["items"]) <= 3
        cursor = page["next_cursor"]
    return found


def test_pages_have_every_row_once_latest_first(analytics: Analytics) -> None:
    same_time = [lesson(f"l{n}", "2026-11-20T10:00:00Z") for n in range(5)]
    analytics.take([*same_time, lesson("z", "2026-11-19T10:00:00Z"), lesson("y", "2026-11-21T10:00:00Z")])
    found = pages(analytics, "lessons/stats/rows?from=2026-11-19&to=2026-11-21")
    assert [row["lesson_id"] for row in found] == ["y", "l4", "l3", "l2", "l1", "l0", "z"]
    assert found[0]["at"] == found[0]["starts_at"] == "2026-11-21T10:00:00Z"


def test_lessons_can_be_picked_by_outcome(analytics: Analytics) -> None:
    analytics.take([lesson("a", "2026-11-20T10:00:00Z"), lesson("b", "2026-11-20T10:00:00Z")])
    analytics.take([fact("lesson.cancelled", "2026-11-20T09:00:00Z", lesson_id="b", reason="болезнь")])
    path = "lessons/stats/rows?from=2026-11-20&to=2026-11-20"
    cancelled = analytics.ask(f"{path}&outcome=cancelled")
    assert (cancelled["total"], cancelled["items"][0]["outcome_reason"]) == (1, "болезнь")
    assert analytics.ask(f"{path}&outcome=unmarked")["items"][0]["lesson_id"] == "a"
    assert analytics.ask(f"{path}&figure=cancelled")["total"] == 1


def test_each_login_and_each_refund_is_a_row_of_its_own(analytics: Analytics) -> None:
    analytics.take(
        [
            *(login("u", f"2026-11-20T10:0{n}:00Z") for n in range(4)),
            payment("p", "2026-11-19T10:00:00Z", "100.00"),
            refund("p", "2026-11-20T10:00:00Z", "10.00"),
            refund("p", "2026-11-21T10:00:00Z", "20.00"),
        ]
    )
    day = "from=2026-11-20&to=2026-11-20"
    assert len(pages(analytics, f"users/activity/rows?{day}&figure=logins")) == 4
    refunds = analytics.ask(f"payments/summary/rows?{day}&figure=refunded")
    assert (refunds["total"], refunds["value"]) == (1, {"RUB": "10.00"})
    net = analytics.ask("payments/summary/rows?from=2026-11-19&to=2026-11-21&figure=net")
    assert (net["total"], net["value"]) == (3, {"RUB": "70.00"})
    assert [row["amount"] for row in net["items"]] == ["-20.00", "-10.00", "100.00"]


def test_rows_pass_through_the_callers_scope(analytics: Analytics) -> None:
    analytics.take(
        [
            lesson("a", "2026-11-20T10:00:00Z"),
            lesson("x", "2026-11-20T10:00:00Z", "foreign-student", "foreign-tutor"),
            attended("x", "2026-11-20T11:00:00Z"),
            payment("fp", "2026-11-20T10:00:00Z", "5.00", "foreign-student", tutor_id="foreign-tutor"),
            login("foreign-student", "2026-11-20T10:00:00Z"),
            fact("homework.assigned", "2026-11-20T10:00:00Z", homework_id="h", student_id="foreign-student"),
            fact("material.created", "2026-11-20T10:00:00Z", material_id="m", tutor_id="t", title="own"),
            fact("material.accessed", "2026-11-20T10:00:00Z", material_id="m", user_id="foreign-student"),
        ]
    )
    for path, query in FAMILIES.items():
        for name in get_args(query.model_fields["figure"].annotation):
            url = f"/api/v1/analytics/{path}/rows?from=2026-11-20&to=2026-11-20&figure={name}"
            assert analytics.figures.get(url).status_code == 200
            for who in (("tutor", "t"), ("student", "s"), ("parent", "p")):
                answer = analytics.figures.get(url, role=who[0], sub=who[1])
                assert answer.status_code == 200
                assert b"foreign" not in answer.data, (path, name, who)
            other = analytics.figures.get(f"{url}&student_id=foreign-student", role="student", sub="s")
            assert other.status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        "figure=nonsense",
        "limit=201",
        "limit=0",
        "cursor=%21%21",
        "cursor=bnVsbA",
        "cursor=WzEsMl0",
        "outcome=lost",
    ],
)
def test_what_is_not_a_page_is_refused_with_400(analytics: Analytics, wrong: str) -> None:
    answer = analytics.figures.get(f"/api/v1/analytics/lessons/stats/rows?{wrong}")
    assert answer.status_code == 400


def test_lessons_missed_and_lessons_without_an_outcome_are_the_rest_of_the_lessons(
    analytics: Analytics, school: list[dict[str, Any]]
) -> None:
    for start in range(0, len(school), 1000):
        analytics.take(school[start : start + 1000])
    summary = analytics.ask(f"lessons/stats?{PERIOD}")["summary"]
    found = {
        name: analytics.ask(f"lessons/stats/rows?{PERIOD}&figure={name}&limit=1")["total"]
        for name in NOT_IN_SUMMARY
    }
    assert found["missed"] == summary["excused"] + summary["unexcused"] > 0
    assert (
        found["open"]
        == summary["scheduled"] - summary["completed"] - found["missed"] - summary["cancelled"]
        > 0
    )


def test_an_hour_of_the_week_has_the_lessons_of_its_cell(
    analytics: Analytics, school: list[dict[str, Any]]
) -> None:
    for start in range(0, len(school), 1000):
        analytics.take(school[start : start + 1000])
    cells = analytics.ask(f"lessons/stats?{PERIOD}")["by_weekday_hour"]
    assert len(cells) > 10
    for cell in cells:
        asked = f"lessons/stats/rows?{PERIOD}&weekday={cell['weekday']}&hour={cell['hour']}&limit=1"
        assert analytics.ask(asked)["total"] == cell["scheduled"]


def test_an_hour_that_comes_twice_is_one_cell_and_one_that_is_left_out_is_none(analytics: Analytics) -> None:
    # In Berlin the clock went from 3 back to 2 on 25 October 2026 and from 2 on to 3 on 29 March.
    analytics.take([lesson("a", "2026-10-25T00:30:00Z"), lesson("b", "2026-10-25T01:30:00Z")])
    analytics.take([lesson("c", "2026-03-29T01:10:00Z")])
    autumn = "lessons/stats/rows?from=2026-10-20&to=2026-10-30&tz=Europe/Berlin&weekday=6"
    assert analytics.ask(f"{autumn}&hour=2")["total"] == 2
    assert analytics.ask(f"{autumn}&hour=1")["total"] == 0
    spring = "lessons/stats/rows?from=2026-03-23&to=2026-03-31&tz=Europe/Berlin&weekday=6"
    assert [analytics.ask(f"{spring}&hour={hour}")["total"] for hour in (1, 2, 3)] == [0, 0, 1]


def test_payments_of_one_method_are_those_of_its_part(
    analytics: Analytics, school: list[dict[str, Any]]
) -> None:
    for start in range(0, len(school), 1000):
        analytics.take(school[start : start + 1000])
    parts = analytics.ask(f"payments/summary?{PERIOD}")["by_method"]
    assert len(parts) > 1
    for part in parts:
        if not part["method"]:
            continue
        asked = f"payments/summary/rows?{PERIOD}&figure=revenue&currency=RUB&method={part['method']}"
        assert analytics.ask(asked)["value"] == {"RUB": part["RUB"]["revenue"]}
