"""GET /api/v1/analytics/homework/stats."""

from typing import Any

from sqlalchemy import Connection

from functions.query_analytics.question import Metric, Question
from functions.query_analytics.rows import Row, grouped, named, only, series, source
from lib.domain.metrics import ratio
from lib.domain.rollups import HOMEWORK

COUNTS = ("assigned", "submitted", "graded", "overdue")
ROLLUP = source(HOMEWORK)


def figures(row: Row | None) -> dict[str, Any]:
    """One row of sums → the figures of the contract."""
    return {
        **{name: int(row[name]) if row else 0 for name in COUNTS},
        "on_time_rate": ratio(row["on_time"], row["with_due"]) if row else None,
        "average_score_percent": ratio(row["score_percent"], row["graded"]) if row else None,
    }


def stats(conn: Connection, question: Question) -> dict[str, Any]:
    """Homework by the local day of each fact: assigned, handed in, graded, overdue."""
    sets: list[tuple[str, ...]] = [(), ("bucket",), ("subject",), ("student_id",)]
    rows = grouped(conn, ROLLUP, question, sets=sets)
    return {
        "summary": figures(only(rows[()])),
        "series": series(question, rows[("bucket",)], figures),
        "by_subject": named(rows[("subject",)], "subject", figures),
        "by_student": named(rows[("student_id",)], "student_id", figures),
    }


STATS = Metric("homework.stats", stats, dated=("homework",))


def headline(conn: Connection, question: Question) -> dict[str, Any]:
    """The summary alone."""
    return figures(only(grouped(conn, ROLLUP, question, sets=[()])[()]))
