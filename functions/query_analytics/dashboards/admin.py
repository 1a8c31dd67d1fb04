"""The page of the whole school, from coarse roll-ups, one statement a family.

Who was active, and what was taught and never billed, are asked for apart: both have to look at every person
or every lesson, and this page is asked for first thing and often.
"""

from typing import Any

from sqlalchemy import Connection

from functions.query_analytics import agenda, lessons, payments, users
from functions.query_analytics.dashboards.common import previous
from functions.query_analytics.question import Metric, Question
from functions.query_analytics.rows import Groups, Row, named, only, series

TOP = 10
HEADLINE: list[tuple[str, ...]] = [(), ("bucket",), ("subject",)]
MONEY: list[tuple[str, ...]] = [("currency",), ("bucket", "currency")]


def page(conn: Connection, question: Question) -> dict[str, Any]:
    """Headline figures with the previous period's, lessons and revenue by bucket, the best tutors, the leaks."""
    taught = lessons.both_halves(conn, question, HEADLINE)
    paid = payments.both_halves(conn, question, MONEY)
    people = users.both_counts(conn, question)
    return {
        "summary": _summary(taught[1], paid[1], people[1]),
        "previous": previous(question, _summary(taught[0], paid[0], people[0])),
        "series": series(question, taught[1][("bucket",)], lessons.figures),
        "revenue": payments.by_bucket(paid[1], question),
        "by_subject": named(taught[1][("subject",)], "subject", lessons.figures),
        "top_tutors": named(_best(lessons.tutor_rows(conn, question)), "tutor_id", lessons.figures),
        "by_weekday_hour": lessons.by_weekday_hour(conn, question),
        "leaks": {"taught_not_marked": agenda.count_unmarked(conn, question)},
    }


PAGE = Metric(
    "dashboard.admin",
    page,
    dated=("lessons", "payments", "users"),
    undated=("users",),
    clock=True,
    previous=True,
)


def _summary(taught: Groups, paid: Groups, people: dict[str, int]) -> dict[str, Any]:
    return {
        "lessons": lessons.figures(only(taught[()])),
        "payments": payments.by_currency(paid),
        "users": people,
    }


def _best(rows: list[Row]) -> list[Row]:
    """The most lessons completed first; equals by id. Lessons without a tutor are nobody's."""
    known = (row for row in rows if row["tutor_id"])
    return sorted(known, key=lambda row: (-row["completed"], row["tutor_id"]))[:TOP]
