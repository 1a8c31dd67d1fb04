"""What a report is called in a letter, and the days it is about."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date, format_interval

from functions.generate_report.words.sentences import SENTENCES


def title(type_: str, locale: str) -> str:
    """In `ru` or `en`."""
    return SENTENCES[f"report.{type_}"][locale == "en"]


def spoken_period(parameters: Mapping[str, Any], locale: str) -> str:
    """«16–22 нояб. 2026 г.»."""
    first, last = (date.fromisoformat(parameters[name]) for name in ("from", "to"))
    if first == last:
        return format_date(first, "long", locale=locale)
    return format_interval(first, last, "yMMMd", locale=locale)
