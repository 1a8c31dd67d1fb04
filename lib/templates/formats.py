"""Filters: times, money, counts and lists as the reader's language and time zone write them.

Each takes None and gives None, so that a template never has to ask whether a value is there.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal, format_percent
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

_WHOLE_MONEY = {"ru": "#,##0\u00a0¤", "en": "¤#,##0"}
# Babel writes the rouble as letters in English.
_SYMBOLS = {"RUB": "₽"}
_FORMS = {"ru": ("one", "few", "many"), "en": ("one", "other")}


def _locale(context: Context) -> str:
    return cast(str, context["reader"].locale)


@pass_context
def moment(context: Context, value: datetime | None) -> str | None:
    """«среда, 25 ноября, 17:00» on the reader's clock; with the year when it is not this one."""
    if value is None:
        return None
    zone = context["reader"].zone
    year = "" if value.astimezone(zone).year == context["now"].astimezone(zone).year else " y"
    return format_datetime(value, f"EEEE, d MMMM{year}, HH:mm", tzinfo=zone, locale=_locale(context))


@pass_context
def day(context: Context, value: datetime | None) -> str | None:
    """«25 ноября»: the day only."""
    if value is None:
        return None
    return format_datetime(value, "d MMMM", tzinfo=context["reader"].zone, locale=_locale(context))


@pass_context
def money(context: Context, value: int | Decimal | None, currency: str | None) -> str | None:
    """«1 500 ₽», «72,94 $»: without kopecks when there are none."""
    if value is None:
        return None
    locale, unit = _locale(context), currency or context["currency"]
    pattern = _WHOLE_MONEY[locale] if isinstance(value, int) else None
    written = format_currency(value, unit, pattern, locale=locale, currency_digits=pattern is None)
    return written.replace(unit, _SYMBOLS.get(unit, unit))


@pass_context
def count(context: Context, value: int | Decimal | None, *forms: str) -> str | None:
    """A number with its noun in the right form: `5|count("занятие", "занятия", "занятий")`."""
    if value is None:
        return None
    locale = _locale(context)
    by_category = dict(zip(_FORMS[locale], forms, strict=True))
    # A fraction in Russian takes the form of two to four: «1,5 занятия».
    form = by_category.get(Locale.parse(locale).plural_form(value)) or forms[1]
    return f"{format_decimal(value, locale=locale)}\u00a0{form}"


@pass_context
def percent(context: Context, value: int | Decimal | None) -> str | None:
    """84 → «84 %»."""
    return None if value is None else format_percent(Decimal(value) / 100, locale=_locale(context))


@pass_context
def out_of(
    context: Context, value: int | Decimal | None, highest: int | Decimal | None, word: str
) -> str | None:
    """«4 из 5»."""
    if value is None:
        return None
    got, most = (format_decimal(each, locale=_locale(context)) for each in (value, highest or 5))
    return f"{got} {word} {most}"


def after(value: object, prefix: str) -> str:
    """The value behind a prefix, or nothing at all."""
    return "" if value is None or value == "" else f"{prefix}{value}"


def joined(*parts: object) -> str:
    """The parts that are there, with commas."""
    return ", ".join(str(part) for part in parts if part not in (None, ""))


@pass_context
def prose(context: Context, value: object) -> object:
    """Line breaks of a text that somebody typed, kept: in HTML mail they need a tag."""
    if context["form"] != "html" or not isinstance(value, str):
        return value
    return Markup("<br>").join(escape(line) for line in value.splitlines())


FILTERS: Mapping[str, Callable[..., Any]] = {
    "moment": moment,
    "day": day,
    "money": money,
    "count": count,
    "percent": percent,
    "out_of": out_of,
    "after": after,
    "prose": prose,
}
