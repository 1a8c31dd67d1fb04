"""GET /api/v1/analytics/payments/summary."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from functions.query_analytics.rows import Filters, Row, grouped
from lib.domain.metrics import mean_money, money
from lib.domain.periods import Granularity, Period
from lib.domain.rollups import PAYMENTS

PAYING = ", count(DISTINCT student_id) FILTER (WHERE payments > 0) AS paying_students"


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


def summary(conn: Connection, period: Period, granularity: Granularity, filters: Filters) -> dict[str, Any]:
    """Money by the local day of the payment; one object per currency met, never a sum over currencies."""
    sets = [("currency",), ("currency", "bucket"), ("currency", "method"), ("currency", "tutor_id")]
    rows = grouped(conn, PAYMENTS, period, granularity, filters, sets=sets, extra=PAYING)
    totals = rows[("currency",)]
    currencies = [row["currency"] for row in totals]
    return {
        "summary": {row["currency"]: figures(row, row["currency"]) for row in totals},
        "series": _series(rows[("bucket", "currency")], period, granularity, currencies),
        "by_method": _by(rows[("currency", "method")], "method"),
        "by_tutor": _by(rows[("currency", "tutor_id")], "tutor_id"),
    }


def _series(
    rows: Iterable[Row], period: Period, granularity: Granularity, currencies: list[str]
) -> list[Any]:
    found = {(row["bucket"], row["currency"]): row for row in rows}
    return [
        {"date": day.isoformat(), **{code: figures(found.get((i, code)), code) for code in currencies}}
        for i, day in enumerate(period.buckets(granularity))
    ]


def _by(rows: Iterable[Row], name: str) -> list[dict[str, Any]]:
    grouped_rows: dict[str, dict[str, Any]] = {}
    for row in rows:
        grouped_rows.setdefault(row[name], {name: row[name]})[row["currency"]] = figures(row, row["currency"])
    return [grouped_rows[key] for key in sorted(grouped_rows)]
