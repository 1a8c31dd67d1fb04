"""GET /api/v1/analytics/users/retention."""

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from functions.query_analytics.people import about_people
from functions.query_analytics.question import Metric, Question
from functions.query_analytics.rows import conditions_of
from functions.query_analytics.users import ROLLUP
from lib.domain.metrics import ratio
from lib.domain.periods import Period


def retention(conn: Connection, question: Question) -> dict[str, Any]:
    """Cohorts by the local month of a user's first action ever, over the whole months that the period touches.

    `active[k]` counts who did something in the k-th month after; `active[0]` is the cohort itself.
    """
    period = whole_months(question.period)
    asked = about_people(conn, question).over(period)
    months = [day.isoformat()[:7] for day in period.buckets("month")]
    seen = _seen(conn, asked)
    cohorts = [
        _cohort(month, [seen[(i, k)] for k in range(i, len(months))]) for i, month in enumerate(months)
    ]
    return {"months": months, "cohorts": cohorts}


# A first action is the first of all time.
RETENTION = Metric("users.retention", retention, undated=("users", "lessons"))


def whole_months(period: Period) -> Period:
    """From the first day of the first month to the last day of the last one."""
    next_month = (period.last.replace(day=1) + timedelta(days=32)).replace(day=1)
    return Period(period.first.replace(day=1), next_month - timedelta(days=1), period.tz)


def _seen(conn: Connection, question: Question) -> Counter[tuple[int, int]]:
    """How many users began in a month and did something in another, by (month, month), 0-based."""
    conditions, values = conditions_of(ROLLUP, question.filters)
    period = question.period
    statement = text(
        "WITH done AS (SELECT user_id, slot FROM activity_rollup "  # noqa: S608 - our names only
        f"WHERE actions > 0 AND slot < :end{conditions}), "
        "began AS (SELECT user_id, min(slot) AS slot FROM done GROUP BY user_id HAVING min(slot) >= :start), "
        "months AS (SELECT DISTINCT user_id, width_bucket(done.slot, CAST(:bounds AS timestamptz[])) - 1 AS month, "
        "width_bucket(began.slot, CAST(:bounds AS timestamptz[])) - 1 AS first FROM done JOIN began USING (user_id)) "
        "SELECT first, month, count(*) AS users FROM months GROUP BY first, month"
    )
    values |= {"start": period.start, "end": period.end, "bounds": period.bounds("month")}
    rows = conn.execute(statement, values)
    return Counter({(row.first, row.month): row.users for row in rows})


def _cohort(month: str, active: list[int]) -> dict[str, Any]:
    users = active[0]
    rates = [ratio(each, users) for each in active]
    return {"month": month, "users": users, "active": active, "rate": rates}
