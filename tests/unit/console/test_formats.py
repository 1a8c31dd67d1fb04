"""Numbers, money and times as people of two languages read them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.serve_console.web.answers import environment
from functions.serve_console.web.visitor import Visitor
from lib.auth.tokens import NOBODY

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def shown(expression: str, locale: str = "ru", **values: Any) -> str:
    visitor = Visitor(NOBODY, "", "", locale, "auto", ZoneInfo("Europe/Moscow"))
    text = environment().from_string("{{ " + expression + " }}").render(visitor=visitor, now=NOW, **values)
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


@pytest.mark.parametrize(
    ("expression", "ru", "en"),
    [
        ("12345.6|number", "12 346", "12,346"),
        ("4.567|number(2)", "4,57", "4.57"),
        ("none|number", "—", "—"),
        ("0.8141|percent", "81 %", "81%"),
        ("0.8141|percent(1)", "81,4 %", "81.4%"),
        ("'1500.00'|money('RUB')", "1 500 ₽", "₽1,500"),
        ("'72.94'|money('USD')", "72,94 $", "$72.94"),
        ("'2026-11-09'|day", "9 ноября", "November 9"),
        ("'2025-11-09'|day", "9 ноября 2025", "November 9, 2025"),
        ("'2026-11-22T22:30:00Z'|day", "23 ноября", "November 23"),
        ("'2026-11-22T22:30:00Z'|clock", "01:30", "01:30"),
        ("0.32|duration", "320 мс", "320 ms"),
        ("4.25|duration", "4,2 с", "4.2 s"),
        ("754|duration", "13 мин", "13 min"),
        ("1468006|size", "1,4 МБ", "1.4 MB"),
    ],
)
def test_a_value_is_written_as_the_language_writes_it(expression: str, ru: str, en: str) -> None:
    assert (shown(expression), shown(expression, "en")) == (ru, en)


def test_an_instant_says_when_exactly_and_an_age_in_words() -> None:
    text = shown("then|instant", then=NOW)
    assert text.startswith('<time datetime="2026-11-23T12:30:00+03:00"')
    assert ">23 ноября, 12:30</time>" in text
    assert ">5 минут назад</time>" in shown("then|ago", then=NOW - timedelta(minutes=5))
    assert ">5 minutes ago</time>" in shown("then|ago", "en", then=NOW - timedelta(minutes=5))
    assert ">только что</time>" in shown("then|ago", then=NOW)
