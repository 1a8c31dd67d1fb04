"""Definitions of derived figures. Change one only together with VERSION: receipts name it."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

VERSION = "1"
# ISO 4217 minor units that are not 2.
MINOR_UNITS = {
    "JPY": 0,
    "KRW": 0,
    "VND": 0,
    "CLP": 0,
    "ISK": 0,
    "KWD": 3,
    "BHD": 3,
    "OMR": 3,
    "JOD": 3,
    "TND": 3,
}


def ratio(part: int | Decimal, whole: int | Decimal) -> float | None:
    """part / whole as the nearest float, None when there is nothing to divide by.

    Exact fractions first: the same figures give the same bytes on any machine.
    """
    return None if not whole else float(Fraction(part) / Fraction(whole))


def money(amount: Decimal | int, currency: str) -> str:
    """An amount as a decimal text in the currency's minor units, half up; never a float."""
    step = Decimal(1).scaleb(-MINOR_UNITS.get(currency, 2))
    return f"{Decimal(amount).quantize(step, ROUND_HALF_UP):f}"


def mean_money(total: Decimal, count: int, currency: str) -> str | None:
    """total / count as money, None when count is 0."""
    return money(total / count, currency) if count else None
