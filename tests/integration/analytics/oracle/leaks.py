"""Money that leaks."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.integration.analytics.oracle.asked import Asked, rubles
from tests.integration.analytics.oracle.school import Json, School


def leaks(school: School, asked: Asked, now: datetime) -> Json:
    """Counts and sums of GET /analytics/money/leaks; lesson by lesson, each bought one used up by one charged."""
    lessons = [each for each in school.lessons.values() if not each["deleted"] and _is_asked(each, asked)]
    charged = {key for key, changes in school.charges.items() if sum(changes) > 0}
    over = [e for e in lessons if "at" in e and e["outcome"] is None and e["at"] + _length(e) <= now]
    unbilled = [
        e
        for e in lessons
        if e["outcome"] == "attended" and (e.get("student_id"), e["lesson_id"]) not in charged
    ]
    bought, owed = _matched(school, charged)
    left = [
        each for each in bought if _is_asked(each, asked) and (each["net"] != each["spent"] or each["free"])
    ]
    unpaid = [each for each in owed if _is_asked(each, asked)]
    mine = [each for each in bought if _is_asked(each, asked)]
    billed = [
        school.lessons.get(lesson_id, {}) | {"student_id": student}
        for student, lesson_id in charged
        if _is_asked(school.lessons.get(lesson_id, {}) | {"student_id": student}, asked)
    ]
    paid, used = (sum((each[n] for each in mine), Decimal(0)) for n in ("net", "spent"))
    return {
        "taught_not_marked": (len(over), _worth(over)),
        "marked_not_billed": (len(unbilled), _worth(unbilled)),
        "billed_not_paid": (len(unpaid), _worth(unpaid)),
        "paid_not_used": (len(left), rubles(sum((e["net"] - e["spent"] for e in left), Decimal(0)))),
        "paid": rubles(paid),
        "used": rubles(used),
        "not_used": rubles(paid - used),
        "billed": _worth(billed),
        "not_paid": _worth(unpaid),
    }


def _is_asked(each: Json, asked: Asked) -> bool:
    return (
        asked.tutor in (None, each.get("tutor_id"))
        and asked.student in (None, each.get("student_id"))
        and asked.subject in (None, each.get("subject") or "")
    )


def _length(lesson: Json) -> timedelta:
    return timedelta(minutes=lesson["minutes"])


def _worth(lessons: list[Json]) -> str:
    return rubles(sum((Decimal(str(e["price"])) for e in lessons if e.get("price") is not None), Decimal(0)))


def _matched(school: School, charged: set[tuple[str, str]]) -> tuple[list[Json], list[Json]]:
    """Every payment with what is used of it, and every charged lesson that nothing bought is left for."""
    queue: dict[str, list[Json]] = defaultdict(list)
    bought = []
    for payment_id, payment in school.payments.items():
        if "paid" not in payment:
            continue
        at, amount = payment["paid"]
        refunded = sum((money for _, money in payment["refunds"]), Decimal(0))
        # The school of the logs gives back all or nothing.
        lessons = 0 if refunded >= amount and payment["refunds"] else payment["bought"]
        one = {
            **payment,
            "payment_id": payment_id,
            "at": at,
            "net": amount - refunded,
            "of": lessons,
            "free": lessons,
        }
        bought.append(one)
    for one in sorted(bought, key=lambda each: (each["at"], each["payment_id"])):
        queue[one["student_id"]].extend([one] * one["of"])
    owed = []
    for student, lesson_id in sorted(charged, key=lambda key: (school.charged_at[key], key[1])):
        if queue[student]:
            queue[student].pop(0)["free"] -= 1
        else:
            owed.append(school.lessons.get(lesson_id, {}) | {"student_id": student})
    for one in bought:
        part = Fraction(one["of"] - one["free"], one["of"]) if one["of"] else Fraction(0)
        kopecks = Fraction(one["net"]) * 100 * part
        one["spent"] = Decimal(int(kopecks + Fraction(1, 2))) / 100
    return bought, owed
