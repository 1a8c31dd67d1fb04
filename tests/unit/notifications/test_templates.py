"""Every message in every language, channel and role reads well, with and without its data."""

import re
from datetime import UTC, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from lib.domain.catalogue import CHANNELS, GROUPS, TYPES
from lib.errors import BadInput
from lib.templates.catalogue import catalogue
from lib.templates.fitting import LIMIT, visible_length
from lib.templates.headers import header_line
from lib.templates.pages import page
from lib.templates.rendering import FILES, LOCALES, Reader, Rendered, Surroundings, known_locale, render
from lib.templates.variables import barest, sample

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ROLES = ("student", "parent", "tutor", None)
MISTAKES = re.compile(r"None|Undefined|\{\{|\}\}|\{%|: *\n\n|,,|\s,|&amp;amp;|<script")


def reader(locale: str = "ru", role: str | None = "parent", zone: str = "Europe/Moscow") -> Reader:
    return Reader(locale, ZoneInfo(zone), role, "Ольга")


def words(name: str, channel: str = "email", data: dict[str, object] | None = None, **whom: str) -> Rendered:
    given = sample(name, whom.get("locale", "ru")) if data is None else data
    around = Surroundings(NOW, unsubscribe_url="https://school.example/unsubscribe/abc")
    return render(name, channel, reader(**whom), given, around)


@pytest.mark.parametrize(("name", "channel", "locale"), list(product(TYPES, CHANNELS, LOCALES)))
def test_every_message_renders_for_every_role_with_all_and_with_no_data(
    name: str, channel: str, locale: str
) -> None:
    for role, data in product(ROLES, (sample(name, locale), barest(name, locale))):
        made = render(name, channel, reader(locale, role), data, Surroundings(NOW))
        for text in (made.subject or "x", made.text, made.html):
            assert text.strip()
            assert not MISTAKES.search(text), text
        assert (made.subject is None) == (channel == "telegram")
        if locale == "en" and channel == "email":
            assert not re.search("[а-яА-Я]", made.text.replace("Ольга", ""))


def test_there_is_a_file_for_every_type_channel_and_language_and_no_other() -> None:
    files = {str(path.relative_to(FILES)) for path in FILES.glob("*/*/*.j2") if path.parent.name in CHANNELS}
    assert files == {f"{loc}/{channel}/{name}.j2" for loc, channel, name in product(LOCALES, CHANNELS, TYPES)}
    assert len(list(catalogue())) == len(files)


def test_times_are_on_the_readers_clock() -> None:
    assert words("lesson_created").subject == "Новое занятие: Математика, среда, 25 ноября, 17:00"
    omsk = words("lesson_created", zone="Asia/Omsk")
    assert omsk.subject == "Новое занятие: Математика, среда, 25 ноября, 20:00"
    english = words("lesson_created", locale="en")
    assert english.subject == "New lesson: Maths, Wednesday, 25 November, 17:00"
    next_year = words("lesson_created", data={"starts_at": "2027-01-14T14:00:00Z"})
    assert next_year.subject == "Новое занятие: четверг, 14 января 2027, 17:00"


@pytest.mark.parametrize(
    ("amount", "currency", "ru", "en"),
    [
        ("1500", "RUB", "1 500 ₽", "₽1,500"),
        ("1500.50", "RUB", "1 500,50 ₽", "₽1,500.50"),
        ("72.94", "USD", "72,94 $", "$72.94"),
        ("0", "RUB", "0 ₽", "₽0"),
    ],
)
def test_money_is_written_as_each_language_writes_it(amount: str, currency: str, ru: str, en: str) -> None:
    data = {"amount": amount, "currency": currency}
    for locale, expected in (("ru", f"Оплата получена: {ru}"), ("en", f"Payment received: {en}")):
        assert words("payment_processed", data=dict(data), locale=locale).subject == expected


@pytest.mark.parametrize(
    ("balance", "ru"),
    [
        (1, "Осталось 1 оплаченное занятие."),
        (2, "Осталось 2 оплаченных занятия."),
        (5, "Осталось 5 оплаченных занятий."),
        (11, "Осталось 11 оплаченных занятий."),
        (21, "Осталось 21 оплаченное занятие."),
        ("1.5", "Осталось 1,5 оплаченных занятия."),
        (0, "Оплаченных занятий не осталось."),
        (-2, "Не оплачено 2 занятия."),
    ],
)
def test_nouns_agree_with_their_numbers(balance: object, ru: str) -> None:
    assert ru in words("balance_low", data={"balance": balance}).text.replace("\u00a0", " ")


def test_what_is_typed_stays_text_in_html() -> None:
    made = words("custom", data={"title": "<b>x</b>", "message": "1 < 2\n<script>alert(1)</script>"})
    assert "<script>" not in made.html
    assert "1 &lt; 2<br>&lt;script&gt;" in made.html
    assert "1 < 2\n<script>" in made.text


def test_a_link_that_is_no_web_address_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        words("lesson_created", data={"room_url": "javascript:alert(1)"})
    assert refused.value.status == 422
    assert refused.value.errors[0]["loc"] == "data.room_url"


def test_telegram_markup_stays_whole_when_the_text_is_cut() -> None:
    made = words("custom", "telegram", {"title": "&<>" * 700, "message": "<b>&</b>" * 3000})
    assert visible_length(made.html) <= LIMIT
    assert made.html.startswith("<b>")
    assert made.html.count("<b>") == made.html.count("</b>") == 1
    assert not re.search(r"&(?!amp;|lt;|gt;|#39;|#34;)", made.html)


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "a\x00b", "=?utf-8?q?Hi=0D=0ABcc:_x=40y?=", "a\u2028b"])
def test_a_header_holds_no_control_characters_plain_or_encoded(bad: str) -> None:
    with pytest.raises(BadInput):
        header_line(bad)


def test_a_long_subject_is_cut_to_one_line() -> None:
    assert len(header_line("очень " * 100)) == 200


@pytest.mark.parametrize(
    ("wish", "locale"), [("ru-RU", "ru"), ("en_GB", "en"), ("EN", "en"), ("de", "ru"), (None, "ru")]
)
def test_a_language_without_a_translation_gets_russian(wish: str | None, locale: str) -> None:
    assert known_locale(wish) == locale


@pytest.mark.parametrize(
    ("name", "locale", "group"), list(product(("unsubscribe", "unsubscribed"), LOCALES, GROUPS))
)
def test_the_unsubscribe_pages_name_every_group(name: str, locale: str, group: str) -> None:
    made = page(name, locale, group=group)
    assert not MISTAKES.search(made)
    assert f'lang="{locale}"' in made


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("#18202b", "#ffffff"),
        ("#4d5a6a", "#ffffff"),
        ("#4d5a6a", "#eef1f5"),
        ("#1f5fbf", "#ffffff"),
        ("#eef1f5", "#1f242c"),
        ("#aab4c2", "#1f242c"),
        ("#aab4c2", "#14171c"),
        ("#8fb8ff", "#1f242c"),
        ("#10151c", "#8fb8ff"),
    ],
)
def test_the_colours_of_a_letter_are_readable(ink: str, paper: str) -> None:
    layout = (FILES / "layouts/email.html").read_text() + (FILES / "layouts/parts.email.html").read_text()
    assert ink in layout
    assert paper in layout
    light, dark = sorted((_luminance(ink), _luminance(paper)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
