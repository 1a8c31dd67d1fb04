"""GET /api/v1/analytics/payments/summary/rows."""

from dataclasses import replace

from functions.query_analytics.drill.figure import Figure
from functions.query_analytics.question import Filters
from functions.query_analytics.rows import Source

PEOPLE = ("student_id", "tutor_id")
NAMES = "payment_id, student_id, tutor_id, coalesce(subject, '') AS subject, currency, method"
PAID = (
    f"SELECT processed_at AS slot, 'paid/' || payment_id AS key, {NAMES}, lessons, amount "  # noqa: S608 - our names only
    "FROM payments WHERE processed_at IS NOT NULL"
)
FAILED = f"SELECT failed_at AS slot, payment_id AS key, {NAMES} FROM payments WHERE failed_at IS NOT NULL"  # noqa: S608
# The roll-up knows each refund's own day, to the quarter of an hour; the payment knows its subject.
REFUNDS = (
    "SELECT slot, 'back/' || jsonb_build_array(tutor_id, student_id, currency, method)::text AS key, "
    "NULL AS payment_id, student_id, tutor_id, NULL AS subject, currency, method, NULL::integer AS lessons, "
    "-refunded AS amount FROM payment_rollup WHERE refunds > 0"
)
REFUNDS_OF_SUBJECT = (
    f"SELECT refunded_at AS slot, 'back/' || payment_id AS key, {NAMES}, NULL::integer AS lessons, "  # noqa: S608
    "-refunded AS amount FROM payments WHERE refunded_at IS NOT NULL"
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


def figures(filters: Filters) -> dict[str, Figure]:
    """By name; a question about one subject takes refunds from the payments, as its figure does."""
    refunds = REFUNDS if filters.subject is None else REFUNDS_OF_SUBJECT
    payers = Figure(Source(f"({PAYERS}) AS p", ("student_id",), ()), per_currency=True)
    paid = Figure(_source(PAID), per_currency=True)
    return {
        "payments": paid,
        "revenue": _money(PAID, "sum(amount)"),
        "refunded": _money(refunds, "-sum(amount)"),
        "net": _money(f"{PAID} UNION ALL {refunds}", "sum(amount)"),
        "failed": replace(paid, source=_source(FAILED)),
        "average_payment": _money(PAID, "sum(amount)", "count(*)"),
        "paying_students": payers,
    }
