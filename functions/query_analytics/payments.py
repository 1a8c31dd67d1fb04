"""GET /api/v1/analytics/payments/summary."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from functions.query_analytics.question import Metric, Question
from functions.query_analytics.rows import Groups, Row, Source, grouped, grouped_twice, source
from lib.domain.metrics import mean_money, money
from lib.domain.rollups import PAYMENTS

PAYING = ", count(DISTINCT student_id) FILTER (WHERE payments > 0) AS paying_students"
ROLLUP = source(PAYMENTS)
NAMES = (
    "payment_id, student_id, coalesce(tutor_id, '') AS tutor_id, currency, coalesce(method, '') AS method, "
    "coalesce(subject, '') AS subject"
)
# What the roll-up doesn't tell apart: subjects.
FACTS = Source(
    f"(SELECT processed_at AS slot, {NAMES}, 1 AS payments, amount AS revenue, 0 AS refunds, 0 AS refunded, "  # noqa: S608 - our names only
    "0 AS failed FROM payments WHERE processed_at IS NOT NULL "
    f"UNION ALL SELECT CAST(back ->> 'at' AS timestamptz), {NAMES}, 0, 0, 1, CAST(back ->> 'amount' AS numeric), 0 "
    "FROM payments, jsonb_array_elements(refunds) AS back WHERE refunded_at IS NOT NULL "
    f"UNION ALL SELECT failed_at, {NAMES}, 0, 0, 0, 0, 1 FROM payments WHERE failed_at IS NOT NULL) AS facts",
    ("payment_id", "student_id", "tutor_id", "currency", "method", "subject"),
    ROLLUP.counts,
)


def figures(row: Row | None, currency: str) -> dict[str, Any]:
    """One row of sums in one currency → the figures of the contract, money as decimal texts."""
    revenue, refunded = (Decimal(row[name]) if row else Decimal(0) for name in ("revenue", "refunded"))
    payments = int(row["payments"]) if row else 0
    return {
        "revenue": money(revenue, currency),
        "refunded": money(refunded, currency),
        "net": money(revenue - refunded, currency),
        "payments": payments,
        "failed": int(row["failed"]) if row else 0,
        "average_payment": mean_money(revenue, payments, currency),
        "paying_students": int(row["paying_students"]) if row else 0,
    }


def summary(conn: Connection, question: Question) -> dict[str, Any]:
    """Money by the local day of the payment; one object per currency met, never a sum over currencies."""
    sets = [("currency",), ("currency", "bucket"), ("currency", "method"), ("currency", "tutor_id")]
    rows = grouped(conn, _source(question), question, sets=sets, extra=PAYING)
    subjects = grouped(conn, FACTS, question, sets=[("currency", "subject")], extra=PAYING)
    return {
        "summary": by_currency(rows),
        "series": by_bucket(rows, question),
        "by_method": _by(rows[("currency", "method")], "method"),
        "by_tutor": _by(rows[("currency", "tutor_id")], "tutor_id"),
        "by_subject": _by(subjects[("currency", "subject")], "subject"),
    }


SUMMARY = Metric("payments.summary", summary, dated=("payments",))


def headline(conn: Connection, question: Question) -> dict[str, Any]:
    """The summary alone."""
    return by_currency(grouped(conn, _source(question), question, sets=[("currency",)], extra=PAYING))


def both_halves(conn: Connection, question: Question, sets: list[tuple[str, ...]]) -> tuple[Groups, Groups]:
    """(before, now) of the money, from one statement."""
    return grouped_twice(conn, _source(question), question, sets=sets, extra=PAYING)


def _source(question: Question) -> Source:
    return ROLLUP if question.filters.subject is None else FACTS


def by_currency(rows: Groups) -> dict[str, Any]:
    """The figures of each currency met."""
    return {row["currency"]: figures(row, row["currency"]) for row in rows[("currency",)]}


def by_bucket(rows: Groups, question: Question) -> list[dict[str, Any]]:
    """One object a bucket, with the figures of every currency met in the period."""
    currencies = [row["currency"] for row in rows[("currency",)]]
    found = {(row["bucket"], row["currency"]): row for row in rows[("bucket", "currency")]}
    return [
        {"date": day.isoformat(), **{code: figures(found.get((i, code)), code) for code in currencies}}
        for i, day in enumerate(question.period.buckets(question.granularity))
    ]


def _by(rows: Iterable[Row], name: str) -> list[dict[str, Any]]:
    grouped_rows: dict[str, dict[str, Any]] = {}
    for row in rows:
        grouped_rows.setdefault(row[name], {name: row[name]})[row["currency"]] = figures(row, row["currency"])
    return [grouped_rows[key] for key in sorted(grouped_rows)]
