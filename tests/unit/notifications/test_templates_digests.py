"""Several messages in one: every one of them is there, in its own words, however many they are."""

import re
from datetime import UTC, datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lib.domain.catalogue import CHANNELS, TYPES
from lib.errors import BadInput
from lib.templates.digests import LARGEST_HTML
from lib.templates.engine import LOCALES, environment
from lib.templates.fitting import LIMIT, visible_length
from lib.templates.rendering import Reader, Rendered, Surroundings, render
from lib.templates.values import check
from lib.templates.variables import sample

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
URLS = {each: f"https://school.example/answers/{each}" for each in ("confirm", "reschedule", "cannot")}
WHY = ("quiet_hours", "min_interval", "daily", "weekly", "family", "weekly_cap", None)
PARTS = [name for name, kind in TYPES.items() if not kind.gathers]


def item(name: str, **data: Any) -> dict[str, Any]:
    return {"type": name, "data": data or sample(name, "ru")}


def digest(items: list[dict[str, Any]], channel: str = "telegram", **options: Any) -> Rendered:
    reader = Reader(options.get("locale", "ru"), ZoneInfo("Europe/Moscow"), "student", "Ольга")
    around = Surroundings(NOW, answer_urls=options.get("answer_urls"))
    return render("digest", channel, reader, {"items": items, "why": options.get("why")}, around)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("count", "words"), [(2, "2 сообщения"), (5, "5 сообщений"), (11, "11 сообщений"), (21, "21 сообщение")]
)
def test_the_subject_counts_the_messages(count: int, words: str) -> None:
    items = [item("homework_graded"), *[item("lesson_created")] * (count - 1)]
    assert plain(digest(items, "email").subject or "") == f"Сводка: {words}"


def test_messages_of_one_type_give_the_digest_their_name() -> None:
    items = [item("homework_assigned")] * 3
    assert plain(digest(items, "email").subject or "") == "Новое домашнее задание: 3 сообщения"
    assert plain(digest(items, "email", locale="en").subject or "") == "New homework: 3 messages"


def test_a_digest_of_one_message_has_its_subject_and_no_numbers() -> None:
    made = digest([item("payment_processed")], "email")
    assert plain(made.subject or "") == "Оплата получена: 1 500 ₽"
    assert "1. " not in made.text


@pytest.mark.parametrize(("channel", "locale", "why"), list(product(CHANNELS, LOCALES, WHY)))
def test_the_reason_for_waiting_is_told_in_one_sentence(channel: str, locale: str, why: str | None) -> None:
    made = digest([item("lesson_created"), item("balance_low")], channel, locale=locale, why=why)
    counted = "2 messages" if locale == "en" else "2 сообщения"
    assert len(re.findall(counted, plain(made.text))) == 2
    assert "None" not in made.text + made.html


@pytest.mark.parametrize(("name", "channel", "locale"), list(product(PARTS, CHANNELS, LOCALES)))
def test_each_message_keeps_its_words_and_facts(name: str, channel: str, locale: str) -> None:
    reader = Reader(locale, ZoneInfo("Europe/Moscow"), "student", "Ольга")
    data = sample(name, locale)
    alone = render(name, channel, reader, data, Surroundings(NOW))
    items = [{"type": name, "data": data}, item("lesson_created")]
    together = render("digest", channel, reader, {"items": items, "why": "daily"}, Surroundings(NOW))
    body = alone.text.partition("\n—\n")[0]
    facts = [line for line in body.splitlines() if re.match(r"[^.:]{3,30}: ", line)]
    headline = body.splitlines()[0]
    assert f"1. {headline}" in together.text
    for fact in facts:
        assert fact in together.text
    assert visible_length(together.html) <= LIMIT or channel == "email"


def test_a_message_whose_data_makes_none_leaves_its_name() -> None:
    broken = [item("lesson_created", starts_at="вчера"), {"type": "balance_low"}, {"type": "of old"}]
    for channel in CHANNELS:
        made = digest([*broken, item("payment_processed")], channel)
        for line in ("1. Новое занятие", "2. Оплаченные занятия заканчиваются", "3. Сообщение"):
            assert line in made.text
            assert line in made.html
        assert "Оплата получена" in made.text


def test_what_is_typed_stays_text_in_a_digest() -> None:
    made = digest([item("custom", message="<script>alert(1)</script> & co"), item("balance_low")], "email")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in made.html
    assert "<script>alert(1)</script> & co" in made.text


def test_long_texts_are_cut_before_anything_else_goes() -> None:
    items = [
        item("homework_graded", subject=f"Предмет {n}", feedback="Очень хорошо. " * 100) for n in range(6)
    ]
    made = digest(items)
    assert visible_length(made.html) <= LIMIT
    assert made.text.count("Комментарий преподавателя") == 6
    assert made.text.count("…") == 6


def test_then_the_facts_go_and_then_messages_become_lines() -> None:
    items = [item("homework_graded", subject=f"Предмет {n}", feedback="Хорошо. " * 9) for n in range(24)]
    made = digest(items)
    assert visible_length(made.html) <= LIMIT
    assert "Комментарий" not in made.text
    assert "Работа вашего" not in made.text
    items = [item("lesson_created", subject=f"Предмет {n}") for n in range(100)]
    made = digest(items)
    assert visible_length(made.html) <= LIMIT
    for n in range(1, 101):
        assert f"\n{n}. " in made.text
    rest = re.search(r"И ещё (\d+)", plain(made.text))
    assert rest
    assert made.text.count("В вашем расписании") == 100 - int(rest[1])


@pytest.mark.parametrize("channel", CHANNELS)
def test_any_number_of_messages_fits_and_is_accounted_for(channel: str) -> None:
    names = [name for name in PARTS for _ in range(20)]
    made = digest([item(name, message="слово " * 90, title="Объявление " * 9) for name in names], channel)
    total = len(names)
    assert f"{total}" in plain(made.text).replace(" ", "")
    if channel == "telegram":
        assert visible_length(made.html) <= LIMIT
        assert sum(int(found) for found in re.findall(r" × (\d+)$", made.text, re.M)) == total
    else:
        assert len(made.html.encode()) <= LARGEST_HTML
        for n in (1, total // 2, total):
            assert re.search(rf"^{n}\. ", made.text, re.M)


def test_the_answers_stand_with_the_one_reminder_that_asks() -> None:
    items = [item("balance_low"), item("lesson_reminder"), item("payment_processed")]
    made = digest(items, "email", answer_urls=URLS)
    reminder = made.text.partition("2. ")[2].partition("3. ")[0]
    assert "Не смогу: https://school.example/answers/cannot" in reminder
    assert made.text.count("https://school.example/answers/") == 3
    assert made.html.count("https://school.example/answers/") == 3


def test_a_receipt_asked_for_stands_below_all_messages() -> None:
    ok = {"ok": "https://school.example/answers/ok"}
    made = digest([item("balance_low"), item("custom", message="Привет")], "email", answer_urls=ok)
    assert made.text.index("Понятно: https://school.example/answers/ok") > made.text.index("Привет")


@pytest.mark.parametrize("items", [None, [], "three", [1], [{}], [{"type": "digest", "data": {}}]])
def test_a_digest_of_nothing_is_refused(items: object) -> None:
    with pytest.raises(BadInput) as refused:
        check("digest", {"items": items})
    assert refused.value.status == 422


def test_every_type_has_a_name_in_every_language() -> None:
    for locale in LOCALES:
        names: Any = environment().get_template(f"{locale}/names.txt").make_module()
        assert set(names.types) == set(TYPES)
