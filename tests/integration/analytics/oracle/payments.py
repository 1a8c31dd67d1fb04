"""Payments."""

from collections.abc import Iterator
from decimal import Decimal

from tests.integration.analytics.oracle.asked import Asked, groups, over_time, rubles
from tests.integration.analytics.oracle.lessons import by_code
from tests.integration.analytics.oracle.school import Json, School


def money_facts(school: School, asked: Asked) -> list[Json]:
    """Payments, failures and refunds that are asked about, each at its time."""
    return [fact for fact in _all_money(school) if asked.wants(fact)]


def _all_money(school: School) -> Iterator[Json]:
    for payment in school.payments.values():
        names = {n: payment.get(n) or "" for n in ("student_id", "tutor_id", "method", "subject", "currency")}
        if "paid" in payment:
            yield {**names, "at": payment["paid"][0], "paid": payment["paid"][1]}
        if "failed" in payment:
            yield {**names, "at": payment["failed"], "failed": 1}
        for at, amount in payment["refunds"]:
            yield {**names, "at": at, "refunded": amount}


def money_figures(facts: list[Json]) -> Json:
    """The summary of some money in one currency."""
    paid = [fact["paid"] for fact in facts if "paid" in fact]
    revenue = sum(paid, Decimal(0))
    refunded = sum((fact.get("refunded", Decimal(0)) for fact in facts), Decimal(0))
    return {
        "revenue": rubles(revenue),
        "refunded": rubles(refunded),
        "net": rubles(revenue - refunded),
        "payments": len(paid),
        "failed": sum(fact.get("failed", 0) for fact in facts),
        "average_payment": rubles(revenue / len(paid)) if paid else None,
        "paying_students": len({fact["student_id"] for fact in facts if "paid" in fact}),
    }


def payments_summary(school: School, asked: Asked) -> Json:
    """GET /analytics/payments/summary."""
    facts = money_facts(school, asked)
    codes = sorted({fact["currency"] for fact in facts})

    def by(name: str) -> list[Json]:
        found = groups(facts, lambda fact: fact[name])
        return [
            {
                name: value,
                **by_code(found[value], sorted({f["currency"] for f in found[value]}), money_figures),
            }
            for value in sorted(found)
        ]

    return {
        "summary": by_code(facts, codes, money_figures),
        "series": over_time(asked, facts, lambda of: by_code(of, codes, money_figures)),
        "by_method": by("method"),
        "by_tutor": by("tutor_id"),
        "by_subject": by("subject"),
    }
