"""Numbers and money as people of a language write them.

A unit says what a number is: `count`, `percent` (0 to 1), `score` (0 to 100), `money:RUB`.
"""

from decimal import Decimal

from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_symbol,
)

from functions.render_chart.figures.names import escaped

# Babel writes these as letters, in English or in both languages.
_SIGNS = {"RUB": "₽", "KZT": "₸"}
_SHORT_FROM = 10_000
_WHOLE_MONEY = {"ru": "#,##0\u00a0¤", "en": "¤#,##0"}
_PERCENT = {"ru": "\u00a0%", "en": "%"}
Number = float | int | Decimal


def count(locale: str, value: Number) -> str:
    """1234 → «1 234»."""
    return str(format_decimal(value, locale=locale))


def percent(locale: str, rate: Number) -> str:
    """0.914 → «91 %». Nearly all is not 100 and nearly nothing not 0: «99,6 %»."""
    near = 0 < rate < 0.01 or 0.99 < rate < 1
    shown = min(max(round(float(rate), 3), 0.001), 0.999) if near else rate
    pattern = "#,##0.0" if near else "#,##0"
    return str(format_percent(shown, pattern + _PERCENT[locale], locale=locale))


def money(locale: str, amount: str | Number, currency: str) -> str:
    """«1 500 ₽», «72,94 $»: without kopecks when there are none."""
    value = Decimal(str(amount))
    whole = value == value.to_integral_value()
    pattern = _WHOLE_MONEY[locale] if whole else None
    written = format_currency(value, currency, pattern, locale=locale, currency_digits=not whole)
    return signed(str(written), currency)


def signed(written: str, currency: str) -> str:
    """With the currency's sign instead of its letters, where there is one."""
    return written.replace(currency, _SIGNS.get(currency, currency))


def short(locale: str, value: Number, unit: str) -> str:
    """A figure as an axis or a label has it: «25 тыс. ₽», «1,2 млн», «80 %», «−5»."""
    return _short(locale, value, unit).replace("-", "−")


def _short(locale: str, value: Number, unit: str) -> str:
    if unit == "percent":
        return percent(locale, value)
    if unit == "score":
        return percent(locale, Decimal(str(value)) / 100)
    currency = currency_of(unit)
    if -_SHORT_FROM < value < _SHORT_FROM:
        return money(locale, value, currency) if currency else count(locale, value)
    if not currency:
        return str(format_compact_decimal(value, locale=locale, fraction_digits=_digits(value)))
    compact = format_compact_currency(value, currency, locale=locale, fraction_digits=_digits(value))
    return signed(str(compact), currency)


def _digits(value: Number) -> int:
    """One digit behind the point where it says something: 112,5 тыс., but 250 тыс."""
    size = abs(float(value))
    while size >= 1000.0:
        size /= 1000.0
    return 0 if round(size, 1) == round(size) else 1


def full(locale: str, value: str | Number, unit: str) -> str:
    """A figure to the last digit."""
    currency = currency_of(unit)
    if currency:
        return money(locale, value, currency)
    number = Decimal(str(value))
    if unit == "percent":
        return percent(locale, number)
    return percent(locale, number / 100) if unit == "score" else count(locale, number)


def currency_of(unit: str) -> str:
    """The currency of a unit of money, else nothing."""
    return unit.removeprefix("money:") if unit.startswith("money:") else ""


def hover(locale: str, unit: str, name: str = "y") -> str:
    """How plotly.js writes a figure under the pointer (d3-format; the layout's separators are the language's)."""
    if currency := currency_of(unit):
        written = escaped(money(locale, 1, currency.replace("%", "")))
        return written.replace("1", f"%{{{name}:,.2f}}", 1)
    if unit == "percent":
        return f"%{{{name}:.0%}}"
    return f"%{{{name}:,.0f}}" + (_PERCENT[locale] if unit == "score" else "")


SEPARATORS = {"ru": ",\u00a0", "en": ".,"}


def sign_of(locale: str, currency: str) -> str:
    """«₽», «$», or the letters of a currency without a sign."""
    return signed(str(get_currency_symbol(currency, locale=locale)), currency)
