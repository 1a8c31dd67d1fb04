"""GET /api/v1/analytics/users/activity."""

from collections import defaultdict
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from functions.query_analytics.people import about_people
from functions.query_analytics.question import Metric, Question
from functions.query_analytics.rows import (
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
from lib.domain.rollups import ACTIVITY

COUNTS = ("registered", "logins", "deactivated")
ACTIVE = ", count(DISTINCT user_id) FILTER (WHERE actions > 0) AS active"
ROLLUP = source(ACTIVITY)
# Summed up by user first: to tell users apart in every group of a long table costs a sort of it.
WITH_ROLES = Source(
    "(SELECT a.*, coalesce(u.role, 'unknown') AS role FROM (SELECT user_id, max(slot) AS slot, "
    "sum(registered) AS registered, sum(logins) AS logins, sum(actions) AS actions, sum(deactivated) AS deactivated "
    "FROM activity_rollup WHERE slot >= :start AND slot < :end GROUP BY user_id) a LEFT JOIN users u USING (user_id)"
    ") AS done",
    ("user_id", "role"),
    ROLLUP.counts,
)
JOINED = Source(
    "(SELECT registered_at AS slot, user_id, 1 AS registered, 0 AS deactivated FROM users "
    "WHERE registered_at IS NOT NULL UNION ALL SELECT deactivated_at, user_id, 0, 1 FROM users "
    "WHERE deactivated_at IS NOT NULL) AS people",
    ("user_id",),
    ("registered", "deactivated"),
)


def figures(row: Row | None) -> dict[str, int]:
    """One row of sums → registered, active (distinct users), logins, deactivated."""
    return {name: int(row[name]) if row else 0 for name in ("registered", "active", *COUNTS[1:])}


def activity(conn: Connection, question: Question) -> dict[str, Any]:
    """Users by the local day of what they did. Subjects are not told apart: a login has none."""
    asked = about_people(conn, question)
    rows = grouped(conn, ROLLUP, asked, sets=[("bucket",)], extra=ACTIVE)
    roles = grouped(conn, WITH_ROLES, asked, sets=[(), ("role",)], extra=ACTIVE)
    return {
        "summary": figures(only(roles[()])),
        "series": series(asked, rows[("bucket",)], figures),
        "by_role": named(roles[("role",)], "role", figures),
        "heatmap": _heatmap(conn, asked),
    }


# Whose students a tutor has follows from the lessons of all time.
STATS = Metric("users.activity", activity, dated=("users",), undated=("users", "lessons"))


def headline(conn: Connection, question: Question) -> dict[str, Any]:
    """The summary alone."""
    asked = about_people(conn, question)
    return figures(only(grouped(conn, WITH_ROLES, asked, sets=[()], extra=ACTIVE)[()]))


def both_counts(conn: Connection, question: Question) -> tuple[dict[str, int], dict[str, int]]:
    """(before, now): who registered and who was deactivated, without the actions of everybody."""
    rows = grouped_twice(conn, JOINED, about_people(conn, question), sets=[()])
    return _joined(only(rows[0][()])), _joined(only(rows[1][()]))


def _joined(row: Row | None) -> dict[str, int]:
    return {name: int(row[name]) if row else 0 for name in JOINED.counts}


def _heatmap(conn: Connection, question: Question) -> list[dict[str, int]]:
    """Actions by local weekday (0 = Monday) and hour; empty cells are left out."""
    conditions, values = conditions_of(ROLLUP, question.filters)
    statement = (
        "SELECT slot, sum(actions) AS actions FROM activity_rollup "  # noqa: S608 - our names only
        f"WHERE slot >= :start AND slot < :end{conditions} GROUP BY slot"
    )
    period = question.period
    zone = ZoneInfo(period.tz)
    cells: dict[tuple[int, int], int] = defaultdict(int)
    for row in conn.execute(text(statement), {**values, "start": period.start, "end": period.end}):
        local = row.slot.astimezone(zone)
        cells[(local.weekday(), local.hour)] += row.actions
    return [{"weekday": w, "hour": h, "actions": n} for (w, h), n in sorted(cells.items()) if n]
