"""Days, weeks, months, weekdays and hours as people of a language write them."""

from datetime import date
from functools import lru_cache
from typing import Literal

from babel.dates import format_date, get_day_names

# Babel takes 70 µs a date, and a page asks for the same days in every one of its charts.
KEPT = 8192


@lru_cache(KEPT)
def day(locale: str, value: date, granularity: str) -> str:
    """A bucket's label below an axis: «3 нояб.», or «нояб. 2026» for months."""
    return str(format_date(value, "LLL y" if granularity == "month" else "d MMM", locale=locale))


@lru_cache(KEPT)
def bucket(locale: str, value: date, granularity: str) -> str:
    """A bucket in a sentence: «3 ноября», «неделя с 2 ноября», «ноябрь 2026»."""
    if granularity == "month":
        return str(format_date(value, "LLLL y", locale=locale))
    written = str(format_date(value, "d MMMM", locale=locale))
    if granularity == "week":
        return f"неделя с {written}" if locale == "ru" else f"the week from {written}"
    return written


@lru_cache(KEPT)
def whole(locale: str, value: date, granularity: str) -> str:
    """A bucket under the pointer: «вт, 3 ноября 2026»."""
    if granularity == "month":
        return str(format_date(value, "LLLL y", locale=locale))
    if granularity == "week":
        return f"{bucket(locale, value, 'week')} {value.year}"
    return str(format_date(value, "EEE, d MMMM y", locale=locale))


def month(locale: str, value: date) -> str:
    """«ноябрь 2026»."""
    return str(format_date(value, "LLLL y", locale=locale))


def span(locale: str, first: date, last: date) -> str:
    """«24 октября – 22 ноября 2026»."""
    end = str(format_date(last, "d MMMM y", locale=locale))
    if first == last:
        return end
    start = format_date(first, "d MMMM" if first.year == last.year else "d MMMM y", locale=locale)
    return f"{start} – {end}"


def weekday(locale: str, number: int, width: Literal["abbreviated", "wide"] = "abbreviated") -> str:
    """0 → «пн», or «понедельник»."""
    return str(get_day_names(width, "stand-alone", locale)[number])


def hour(number: int) -> str:
    """17 → «17:00»."""
    return f"{number:02d}:00"
