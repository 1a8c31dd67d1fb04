"""Template filters: numbers, money, days and times as the visitor's language and clock write them. None is a dash."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from functions.serve_console.web.visitor import Visitor

DASH = "—"
# Babel writes the rouble as letters in English.
SYMBOLS = {"RUB": "₽"}
UNITS = {"ru": ("Б", "КБ", "МБ", "ГБ"), "en": ("B", "KB", "MB", "GB")}


def _visitor(context: Context) -> Visitor:
    visitor: Visitor = context["visitor"]
    return visitor


@pass_context
def number(context: Context, value: Any, digits: int = 0) -> str:
    """1234 → «1 234»; `digits` after the comma at most."""
    if value is None:
        return DASH
    pattern = "#,##0" if digits == 0 else "#,##0." + "#" * digits
    return format_decimal(Decimal(str(value)), pattern, locale=_visitor(context).locale)


@pass_context
def percent(context: Context, value: Any, digits: int = 0) -> str:
    """0.814 → «81 %»."""
    if value is None:
        return DASH
    pattern = "#,##0" + ("." + "#" * digits if digits else "") + " %"
    locale = _visitor(context).locale
    return format_percent(
        Decimal(str(value)), pattern if locale == "ru" else pattern.replace(" ", ""), locale=locale
    )


@pass_context
def money(context: Context, value: Any, currency: str) -> str:
    """ "1500.00", "RUB" → «1 500 ₽»: without kopecks when there are none."""
    if value is None:
        return DASH
    amount, locale = Decimal(str(value)), _visitor(context).locale
    whole = amount == amount.to_integral_value()
    pattern = {"ru": "#,##0\u00a0¤", "en": "¤#,##0"}[locale] if whole else None
    written = format_currency(amount, currency, pattern, locale=locale, currency_digits=not whole)
    return written.replace(currency, SYMBOLS.get(currency, currency))


def as_instant(value: Any) -> datetime:
    """An instant of the API (RFC 3339) or a datetime."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))


@pass_context
def day(context: Context, value: Any) -> str:
    """A date, or a text such as 2026-11-23 → «23 ноября», with the year when it is not this one."""
    if value is None:
        return DASH
    visitor = _visitor(context)
    if isinstance(value, str) and len(value) > 10:
        value = as_instant(value)
    found = value.astimezone(visitor.zone).date() if isinstance(value, datetime) else value
    found = found if isinstance(found, date) else date.fromisoformat(found)
    this_year = context["now"].astimezone(visitor.zone).year
    if visitor.locale == "ru":
        return format_date(found, "d MMMM" if found.year == this_year else "d MMMM y", locale="ru")
    return format_date(found, "MMMM d" if found.year == this_year else "MMMM d, y", locale="en")


@pass_context
def instant(context: Context, value: Any, seconds: bool = False) -> Markup | str:
    """An instant as «23 ноября, 14:05» on the visitor's clock, inside a <time>."""
    if value is None:
        return DASH
    visitor, then = _visitor(context), as_instant(value)
    words = f"{day(context, then)}, {clock(context, then, seconds)}"
    shown = then.astimezone(visitor.zone)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        shown.isoformat(), shown.strftime("%Y-%m-%d %H:%M:%S %Z"), words
    )


@pass_context
def clock(context: Context, value: Any, seconds: bool = False) -> str:
    """«14:05» on the visitor's clock."""
    if value is None:
        return DASH
    return as_instant(value).astimezone(_visitor(context).zone).strftime("%H:%M:%S" if seconds else "%H:%M")


@pass_context
def ago(context: Context, value: Any) -> Markup | str:
    """«5 минут назад», inside a <time> that says exactly when."""
    if value is None:
        return DASH
    visitor, then = _visitor(context), as_instant(value)
    since = then - context["now"]
    if abs(since) < timedelta(seconds=5):
        words = {"ru": "только что", "en": "just now"}[visitor.locale]
    else:
        words = format_timedelta(since, add_direction=True, threshold=1.2, locale=visitor.locale)
    shown = then.astimezone(visitor.zone)
    exact = format_datetime(shown, "d MMMM y, HH:mm:ss", locale=visitor.locale)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(shown.isoformat(), exact, words)


@pass_context
def duration(context: Context, seconds: Any) -> str:
    """Seconds → «320 мс», «4,2 с», «12 мин»."""
    if seconds is None:
        return DASH
    locale = _visitor(context).locale
    units = {"ru": ("мс", "с", "мин", "ч"), "en": ("ms", "s", "min", "h")}[locale]
    value = float(seconds)
    steps = ((1.0, 1000.0, 0), (60.0, 1.0, 1), (3600.0, 1 / 60, 2), (float("inf"), 1 / 3600, 3))
    factor, unit = next((factor, units[i]) for limit, factor, i in steps if value < limit)
    shown = value * factor
    return f"{format_decimal(round(shown, 0 if shown >= 10 else 1), locale=locale)}\u00a0{unit}"


@pass_context
def size(context: Context, value: Any) -> str:
    """Bytes → «1,4 МБ»."""
    if value is None:
        return DASH
    locale = _visitor(context).locale
    amount, unit = float(value), 0
    while amount >= 1000 and unit < 3:
        amount, unit = amount / 1024, unit + 1
    shown = round(amount, 0 if amount >= 10 or unit == 0 else 1)
    return f"{format_decimal(shown, locale=locale)}\u00a0{UNITS[locale][unit]}"


FILTERS: Mapping[str, Callable[..., Any]] = {
    each.__name__: each for each in (number, percent, money, day, instant, clock, ago, duration, size)
}
