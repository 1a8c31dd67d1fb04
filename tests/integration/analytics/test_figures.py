"""Figures follow from the events known: whatever their order, their batches, their duplicates."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from lib.testing.simulator.school import events as simulated
from tests.integration.analytics.conftest import Analytics
from tests.integration.analytics.stories import DAY, cloudevent, lesson_at, paid

QUESTIONS = (
    "lessons/stats?from=2026-08-01&to=2026-12-31&granularity=week",
    "payments/summary?from=2026-08-01&to=2026-12-31&tz=Asia/Kolkata",
    "homework/stats?from=2026-08-01&to=2026-12-31&granularity=month&tz=America/New_York",
    "users/activity?from=2026-08-01&to=2026-12-31&granularity=month",
)


@pytest.fixture(scope="module")
def school() -> list[dict[str, Any]]:
    """Two months of a small school."""
    return list(simulated(students=20, days=60, seed=7, until=datetime(2026, 11, 22, tzinfo=UTC)))


def figures(analytics: Analytics) -> str:
    """Everything that is a figure, as text: compared byte by byte."""
    answers = [analytics.ask(question) for question in QUESTIONS]
    for answer in answers:
        answer.pop("as_of")
        answer["receipt"].pop("id")
        answer["receipt"].pop("position")
    return json.dumps(answers)


def in_batches(events: list[Any], size: int) -> list[list[Any]]:
    return [events[i : i + size] for i in range(0, len(events), size)]


def test_any_order_in_any_batches_with_any_duplicates_gives_the_same_bytes(
    school: list[dict[str, Any]], new_analytics: Any
) -> None:
    in_order, backwards, shuffled = new_analytics(), new_analytics(), new_analytics()
    for batch in in_batches(school, 1000):
        in_order.take(batch)
    for batch in in_batches(school[::-1], 500):
        backwards.take(batch)
    copies = school + random.Random(1).choices(school, k=len(school) // 2)
    random.Random(2).shuffle(copies)
    for batch in in_batches(copies, 37):
        shuffled.take(batch)
    expected = figures(in_order)
    assert figures(backwards) == expected
    assert figures(shuffled) == expected
    assert in_order.ask(QUESTIONS[0])["summary"]["completed"] > 50


def test_a_second_copy_is_counted_and_changes_nothing(
    analytics: Analytics, school: list[dict[str, Any]]
) -> None:
    assert analytics.take(school[:300]) == {"accepted": 300, "duplicates": 0, "rejected": []}
    before = figures(analytics)
    assert analytics.take(school[:300]) == {"accepted": 0, "duplicates": 300, "rejected": []}
    assert figures(analytics) == before


def test_a_summary_is_the_sum_of_its_series_and_of_its_parts(
    analytics: Analytics, school: list[dict[str, Any]]
) -> None:
    for batch in in_batches(school, 1000):
        analytics.take(batch)
    lessons = analytics.ask("lessons/stats?from=2026-08-01&to=2026-12-31")
    for part in ("series", "by_subject", "by_tutor", "by_weekday_hour"):
        assert sum(row["scheduled"] for row in lessons[part]) == lessons["summary"]["scheduled"]


def test_a_lesson_counts_on_the_local_day_of_the_zone_that_is_asked_for(analytics: Analytics) -> None:
    analytics.take([lesson_at("2026-11-22T22:30:00Z")])
    moscow = analytics.ask("lessons/stats?from=2026-11-23&to=2026-11-23&tz=Europe/Moscow")
    london = analytics.ask("lessons/stats?from=2026-11-22&to=2026-11-22&tz=Europe/London")
    nepal = analytics.ask("lessons/stats?from=2026-11-23&to=2026-11-23&tz=Asia/Kathmandu")
    assert [a["summary"]["scheduled"] for a in (moscow, london, nepal)] == [1, 1, 1]
    assert moscow["by_weekday_hour"] == [{"weekday": 0, "hour": 1, "scheduled": 1, "completed": 0}]


def test_a_moved_lesson_leaves_no_trace_on_its_old_day_or_subject(analytics: Analytics) -> None:
    analytics.take([lesson_at("2026-11-22T10:00:00Z")])
    moved = {"lesson_id": "L", "starts_at": "2026-11-29T10:00:00Z", "subject": "Химия"}
    analytics.take([cloudevent("lesson.rescheduled", moved, "2026-11-21T00:00:00Z")])
    old_day = analytics.ask("lessons/stats?from=2026-11-22&to=2026-11-22")
    assert (old_day["summary"]["scheduled"], old_day["by_subject"]) == (0, [])
    new_day = analytics.ask("lessons/stats?from=2026-11-29&to=2026-11-29&compare=previous")
    assert [row["subject"] for row in new_day["by_subject"]] == ["Химия"]
    assert new_day["previous"]["summary"]["scheduled"] == 0


def test_money_is_kept_apart_by_currency_and_written_as_decimal_texts(analytics: Analytics) -> None:
    analytics.take(
        [
            paid("p1", "1500.10", "RUB"),
            paid("p2", "0.20", "RUB"),
            paid("p3", "100", "JPY"),
            cloudevent("payment.refunded", {"payment_id": "p1", "student_id": "s", "amount": "500.10"}, DAY),
        ]
    )
    summary = analytics.ask("payments/summary?from=2026-11-20&to=2026-11-20&tz=UTC")["summary"]
    assert summary["RUB"] == {
        "revenue": "1500.30",
        "refunded": "500.10",
        "net": "1000.20",
        "payments": 2,
        "failed": 0,
        "average_payment": "750.15",
        "paying_students": 1,
    }
    assert summary["JPY"]["revenue"] == "100"


def test_each_caller_sees_the_rows_of_their_own(analytics: Analytics) -> None:
    analytics.take([lesson_at("2026-11-22T10:00:00Z"), lesson_at("2026-11-22T11:00:00Z", "M", "s2", "t2")])
    path = "lessons/stats?from=2026-11-22&to=2026-11-22"

    def seen(**who: str) -> int:
        count: int = analytics.ask(path, **who)["summary"]["scheduled"]
        return count

    assert seen(role="admin") == 2
    assert seen(role="tutor", sub="t") == 1
    assert seen(role="student", sub="s2") == 1
    assert seen(role="student", sub="nobody") == 0
    assert seen(role="parent", sub="p") == 0
    foreign = analytics.figures.get(f"/api/v1/analytics/{path}&student_id=s2", role="student", sub="s")
    absent = analytics.figures.get(f"/api/v1/analytics/{path}&student_id=zz", role="student", sub="s")
    assert (foreign.status_code, foreign.data) == (404, absent.data)


def test_an_unchanged_answer_is_a_304_until_an_event_comes(analytics: Analytics) -> None:
    path = "/api/v1/analytics/lessons/stats?from=2026-11-22&to=2026-11-22"
    tag = analytics.figures.get(path).headers["ETag"]
    assert analytics.figures.get(path, headers={"If-None-Match": tag}).status_code == 304
    analytics.take([lesson_at("2026-11-22T10:00:00Z")])
    assert analytics.figures.get(path, headers={"If-None-Match": tag}).status_code == 200
