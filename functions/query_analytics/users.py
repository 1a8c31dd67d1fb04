"""GET /api/v1/analytics/users/activity."""

from collections import defaultdict
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from functions.query_analytics.rows import Filters, Row, conditions_of, grouped, series
from lib.domain.periods import Granularity, Period
from lib.domain.rollups import ACTIVITY

COUNTS = ("registered", "logins", "deactivated")
ACTIVE = ", count(DISTINCT user_id) FILTER (WHERE actions > 0) AS active"


def figures(row: Row | None) -> dict[str, int]:
    """One row of sums → registered, active (distinct users), logins, deactivated."""
    return {name: int(row[name]) if row else 0 for name in ("registered", "active", *COUNTS[1:])}


def activity(conn: Connection, period: Period, granularity: Granularity, filters: Filters) -> dict[str, Any]:
    """Users by the local day of what they did."""
    visible = Filters(student_ids=_people(conn, filters))
    rows = grouped(conn, ACTIVITY, period, granularity, visible, sets=[(), ("bucket",)], extra=ACTIVE)
    return {
        "summary": figures(rows[()][0]),
        "series": series(period, granularity, rows[("bucket",)], figures),
        "by_role": _by_role(conn, period, visible),
        "heatmap": _heatmap(conn, period, visible),
    }


def _people(conn: Connection, filters: Filters) -> list[str] | None:
    """Activity has no tutor: a tutor's users are the tutor and the students of the tutor's lessons."""
    if filters.tutor_id is None:
        return None if filters.student_ids is None else list(filters.student_ids)
    rows = conn.execute(
        text("SELECT DISTINCT student_id FROM lessons WHERE tutor_id = :tutor AND student_id IS NOT NULL"),
        {"tutor": filters.tutor_id},
    )
    people = {filters.tutor_id, *(row.student_id for row in rows)}
    return sorted(people if filters.student_ids is None else people & set(filters.student_ids))


def _by_role(conn: Connection, period: Period, filters: Filters) -> list[dict[str, Any]]:
    conditions, values = conditions_of(ACTIVITY, filters)
    sums = ", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in ACTIVITY.counts)
    statement = (
        f"SELECT coalesce(u.role, 'unknown') AS role, {sums}{ACTIVE} "  # noqa: S608 - our names only
        "FROM activity_rollup LEFT JOIN users u USING (user_id) "
        f"WHERE slot >= :start AND slot < :end{conditions} GROUP BY 1 ORDER BY 1"
    )
    rows = conn.execute(text(statement), {**values, "start": period.start, "end": period.end}).mappings()
    return [{"role": row["role"], **figures(row)} for row in rows]


def _heatmap(conn: Connection, period: Period, filters: Filters) -> list[dict[str, int]]:
    """Actions by local weekday (0 = Monday) and hour; empty cells are left out."""
    conditions, values = conditions_of(ACTIVITY, filters)
    statement = (
        "SELECT slot, sum(actions) AS actions FROM activity_rollup "  # noqa: S608 - our names only
        f"WHERE slot >= :start AND slot < :end{conditions} GROUP BY slot"
    )
    zone = ZoneInfo(period.tz)
    cells: dict[tuple[int, int], int] = defaultdict(int)
    for row in conn.execute(text(statement), {**values, "start": period.start, "end": period.end}):
        local = row.slot.astimezone(zone)
        cells[(local.weekday(), local.hour)] += row.actions
    return [{"weekday": w, "hour": h, "actions": n} for (w, h), n in sorted(cells.items()) if n]
