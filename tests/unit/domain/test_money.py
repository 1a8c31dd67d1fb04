"""Whose money paid for what: whatever the amounts, the parts add up to the coin."""

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lib.domain.money import first_part, in_coins, left_after_refund, reached, smallest, within

CURRENCIES = st.sampled_from(["RUB", "USD", "JPY", "KWD"])
AMOUNTS = st.decimals(min_value=0, max_value=10**7, places=4, allow_nan=False)
LESSONS = st.integers(min_value=0, max_value=200)


@given(AMOUNTS, st.integers(min_value=1, max_value=200), CURRENCIES)
def test_successive_lessons_of_a_payment_cost_what_was_paid(
    amount: Decimal, lessons: int, currency: str
) -> None:
    upto = [first_part(amount, n, lessons, currency) for n in range(lessons + 1)]
    each = [after - before for before, after in pairwise(upto)]
    assert sum(each, Decimal(0)) == in_coins(amount, currency)
    assert all(part % smallest(currency) == 0 for part in each)
    assert max(each) - min(each) <= smallest(currency)


@given(st.lists(LESSONS, max_size=30), st.integers(min_value=0, max_value=2000))
def test_taking_from_the_first_on_takes_exactly_as_much_as_there_is(sizes: list[int], units: int) -> None:
    taken = reached(sizes, units)
    assert sum(taken) == min(units, sum(sizes))
    assert all(0 <= one <= size for one, size in zip(taken, sizes, strict=True))
    # Nothing is taken of one before all of those before it is.
    open_from = next((i for i, one in enumerate(taken) if one < sizes[i]), len(taken))
    assert not any(taken[open_from + 1 :])


@given(st.lists(st.tuples(LESSONS, AMOUNTS), max_size=20), st.integers(0, 3000), CURRENCIES)
def test_what_is_paid_is_what_is_used_and_what_is_not(
    payments: list[tuple[int, Decimal]], charged: int, currency: str
) -> None:
    used = reached((lessons for lessons, _ in payments), charged)
    spent = [first_part(a, n, lessons, currency) for n, (lessons, a) in zip(used, payments, strict=True)]
    left = [in_coins(a, currency) - part for part, (_, a) in zip(spent, payments, strict=True)]
    paid = sum((in_coins(a, currency) for _, a in payments), Decimal(0))
    assert sum(spent, Decimal(0)) + sum(left, Decimal(0)) == paid
    assert all(part >= 0 for part in left)


@given(LESSONS, AMOUNTS, AMOUNTS)
def test_a_refund_takes_back_no_more_than_was_bought(
    lessons: int, amount: Decimal, refunded: Decimal
) -> None:
    left = left_after_refund(lessons, amount, refunded)
    assert 0 <= left <= lessons
    if refunded >= amount and refunded > 0:
        assert left == 0
    if refunded == 0:
        assert left == lessons


def test_half_the_money_takes_back_half_the_lessons_and_a_part_of_one_takes_back_none() -> None:
    assert left_after_refund(8, Decimal("12000"), Decimal("6000")) == 4
    assert left_after_refund(8, Decimal("12000"), Decimal("1499.99")) == 8
    assert left_after_refund(8, Decimal("12000"), Decimal("1500")) == 7
    assert left_after_refund(1, Decimal("1000"), Decimal("999.99")) == 1


def test_three_lessons_for_a_hundred_differ_by_a_kopeck() -> None:
    assert [first_part(Decimal("100"), n, 3, "RUB") for n in (1, 2, 3)] == [
        Decimal("33.33"),
        Decimal("66.67"),
        Decimal("100.00"),
    ]


def test_a_charge_over_the_edge_of_what_is_covered_is_covered_in_part() -> None:
    assert [within(2, upto, 3) for upto in (2, 4, 6)] == [2, 1, 0]
