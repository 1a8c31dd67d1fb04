"""GET /api/v1/analytics/money/leaks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from functions.query_analytics import ledger
from functions.query_analytics.agenda import OVER, where
from functions.query_analytics.ledger import Ledger, Purchase
from functions.query_analytics.question import Filters, Metric, Question
from lib.domain.entities.payments import DEFAULT_CURRENCY
from lib.domain.metrics import money
from lib.domain.money import first_part, in_coins, within

SHOWN = 100
CURRENCY = f"coalesce(l.currency, '{DEFAULT_CURRENCY}')"
LESSON = f"l.lesson_id, l.student_id, l.tutor_id, l.subject, l.starts_at, l.price, {CURRENCY} AS currency, l.outcome"
NO_CHARGE = (
    "NOT EXISTS (SELECT FROM charges c WHERE c.student_id = l.student_id AND c.lesson_id = l.lesson_id "
    "AND c.lessons > 0)"
)
# The last lessons charged to a student are the ones that nothing covers: `upto` numbers them from the first on.
NOT_COVERED = (
    "SELECT * FROM (SELECT c.student_id, c.lesson_id, c.lessons, c.charged_at, l.tutor_id, l.subject, l.starts_at, "  # noqa: S608
    f"l.price, {CURRENCY} AS currency, w.credits, "
    "sum(c.lessons) OVER (PARTITION BY c.student_id ORDER BY c.charged_at, c.lesson_id) AS upto "
    "FROM unnest(CAST(:debtors AS text[]), CAST(:credits AS bigint[])) AS w(student_id, credits) "
    "JOIN charges c ON c.student_id = w.student_id AND c.lessons > 0 LEFT JOIN lessons l ON l.lesson_id = c.lesson_id"
    ") AS l WHERE upto > credits"
)
BILLED = (
    f"SELECT {CURRENCY} AS currency, l.price, count(*) AS lessons FROM charges c "  # noqa: S608
    "LEFT JOIN lessons l ON l.lesson_id = c.lesson_id WHERE c.lessons > 0"
)
Money = dict[str, Decimal]


def leaks(conn: Connection, question: Question) -> dict[str, Any]:
    """Where money leaks, as it stands at the minute of asking, over all time.

    Lessons bought cover lessons charged first in, first out, over all of a student's tutors; the filters then
    say whose are listed and summed.
    """
    filters = question.filters
    students = ledger.students_concerned(conn, filters)
    known = ledger.read(conn, students)
    owed = _not_covered(conn, known, filters)
    billed = _billed(conn, students, filters)
    purchases = [one for one in known.purchases if _is_wanted(one, filters)]
    return {
        "taught_not_marked": _lessons(conn, question, OVER),
        "marked_not_billed": _lessons(conn, question, f"outcome = 'attended' AND {NO_CHARGE}"),
        "billed_not_paid": _owed(owed),
        "paid_not_used": _unused(purchases),
        "reconciliation": _reconciliation(purchases, billed, owed),
    }


LEAKS = Metric("money.leaks", leaks, undated=("lessons", "payments", "charges", "users"), clock=True)


def _lessons(conn: Connection, question: Question, wanted: str) -> dict[str, Any]:
    """Lessons that are counted, summed by currency, and the oldest of them."""
    conditions, values = where(question)
    table = f"FROM lessons l WHERE NOT deleted AND {wanted}{conditions}"
    sums = conn.execute(
        text(
            f"SELECT {CURRENCY} AS currency, count(*) AS lessons, sum(price) AS price, "
            f"count(*) FILTER (WHERE price IS NULL) AS unpriced {table} GROUP BY 1 ORDER BY 1"
        ),
        values,
    ).all()
    oldest = text(f"SELECT {LESSON} {table} ORDER BY starts_at NULLS FIRST, lesson_id LIMIT {SHOWN}")
    items = [_priced(row) for row in conn.execute(oldest, values).mappings()]
    count = sum(row.lessons for row in sums)
    return {
        "lessons": count,
        "money": {row.currency: money(row.price, row.currency) for row in sums if row.price is not None},
        "unpriced": sum(row.unpriced for row in sums),
        "items": items,
        "more": count - len(items),
    }


def _priced(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {**row, "price": None if row["price"] is None else money(row["price"], row["currency"])}


def _is_wanted(one: Purchase, filters: Filters) -> bool:
    return filters.tutor_id in (None, one.tutor_id) and filters.subject in (None, one.subject or "")


def _not_covered(conn: Connection, known: Ledger, filters: Filters) -> list[Mapping[str, Any]]:
    """Charges that no lesson bought covers, or not wholly; `owed` lessons of each, worth `money` (None: no price)."""
    debtors = {name: a.bought + a.given for name, a in known.accounts.items() if a.balance < 0}
    asked = {"debtors": list(debtors), "credits": list(debtors.values()), **_narrow(filters)[1]}
    statement = f"{NOT_COVERED}{_narrow(filters)[0]} ORDER BY charged_at, student_id, lesson_id"
    return [_owing(row) for row in conn.execute(text(statement), asked).mappings()]


def _owing(row: Mapping[Any, Any]) -> dict[str, Any]:
    covered = within(row["lessons"], int(row["upto"]), row["credits"])
    names = ("lesson_id", "student_id", "tutor_id", "subject", "starts_at", "charged_at", "currency")
    shown = {name: row[name] for name in names}
    return {**shown, "owed": row["lessons"] - covered, "money": _not_paid(row, covered)}


def _not_paid(row: Mapping[Any, Any], covered: int) -> Decimal | None:
    """A lesson's price is the price of the whole lesson, however many of the balance it takes."""
    if row["price"] is None:
        return None
    price, currency = in_coins(row["price"], row["currency"]), row["currency"]
    return price - first_part(price, covered, row["lessons"], currency)


def _narrow(filters: Filters) -> tuple[str, dict[str, Any]]:
    wanted = {"tutor_id": filters.tutor_id, "subject": filters.subject}
    sql = {"tutor_id": " AND l.tutor_id = :tutor_id", "subject": " AND coalesce(l.subject, '') = :subject"}
    return "".join(sql[name] for name, value in wanted.items() if value is not None), wanted


def _billed(
    conn: Connection, students: Sequence[str] | None, filters: Filters
) -> tuple[Money, dict[str, int]]:
    """What was charged, by currency, and how many of the lessons charged have no price."""
    narrow, values = _narrow(filters)
    of = "" if students is None else " AND c.student_id = ANY(CAST(:students AS text[]))"
    rows = conn.execute(
        text(f"{BILLED}{of}{narrow} GROUP BY 1, 2"), values | {"students": list(students or ())}
    )
    sums: Money = defaultdict(Decimal)
    unpriced: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.price is None:
            unpriced[row.currency] += row.lessons
        else:
            sums[row.currency] += in_coins(row.price, row.currency) * row.lessons
    return sums, unpriced


def _owed(owed: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    items = [{**one, "money": _shown(one)} for one in owed[:SHOWN]]
    return {
        "lessons": len(owed),
        "money": _texts(_sums((one["currency"], one["money"]) for one in owed if one["money"] is not None)),
        "unpriced": sum(one["money"] is None for one in owed),
        "items": items,
        "more": len(owed) - len(items),
    }


def _shown(one: Mapping[str, Any]) -> str | None:
    return None if one["money"] is None else money(one["money"], one["currency"])


def _unused(purchases: Iterable[Purchase]) -> dict[str, Any]:
    """Payments of which something is left; one that does not say how many lessons it buys is left whole."""
    open_ones = sorted(
        (one for one in purchases if one.lessons > one.used or one.left),
        key=lambda one: (one.paid_at, one.payment_id),
    )
    return {
        "payments": len(open_ones),
        "lessons": sum(one.lessons - one.used for one in open_ones),
        "money": _texts(_sums((one.currency, one.left) for one in open_ones)),
        "items": [_payment(one) for one in open_ones[:SHOWN]],
        "more": max(0, len(open_ones) - SHOWN),
    }


def _payment(one: Purchase) -> dict[str, Any]:
    return {
        "payment_id": one.payment_id,
        "student_id": one.student_id,
        "tutor_id": one.tutor_id,
        "subject": one.subject,
        "paid_at": one.paid_at,
        "lessons_left": one.lessons - one.used,
        "currency": one.currency,
        "money": money(one.left, one.currency),
    }


def _sums(amounts: Iterable[tuple[str, Decimal]]) -> Money:
    sums: Money = defaultdict(Decimal)
    for currency, amount in amounts:
        sums[currency] += amount
    return sums


def _texts(sums: Money) -> dict[str, str]:
    return {currency: money(sums[currency], currency) for currency in sorted(sums)}


def _reconciliation(
    purchases: Sequence[Purchase],
    billed: tuple[Money, dict[str, int]],
    owed: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """paid = used + not_used, billed = covered + not_paid, to the coin; charges without a price are counted apart."""
    paid = _sums((one.currency, one.net) for one in purchases)
    used = _sums((one.currency, one.spent) for one in purchases)
    charged, unpriced = billed
    not_paid = _sums((one["currency"], one["money"]) for one in owed if one["money"] is not None)
    return {
        code: {
            "paid": money(paid[code], code),
            "used": money(used[code], code),
            "not_used": money(paid[code] - used[code], code),
            "billed": money(charged[code], code),
            "covered": money(charged[code] - not_paid[code], code),
            "not_paid": money(not_paid[code], code),
            "unpriced": unpriced[code],
        }
        for code in sorted({*paid, *charged, *unpriced})
    }
