"""A whole school is read from coarse roll-ups, one tutor's rows from fine ones: the figures are the same."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from functions.query_analytics import lessons
from functions.query_analytics.question import Filters, Question
from lib.domain.periods import Period
from lib.testing.simulator.school import events as simulated
from tests.integration.analytics.conftest import Analytics

END = datetime(2026, 11, 22, tzinfo=UTC)
ZONES = ("UTC", "Europe/Moscow", "Asia/Kathmandu", "America/New_York", "Pacific/Apia")


@pytest.fixture(scope="module")
def school() -> list[dict[str, Any]]:
    """Two months of a small school."""
    return list(simulated(students=25, days=60, seed=11, until=END))


def test_figures_of_all_students_are_those_of_the_school(
    analytics: Analytics, school: list[dict[str, Any]]
) -> None:
    for start in range(0, len(school), 1000):
        analytics.take(school[start : start + 1000])
    with create_engine(analytics.door.settings.database_url).connect() as conn:
        everybody = [row[0] for row in conn.execute(text("SELECT DISTINCT student_id FROM lesson_rollup"))]
        for tz in ZONES:
            for days in (1, 2, 9, 40):
                last = (END - timedelta(days=5)).date()
                period = Period(last - timedelta(days=days - 1), last, tz)
                coarse, fine = (
                    lessons.stats(conn, Question(period, "day", Filters(student_ids=students), END))
                    for students in (None, everybody)
                )
                assert coarse == fine, (tz, days)
                assert coarse["summary"]["scheduled"] > 0 or days < 3


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-01T00:00Z", "2026-11-03T00:00Z", ("2026-11-01", "2026-11-03")),
        ("2026-10-31T21:00Z", "2026-11-02T21:00Z", ("2026-11-01", "2026-11-02")),
        ("2026-10-31T21:00Z", "2026-11-01T21:00Z", ("2026-11-01", "2026-11-01")),
        ("2026-11-01T05:00Z", "2026-11-01T06:00Z", ("2026-11-02", "2026-11-02")),
    ],
)
def test_whole_days_are_those_that_begin_and_end_inside(
    start: str, end: str, expected: tuple[str, str]
) -> None:
    first, last = lessons.whole_days(datetime.fromisoformat(start), datetime.fromisoformat(end))
    assert (first.date().isoformat(), last.date().isoformat()) == expected
