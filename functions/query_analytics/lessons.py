"""GET /api/v1/analytics/lessons/stats."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from functions.query_analytics.question import Metric, Question
from functions.query_analytics.rows import (
    Groups,
    Row,
    Source,
    conditions_of,
    grouped,
    grouped_twice,
    named,
    only,
    series,
    source,
)
from lib.domain.metrics import ratio
from lib.domain.rollups import LESSON_DAYS, LESSON_SLOTS, LESSONS

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
FINE, SLOTS = source(LESSONS), source(LESSON_SLOTS)


def figures(row: Row | None) -> dict[str, Any]:
    """One row of sums → the figures of the contract; of nothing, zeros and nulls."""
    counts = {name: int(row[name]) if row else 0 for name in COUNTS}
    held = counts["completed"] + counts["excused"] + counts["unexcused"]
    return {
        **counts,
        "attendance_rate": ratio(counts["completed"], held),
        "average_rating": ratio(row["rating_sum"], row["ratings"]) if row else None,
    }


def stats(conn: Connection, question: Question) -> dict[str, Any]:
    """Lessons by the local day they start on."""
    rows = grouped(conn, source_of(question), question, sets=[(), ("bucket",), ("subject",)])
    return {
        "summary": figures(only(rows[()])),
        "series": series(question, rows[("bucket",)], figures),
        "by_subject": named(rows[("subject",)], "subject", figures),
        "by_tutor": by_tutor(conn, question),
        "by_weekday_hour": by_weekday_hour(conn, question),
    }


STATS = Metric("lessons.stats", stats, dated=("lessons",))


def headline(conn: Connection, question: Question) -> dict[str, Any]:
    """The summary alone."""
    return figures(only(grouped(conn, source_of(question), question, sets=[()])[()]))


def both_halves(conn: Connection, question: Question, sets: list[tuple[str, ...]]) -> tuple[Groups, Groups]:
    """(before, now) of the lessons, from one statement."""
    return grouped_twice(conn, source_of(question), question, sets=sets)


def source_of(question: Question) -> Source:
    """The coarsest roll-up that still knows whom the question is about."""
    filters = question.filters
    return SLOTS if filters.tutor_id is None and filters.student_ids is None else FINE


def by_tutor(conn: Connection, question: Question) -> list[dict[str, Any]]:
    """Lessons of each tutor, by id."""
    return named(tutor_rows(conn, question), "tutor_id", figures)


def tutor_rows(conn: Connection, question: Question) -> list[Row]:
    """Sums by tutor. A whole school is read by days; only the two ends of the period are cut finer."""
    if source_of(question) is FINE or question.filters.subject is not None:
        return grouped(conn, FINE, question, sets=[("tutor_id",)])[("tutor_id",)]
    return grouped(conn, _by_days(question), question, sets=[("tutor_id",)])[("tutor_id",)]


def _by_days(question: Question) -> Source:
    """Whole UTC days from the roll-up of days; its day begins where its slots do, in UTC."""
    first, last = whole_days(question.period.start, question.period.end)
    names = ", ".join(LESSONS.counts)
    # Literals: these are our own instants, and a second set of parameters would say the same.
    days = f"day >= DATE '{first:%Y-%m-%d}' AND day < DATE '{last:%Y-%m-%d}'"
    ends = f"SELECT slot, tutor_id, {names} FROM lesson_rollup WHERE slot"  # noqa: S608 - our names only
    sql = (
        f"(SELECT day::timestamp AT TIME ZONE 'UTC' AS slot, tutor_id, {names} FROM lesson_days WHERE {days} "  # noqa: S608
        f"UNION ALL {ends} < TIMESTAMPTZ '{first.isoformat()}' "
        f"UNION ALL {ends} >= TIMESTAMPTZ '{last.isoformat()}') AS parts"
    )
    return Source(sql, ("tutor_id",), tuple(LESSON_DAYS.counts))


def whole_days(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The first and the end of the whole UTC days inside [start, end); the same instant twice when there are none."""
    first = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = first if first == start else first + timedelta(days=1)
    last = end.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return first, max(first, last)


def by_weekday_hour(conn: Connection, question: Question) -> list[dict[str, int]]:
    """Lessons by local weekday (0 = Monday) and hour (0–23) of their start; empty cells are left out."""
    of = source_of(question)
    conditions, values = conditions_of(of, question.filters)
    statement = (
        f"SELECT slot, sum(scheduled) AS scheduled, sum(completed) AS completed FROM {of.sql} "  # noqa: S608 - our names only
        f"WHERE slot >= :start AND slot < :end{conditions} GROUP BY slot"
    )
    period = question.period
    zone = ZoneInfo(period.tz)
    cells: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for slot, scheduled, completed in conn.execute(
        text(statement), {**values, "start": period.start, "end": period.end}
    ):
        local = slot.astimezone(zone)
        cell = cells[(local.weekday(), local.hour)]
        cell[0] += scheduled
        cell[1] += completed
    return [
        {"weekday": weekday, "hour": hour, "scheduled": cell[0], "completed": cell[1]}
        for (weekday, hour), cell in sorted(cells.items())
        if any(cell)
    ]
