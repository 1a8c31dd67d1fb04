"""GET /api/v1/analytics/payments/summary/rows."""

from dataclasses import replace

from functions.query_analytics.drill.figure import Figure
from functions.query_analytics.rows import Source

PEOPLE = ("student_id", "tutor_id")
NAMES = "payment_id, student_id, tutor_id, coalesce(subject, '') AS subject, currency, method"
PAID = (
    f"SELECT processed_at AS slot, 'paid/' || payment_id AS key, {NAMES}, lessons, amount "  # noqa: S608 - our names only
    "FROM payments WHERE processed_at IS NOT NULL"
)
FAILED = f"SELECT failed_at AS slot, payment_id AS key, {NAMES} FROM payments WHERE failed_at IS NOT NULL"  # noqa: S608
REFUNDS = (
    f"SELECT CAST(back ->> 'at' AS timestamptz) AS slot, 'back/' || payment_id || '/' || n AS key, {NAMES}, "  # noqa: S608
    "NULL::integer AS lessons, -CAST(back ->> 'amount' AS numeric) AS amount "
    "FROM payments, jsonb_array_elements(refunds) WITH ORDINALITY AS each(back, n) WHERE refunded_at IS NOT NULL"
)
PAYERS = (
    "SELECT max(processed_at) AS slot, jsonb_build_array(student_id, currency)::text AS key, student_id, currency, "
    "count(*) AS payments, sum(amount) AS amount FROM payments WHERE processed_at >= :start AND processed_at < :end "
    "AND (CAST(:of_tutor AS text) IS NULL OR tutor_id = :of_tutor) "
    "AND (CAST(:of_subject AS text) IS NULL OR coalesce(subject, '') = :of_subject) GROUP BY student_id, currency"
)


def _source(sql: str) -> Source:
    return Source(f"({sql}) AS p", (*PEOPLE, "subject"), ())


def _money(sql: str, part: str, whole: str | None = None) -> Figure:
    return Figure(_source(sql), part=part, whole=whole, per_currency=True, is_money=True)


_PAID = Figure(_source(PAID), per_currency=True)
FIGURES = {
    "payments": _PAID,
    "revenue": _money(PAID, "sum(amount)"),
    "refunded": _money(REFUNDS, "-sum(amount)"),
    "net": _money(f"{PAID} UNION ALL {REFUNDS}", "sum(amount)"),
    "failed": replace(_PAID, source=_source(FAILED)),
    "average_payment": _money(PAID, "sum(amount)", "count(*)"),
    "paying_students": Figure(Source(f"({PAYERS}) AS p", ("student_id",), ()), per_currency=True),
}
