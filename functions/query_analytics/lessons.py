"""GET /api/v1/analytics/lessons/stats."""

from collections import defaultdict
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from functions.query_analytics.rows import Filters, Row, conditions_of, grouped, series
from lib.domain.metrics import ratio
from lib.domain.periods import Granularity, Period
from lib.domain.rollups import LESSONS

COUNTS = (
    "scheduled",
    "completed",
    "cancelled",
    "excused",
    "unexcused",
    "minutes",
    "confirmed",
    "reschedule_asked",
    "declined",
)


def figures(row: Row | None) -> dict[str, Any]:
    """One row of sums → the figures of the contract; of nothing, zeros and nulls."""
    counts = {name: int(row[name]) if row else 0 for name in COUNTS}
    held = counts["completed"] + counts["excused"] + counts["unexcused"]
    return {
        **counts,
        "attendance_rate": ratio(counts["completed"], held),
        "average_rating": ratio(row["rating_sum"], row["ratings"]) if row else None,
    }


def stats(conn: Connection, period: Period, granularity: Granularity, filters: Filters) -> dict[str, Any]:
    """Lessons by the local day they start on."""
    sets: list[tuple[str, ...]] = [(), ("bucket",), ("subject",), ("tutor_id",)]
    rows = grouped(conn, LESSONS, period, granularity, filters, sets=sets)
    return {
        "summary": figures(rows[()][0]),
        "series": series(period, granularity, rows[("bucket",)], figures),
        "by_subject": [{"subject": row["subject"], **figures(row)} for row in rows[("subject",)]],
        "by_tutor": [{"tutor_id": row["tutor_id"], **figures(row)} for row in rows[("tutor_id",)]],
        "by_weekday_hour": by_weekday_hour(conn, period, filters),
    }


def by_weekday_hour(conn: Connection, period: Period, filters: Filters) -> list[dict[str, int]]:
    """Lessons by local weekday (0 = Monday) and hour (0–23) of their start; empty cells are left out."""
    conditions, values = conditions_of(LESSONS, filters)
    statement = (
        "SELECT slot, sum(scheduled) AS scheduled, sum(completed) AS completed FROM lesson_rollup "  # noqa: S608 - conditions hold our names only
        f"WHERE slot >= :start AND slot < :end{conditions} GROUP BY slot"
    )
    zone = ZoneInfo(period.tz)
    cells: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for row in conn.execute(text(statement), {**values, "start": period.start, "end": period.end}):
        local = row.slot.astimezone(zone)
        cell = cells[(local.weekday(), local.hour)]
        cell[0] += row.scheduled
        cell[1] += row.completed
    return [
        {"weekday": weekday, "hour": hour, "scheduled": cell[0], "completed": cell[1]}
        for (weekday, hour), cell in sorted(cells.items())
        if any(cell)
    ]
