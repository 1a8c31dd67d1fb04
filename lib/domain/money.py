"""Whose money paid for what: lessons bought are used in the order of payment, charges are covered in the order
of charging. Exact: the parts of an amount add up to it."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import accumulate

from lib.domain.metrics import MINOR_UNITS


@cache
def smallest(currency: str) -> Decimal:
    """The smallest coin of a currency: 0.01 for most."""
    return Decimal(1).scaleb(-MINOR_UNITS.get(currency, 2))


def in_coins(amount: Decimal, currency: str) -> Decimal:
    """An amount rounded to whole coins, half up."""
    return amount.quantize(smallest(currency), ROUND_HALF_UP)


def left_after_refund(lessons: int, amount: Decimal, refunded: Decimal) -> int:
    """How many of the lessons bought are left when some of the money went back.

    Lessons are taken back in proportion, whole ones only, rounded in the student's favour; with all the money, all.
    """
    if refunded <= 0:
        return lessons
    if refunded >= amount:
        return 0
    return lessons - int(lessons * refunded // amount)


def after_refunds(lessons: int, amount: Decimal, refunded: Decimal, currency: str) -> tuple[int, Decimal]:
    """What is left of a payment, lessons and money, when `refunded` of it went back."""
    paid = in_coins(amount, currency)
    if not refunded:
        return lessons, paid
    back = in_coins(refunded, currency)
    return left_after_refund(lessons, paid, back), paid - back


def first_part(amount: Decimal, part: int, whole: int, currency: str) -> Decimal:
    """What the first `part` of `whole` lessons cost. Rounding is cumulative, so successive parts add up to the whole.

    Of no lessons at all, nothing is a part.
    """
    if part <= 0 or whole <= 0:
        return in_coins(Decimal(0), currency)
    if part >= whole:
        return in_coins(amount, currency)
    coins = in_coins(amount, currency) / smallest(currency)
    # In whole numbers, half up: a decimal division would be cut off at 28 digits.
    taken = (2 * int(coins) * part + whole) // (2 * whole)
    return taken * smallest(currency)


def reached(sizes: Iterable[int], units: int) -> list[int]:
    """How much of each is taken when `units` are taken from the first on."""
    sizes = list(sizes)
    return [within(size, upto, units) for size, upto in zip(sizes, accumulate(sizes), strict=True)]


def within(size: int, upto: int, units: int) -> int:
    """How much of one is taken: its last unit is number `upto`, and `units` are taken in all."""
    return max(0, min(size, units - (upto - size)))
