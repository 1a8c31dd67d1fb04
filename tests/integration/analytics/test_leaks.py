"""Where money leaks: the four lists, and sums that tie to the kopeck."""

from decimal import Decimal
from typing import Any

from tests.integration.analytics.conftest import Analytics
from tests.integration.analytics.facts import attended, charge, fact, lesson, payment, refund

PRICED = {"price": "1000.00", "currency": "RUB", "subject": "Физика"}


def ids(part: dict[str, Any], name: str = "lesson_id") -> list[str]:
    return [item[name] for item in part["items"]]


def ties(leaks: dict[str, Any]) -> bool:
    """Whether both sides of every currency are equal."""
    return all(
        Decimal(one["paid"]) == Decimal(one["used"]) + Decimal(one["not_used"])
        and Decimal(one["billed"]) == Decimal(one["covered"]) + Decimal(one["not_paid"])
        for one in leaks["reconciliation"].values()
    )


def test_a_lesson_leaks_once_its_time_is_over_and_nobody_has_marked_it(analytics: Analytics) -> None:
    analytics.take(
        [
            lesson("over", "2026-11-22T11:00:00Z", **PRICED),
            lesson("running", "2026-11-22T11:00:01Z", **PRICED),
            lesson("old", "2026-02-01T10:00:00Z"),
            lesson("gone", "2026-11-20T10:00:00Z"),
            fact("lesson.deleted", "2026-11-20T11:00:00Z", lesson_id="gone"),
            lesson("off", "2026-11-20T10:00:00Z"),
            fact("lesson.cancelled", "2026-11-20T09:00:00Z", lesson_id="off"),
        ]
    )
    leak = analytics.ask("money/leaks")["taught_not_marked"]
    assert ids(leak) == ["old", "over"]
    assert (leak["lessons"], leak["money"], leak["unpriced"], leak["more"]) == (2, {"RUB": "1000.00"}, 1, 0)


def test_a_completed_lesson_without_a_charge_that_stands_was_not_billed(analytics: Analytics) -> None:
    taught = [lesson(name, f"2026-11-1{n}T10:00:00Z", **PRICED) for n, name in enumerate(("a", "b", "c"))]
    marks = [attended(name, "2026-11-15T10:00:00Z") for name in ("a", "b", "c")]
    back = fact(
        "payment.balance.refunded", "2026-11-16T11:00:00Z", student_id="s", lesson_id="b", lessons_refunded=1
    )
    charges = [charge("a", "2026-11-15T10:01:00Z"), charge("b", "2026-11-15T10:01:00Z"), back]
    analytics.take(taught + marks + charges)
    leak = analytics.ask("money/leaks")["marked_not_billed"]
    assert ids(leak) == ["b", "c"]
    assert leak["money"] == {"RUB": "2000.00"}


def test_lessons_are_covered_in_the_order_they_were_charged(analytics: Analytics) -> None:
    analytics.take(
        [
            payment("p1", "2026-03-01T10:00:00Z", "1500.00", lessons=2),
            *(lesson(f"l{n}", f"2026-04-0{n}T10:00:00Z", **PRICED) for n in range(1, 5)),
            *(attended(f"l{n}", f"2026-04-0{n}T11:00:00Z") for n in range(1, 5)),
            *(charge(f"l{n}", f"2026-04-0{n}T11:00:00Z") for n in (4, 2, 1, 3)),
        ]
    )
    leaks = analytics.ask("money/leaks")
    assert ids(leaks["billed_not_paid"]) == ["l3", "l4"]
    assert leaks["billed_not_paid"]["money"] == {"RUB": "2000.00"}
    assert leaks["paid_not_used"]["payments"] == 0
    assert leaks["reconciliation"]["RUB"] == {
        "paid": "1500.00",
        "used": "1500.00",
        "not_used": "0.00",
        "billed": "4000.00",
        "covered": "2000.00",
        "not_paid": "2000.00",
        "unpriced": 0,
    }


def test_what_is_left_of_a_package_is_worth_its_part_of_the_price(analytics: Analytics) -> None:
    analytics.take(
        [
            payment("p1", "2026-03-01T10:00:00Z", "100.00", lessons=3),
            payment("p2", "2026-03-02T10:00:00Z", "90.00", lessons=3),
            lesson("l", "2026-04-01T10:00:00Z", **PRICED),
            charge("l", "2026-04-01T11:00:00Z"),
        ]
    )
    leak = analytics.ask("money/leaks")["paid_not_used"]
    assert [(i["payment_id"], i["lessons_left"], i["money"]) for i in leak["items"]] == [
        ("p1", 2, "66.67"),
        ("p2", 3, "90.00"),
    ]
    assert (leak["lessons"], leak["money"]) == (5, {"RUB": "156.67"})


def test_a_refund_takes_lessons_back_and_what_they_covered_is_owed_again(analytics: Analytics) -> None:
    analytics.take(
        [
            payment("p1", "2026-03-01T10:00:00Z", "3000.00", lessons=3),
            lesson("l", "2026-04-01T10:00:00Z", **PRICED),
            charge("l", "2026-04-01T11:00:00Z"),
            refund("p1", "2026-04-02T10:00:00Z", "1000.00"),
        ]
    )
    partly = analytics.ask("money/leaks")
    assert partly["paid_not_used"]["items"][0]["lessons_left"] == 1
    assert partly["reconciliation"]["RUB"]["paid"] == "2000.00"
    analytics.take([refund("p1", "2026-04-03T10:00:00Z", "2000.00")])
    wholly = analytics.ask("money/leaks")
    assert ids(wholly["billed_not_paid"]) == ["l"]
    assert wholly["reconciliation"]["RUB"]["paid"] == "0.00"
    assert ties(partly)
    assert ties(wholly)


def test_currencies_never_meet_and_what_has_no_price_is_counted_apart(analytics: Analytics) -> None:
    analytics.take(
        [
            payment("p1", "2026-03-01T10:00:00Z", "10", currency="JPY", lessons=3),
            payment("p2", "2026-03-02T10:00:00Z", "5.00", currency="USD"),
            lesson("a", "2026-04-01T10:00:00Z", price="7.00", currency="USD"),
            charge("a", "2026-04-01T11:00:00Z"),
            *(charge(f"unknown{n}", f"2026-04-02T11:0{n}:00Z") for n in range(4)),
        ]
    )
    leaks = analytics.ask("money/leaks")
    assert leaks["reconciliation"]["JPY"]["paid"] == "10"
    assert leaks["reconciliation"]["USD"] == {
        "paid": "5.00",
        "used": "0.00",
        "not_used": "5.00",
        "billed": "7.00",
        "covered": "7.00",
        "not_paid": "0.00",
        "unpriced": 0,
    }
    assert (leaks["billed_not_paid"]["lessons"], leaks["billed_not_paid"]["unpriced"]) == (2, 2)
    assert leaks["paid_not_used"]["items"] == [
        {
            "payment_id": "p2",
            "student_id": "s",
            "tutor_id": None,
            "subject": None,
            "paid_at": "2026-03-02T10:00:00Z",
            "lessons_left": 0,
            "currency": "USD",
            "money": "5.00",
        }
    ]
    assert ties(leaks)


def test_a_tutor_sees_the_own_part_of_it_and_nothing_of_the_others(analytics: Analytics) -> None:
    analytics.take(
        [
            payment("p1", "2026-03-01T10:00:00Z", "1000.00", lessons=1, tutor_id="t"),
            payment("p2", "2026-03-02T10:00:00Z", "1000.00", lessons=1, tutor_id="other-tutor"),
            payment("p3", "2026-03-02T10:00:00Z", "7.00", student="other-student", tutor_id="other-tutor"),
            lesson("a", "2026-04-01T10:00:00Z", tutor="other-tutor", **PRICED),
            lesson("b", "2026-04-02T10:00:00Z", **PRICED),
            lesson("c", "2026-04-03T10:00:00Z", **PRICED),
            *(charge(name, f"2026-04-0{n}T11:00:00Z") for n, name in enumerate(("a", "b", "c"), 1)),
        ]
    )
    own = analytics.figures.get("/api/v1/analytics/money/leaks", role="tutor", sub="t")
    assert b"other-" not in own.data
    assert ids(own.json["billed_not_paid"]) == ["c"]
    assert own.json["reconciliation"]["RUB"]["billed"] == "2000.00"
    assert own.json["reconciliation"]["RUB"]["paid"] == "1000.00"
    assert ties(own.json)
    everyone = analytics.ask("money/leaks")
    assert everyone["reconciliation"]["RUB"]["paid"] == "2007.00"
    assert ids(analytics.ask("money/leaks?tutor_id=other-tutor")["taught_not_marked"]) == ["a"]


def test_only_the_first_hundred_are_listed_and_all_are_counted(analytics: Analytics) -> None:
    analytics.take([lesson(f"l{n:03}", "2026-04-01T10:00:00Z") for n in range(103)])
    leak = analytics.ask("money/leaks")["taught_not_marked"]
    assert (leak["lessons"], len(leak["items"]), leak["more"]) == (103, 100, 3)
    assert ids(leak)[0] == "l000"
