"""GET /api/v1/analytics/overview."""

from typing import Any

from sqlalchemy import Connection

from functions.query_analytics import homework, lessons, materials, payments, users
from functions.query_analytics.question import Metric, Question


def overview(conn: Connection, question: Question) -> dict[str, Any]:
    """The headline figures of all families."""
    return {
        "summary": {
            "lessons": lessons.headline(conn, question),
            "payments": payments.headline(conn, question),
            "homework": homework.headline(conn, question),
            "users": users.headline(conn, question),
            "materials": materials.headline(conn, question),
        }
    }


OVERVIEW = Metric(
    "overview",
    overview,
    dated=("lessons", "payments", "homework", "users", "materials"),
    undated=("lessons", "materials"),
)
