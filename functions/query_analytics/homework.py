"""GET /api/v1/analytics/homework/stats."""

from typing import Any

from sqlalchemy import Connection

from functions.query_analytics.rows import Filters, Row, grouped, series
from lib.domain.metrics import ratio
from lib.domain.periods import Granularity, Period
from lib.domain.rollups import HOMEWORK

COUNTS = ("assigned", "submitted", "graded", "overdue")


def figures(row: Row | None) -> dict[str, Any]:
    """One row of sums → the figures of the contract."""
    return {
        **{name: int(row[name]) if row else 0 for name in COUNTS},
        "on_time_rate": ratio(row["on_time"], row["with_due"]) if row else None,
        "average_score_percent": ratio(row["score_percent"], row["graded"]) if row else None,
    }


def stats(conn: Connection, period: Period, granularity: Granularity, filters: Filters) -> dict[str, Any]:
    """Homework by the local day of each fact: assigned, handed in, graded, overdue."""
    sets: list[tuple[str, ...]] = [(), ("bucket",), ("subject",), ("student_id",)]
    rows = grouped(conn, HOMEWORK, period, granularity, filters, sets=sets)
    return {
        "summary": figures(rows[()][0]),
        "series": series(period, granularity, rows[("bucket",)], figures),
        "by_subject": [{"subject": row["subject"], **figures(row)} for row in rows[("subject",)]],
        "by_student": [{"student_id": row["student_id"], **figures(row)} for row in rows[("student_id",)]],
    }
