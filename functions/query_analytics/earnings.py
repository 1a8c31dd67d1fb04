"""GET /api/v1/analytics/tutors/earnings."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from functions.query_analytics.question import Metric, Question
from functions.query_analytics.rows import Row, Source, grouped
from lib.domain.entities.payments import DEFAULT_CURRENCY
from lib.domain.metrics import money

TUTORS = ", count(DISTINCT tutor_id) FILTER (WHERE tutor_id <> '') AS tutors"
TAUGHT = Source(
    "(SELECT starts_at AS slot, coalesce(tutor_id, '') AS tutor_id, student_id, coalesce(subject, '') AS subject, "  # noqa: S608
    f"coalesce(currency, '{DEFAULT_CURRENCY}') AS currency, 1 AS completed, "
    "coalesce(actual_minutes, duration_minutes) AS minutes, coalesce(price, 0) AS earned, "
    "CASE WHEN price IS NULL THEN 1 ELSE 0 END AS unpriced "
    "FROM lessons WHERE NOT deleted AND outcome = 'attended') AS taught",
    ("tutor_id", "student_id", "subject", "currency"),
    ("completed", "minutes", "earned", "unpriced"),
)


def figures(row: Row | None, currency: str) -> dict[str, Any]:
    """One row of sums in one currency; `unpriced` lessons are completed and add nothing to `earned`."""
    return {
        "completed": int(row["completed"]) if row else 0,
        "minutes": int(row["minutes"]) if row else 0,
        "earned": money(Decimal(row["earned"]) if row else Decimal(0), currency),
        "unpriced": int(row["unpriced"]) if row else 0,
    }


def _total(row: Row) -> dict[str, Any]:
    return {**figures(row, row["currency"]), "tutors": int(row["tutors"])}


def earnings(conn: Connection, question: Question) -> dict[str, Any]:
    """The prices of completed lessons by tutor and currency, by the local day the lessons start on."""
    sets = [("currency",), ("bucket", "currency"), ("currency", "tutor_id")]
    rows = grouped(conn, TAUGHT, question, sets=sets, extra=TUTORS)
    by_tutor: dict[str, dict[str, Any]] = {}
    for row in rows[("currency", "tutor_id")]:
        one = by_tutor.setdefault(row["tutor_id"], {"tutor_id": row["tutor_id"]})
        one[row["currency"]] = figures(row, row["currency"])
    return {
        "summary": {row["currency"]: _total(row) for row in rows[("currency",)]},
        "series": _series(question, rows[("bucket", "currency")]),
        "by_tutor": [by_tutor[tutor] for tutor in sorted(by_tutor)],
    }


EARNINGS = Metric("tutors.earnings", earnings, dated=("lessons",))


def headline(conn: Connection, question: Question) -> dict[str, Any]:
    """The summary alone."""
    rows = grouped(conn, TAUGHT, question, sets=[("currency",)], extra=TUTORS)[("currency",)]
    return {row["currency"]: _total(row) for row in rows}


def _series(question: Question, rows: list[Row]) -> list[dict[str, Any]]:
    found = {(row["bucket"], row["currency"]): row for row in rows}
    currencies = sorted({row["currency"] for row in rows})
    return [
        {"date": day.isoformat(), **{code: figures(found.get((i, code)), code) for code in currencies}}
        for i, day in enumerate(question.period.buckets(question.granularity))
    ]
