"""Numbers, days and widths as people write and read them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from functions.render_chart.figures import days, measure, names, numbers, ticks


@pytest.mark.parametrize(
    ("value", "unit", "ru", "en"),
    [
        (1234, "count", "1 234", "1,234"),
        (12500, "count", "12,5 тыс.", "12.5K"),
        (250_000, "money:RUB", "250 тыс. ₽", "₽250K"),
        (112_500, "money:RUB", "112,5 тыс. ₽", "₽112.5K"),
        (7.5, "money:USD", "7,50 $", "$7.50"),
        (-15_000, "money:RUB", "−15 тыс. ₽", "−₽15K"),
        (0, "money:KZT", "0 ₸", "₸0"),
        (1234, "money:JPY", "1 234 ¥", "¥1,234"),
        (1.5, "money:KWD", "1,500 KWD", "KWD1.500"),
        (0.914, "percent", "91 %", "91%"),
        (0.9999, "percent", "99,9 %", "99.9%"),
        (0.0001, "percent", "0,1 %", "0.1%"),
        (0, "percent", "0 %", "0%"),
        (1, "percent", "100 %", "100%"),
        (84.4, "score", "84 %", "84%"),
    ],
)
def test_a_figure_is_short_where_it_is_long(value: float, unit: str, ru: str, en: str) -> None:
    assert numbers.short("ru", value, unit).replace("\xa0", " ") == ru
    assert numbers.short("en", value, unit).replace("\xa0", "") == en


def test_a_figure_in_full_loses_nothing() -> None:
    assert numbers.full("ru", "1234567.50", "money:RUB").replace("\xa0", " ") == "1 234 567,50 ₽"
    assert numbers.full("en", 12345, "count") == "12,345"


@pytest.mark.parametrize("currency", ["RUB", "USD", "KWD", "XXX", "A%1", "<b>"])
def test_a_pointers_text_has_one_place_for_the_number(currency: str) -> None:
    for locale in ("ru", "en"):
        text = numbers.hover(locale, f"money:{currency}")
        assert text.count("%{y:,.2f}") == text.count("%") == 1
        assert "<" not in text


def test_days_weeks_and_months_have_their_own_words() -> None:
    day = date(2026, 11, 3)
    assert [days.bucket("ru", day, each) for each in ("day", "week", "month")] == [
        "3 ноября",
        "неделя с 3 ноября",
        "ноябрь 2026",
    ]
    assert days.whole("ru", day, "day") == "вт, 3 ноября 2026"
    assert days.span("ru", date(2025, 12, 30), date(2026, 1, 5)) == "30 декабря 2025 – 5 января 2026"
    assert days.span("en", day, day) == "3 November 2026"


@given(some.text(max_size=80), some.floats(20, 500), some.integers(1, 4))
def test_wrapped_text_loses_words_only_with_an_ellipsis(text: str, pixels: float, most: int) -> None:
    lines = measure.wrapped(text, pixels, 12, most)
    assert 1 <= len(lines) <= most
    if not any(line.endswith("…") for line in lines):
        assert " ".join(lines) == text
        assert all(measure.width(line, 12) <= pixels for line in lines)


@given(some.text(min_size=1, max_size=60), some.floats(30, 400))
def test_a_shortened_text_fits_and_begins_as_it_did(text: str, pixels: float) -> None:
    short = measure.shortened(text, pixels, 12)
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
    assert measure.width(short, 12) <= max(pixels, 20)


@given(some.text(max_size=60))
def test_an_escaped_name_holds_no_markup_and_a_tidy_one_is_one_line(text: str) -> None:
    assert "<" not in names.escaped(text)
    assert len(names.said(text)) <= names.LONGEST_SAID
    assert "\n" not in names.tidy(text)
    assert "\u202e" not in names.tidy(text)


# Counts and coins: there is nothing between nothing and a thousandth.
values = some.lists(some.integers(-(10**12), 10**15).map(lambda coins: coins / 1000), max_size=20)


@given(values, some.sampled_from(["count", "money:RUB"]), some.integers(2, 12))
def test_a_scale_holds_every_value_with_few_even_steps(known: list[float], unit: str, most: int) -> None:
    scale = ticks.scale(known, unit, most)
    assert scale.low <= min([0.0, *known]) * 0.999
    assert scale.high >= max([0.0, *known]) * 0.999
    assert scale.low < scale.high
    assert 1 <= len(scale.values) <= 2 * most + 2
    assert all(scale.low <= value <= scale.high * 1.001 for value in scale.values)


@given(some.lists(some.floats(0, 100), max_size=20), some.integers(2, 12))
def test_places_of_scores_are_seen_between_whole_percents(known: list[float], most: int) -> None:
    scale = ticks.around(known, "score", most)
    assert scale.low <= min(known, default=0)
    assert scale.high == 100
    assert len({numbers.short("ru", value, "score") for value in scale.values}) == len(scale.values)


@given(
    some.integers(1, 1500),
    some.sampled_from(["day", "week", "month"]),
    some.floats(150, 3000),
    some.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_labels_of_a_course_never_crowd(count: int, granularity: str, pixels: float, first: date) -> None:
    step = {"day": 1, "week": 7, "month": 31}[granularity]
    buckets = [(first + timedelta(days=step * i)).isoformat() for i in range(count)]
    for locale in ("ru", "en"):
        keys = ticks.course(locale, buckets, granularity, pixels)
        assert 1 <= len(keys["tickvals"]) == len(keys["ticktext"])
        assert set(keys["tickvals"]) <= set(buckets)
        widths = [measure.width(text, ticks.LABEL) for text in keys["ticktext"]]
        assert len(widths) == 1 or sum(widths) <= pixels
