"""Numbers, rates, days and instants as people of each language write them; what is missing is a dash."""

import pytest

from functions.generate_report.words import ABSENT, WORDS, Speech

RU, EN = Speech("ru", "Europe/Moscow"), Speech("en", "Europe/London")


def plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_both_languages_say_the_same_things() -> None:
    assert set(WORDS["ru"]) == set(WORDS["en"])


@pytest.mark.parametrize(
    ("value", "ru", "en"), [(0, "0", "0"), (1234567, "1 234 567", "1,234,567"), (None, ABSENT, ABSENT)]
)
def test_whole_numbers(value: int | None, ru: str, en: str) -> None:
    assert (plain(RU.number(value)), EN.number(value)) == (ru, en)


@pytest.mark.parametrize(
    ("value", "ru", "en"),
    [(0.0, "0,0 %", "0.0%"), (0.9142, "91,4 %", "91.4%"), (1.0, "100,0 %", "100.0%"), (None, ABSENT, ABSENT)],
)
def test_rates(value: float | None, ru: str, en: str) -> None:
    assert (plain(RU.rate(value)), EN.rate(value)) == (ru, en)


def test_days_and_spans() -> None:
    assert (RU.day("2026-11-22"), EN.day("2026-11-22")) == ("вс, 22 нояб.", "Sun, 22 Nov")
    assert plain(RU.span("2026-11-16", "2026-11-22")) == "16 ноября 2026 г. – 22 ноября 2026 г."
    assert EN.span("2026-11-22", "2026-11-22") == "November 22, 2026"


def test_an_instant_is_told_on_the_readers_clock() -> None:
    assert RU.instant("2026-11-22T21:30:00Z") == "23 ноября 2026, 00:30"
    assert EN.instant("2026-11-22T21:30:00Z") == "22 November 2026, 21:30"
    assert RU.instant(None) == ABSENT
