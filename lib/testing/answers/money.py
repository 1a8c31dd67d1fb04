"""Answers about money, in the shapes of functions/query_analytics."""

import random
from collections.abc import Sequence
from decimal import Decimal

from lib.domain.metrics import mean_money, money
from lib.testing.answers.school import Answer, School, Sum, by_day, envelope, named, of, some

METHODS = ("card", "sbp", "bank_transfer", "cash", "")


def payment_figures(dice: random.Random, busy: float, currency: str) -> Sum:
    """Some payments, a few of them refunded."""
    payments = some(dice, busy * 0.4)
    price = {"RUB": 1500, "KZT": 9000, "JPY": 2500}.get(currency, 20)
    revenue = sum((Decimal(price * dice.choice((1, 4, 4, 8))) for _ in range(payments)), Decimal(0))
    refunded = Decimal(price) * of(dice, payments, 0.04)
    return {
        "revenue": money(revenue, currency),
        "refunded": money(refunded, currency),
        "net": money(revenue - refunded, currency),
        "payments": payments,
        "failed": of(dice, payments, 0.05),
        "average_payment": mean_money(revenue, payments, currency),
        "paying_students": min(payments, 40),
    }


def _payments_added(rows: Sequence[Sum], currency: str) -> Sum:
    total = {
        key: sum((Decimal(row[key]) for row in rows), Decimal(0)) for key in ("revenue", "refunded", "net")
    }
    payments = sum(row["payments"] for row in rows)
    return {
        **{key: money(value, currency) for key, value in total.items()},
        "payments": payments,
        "failed": sum(row["failed"] for row in rows),
        "average_payment": mean_money(total["revenue"], payments, currency),
        "paying_students": min(payments, 40),
    }


def payments(school: School) -> Answer:
    """/analytics/payments/summary."""
    dice = school.random("payments")
    codes = tuple(school.currencies) if school.busy else ()

    def each(busy: float) -> Sum:
        return {code: payment_figures(dice, busy / (i + 1), code) for i, code in enumerate(codes)}

    series = list(by_day(school, each))
    return {
        **envelope(school, "payments.summary"),
        "summary": {code: _payments_added([row[code] for row in series], code) for code in codes},
        "series": series,
        "by_method": named(school, "method", METHODS, each),
        "by_tutor": named(school, "tutor_id", school.people_of("t"), each),
        "by_subject": named(school, "subject", school.subjects, each),
    }


def _earned(dice: random.Random, busy: float, currency: str) -> Sum:
    completed = some(dice, busy)
    unpriced = of(dice, completed, 0.03)
    price = {"RUB": 1500, "KZT": 9000, "JPY": 2500}.get(currency, 20)
    earned = money(Decimal(price) * (completed - unpriced), currency)
    return {"completed": completed, "minutes": completed * 60, "earned": earned, "unpriced": unpriced}


def earnings(school: School) -> Answer:
    """/analytics/tutors/earnings."""
    dice = school.random("earnings")
    codes = tuple(school.currencies) if school.busy else ()

    def each(busy: float) -> Sum:
        return {code: _earned(dice, busy / (i + 1), code) for i, code in enumerate(codes)}

    by_tutor = named(school, "tutor_id", [*school.people_of("t")], each)
    summary = {
        code: {
            "completed": sum(row[code]["completed"] for row in by_tutor),
            "minutes": sum(row[code]["minutes"] for row in by_tutor),
            "earned": money(sum((Decimal(row[code]["earned"]) for row in by_tutor), Decimal(0)), code),
            "unpriced": sum(row[code]["unpriced"] for row in by_tutor),
            "tutors": len(by_tutor),
        }
        for code in codes
    }
    return {
        **envelope(school, "tutors.earnings"),
        "summary": summary,
        "series": list(by_day(school, each)),
        "by_tutor": by_tutor,
    }
