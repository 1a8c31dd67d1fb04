"""Numbers, money, days and changes as people of each language write them; what is missing is a dash."""

from typing import Any

import pytest

from functions.generate_report.document import Kind, Money, Tile
from functions.generate_report.reports.telling import ahead, progress
from functions.generate_report.speech import ABSENT, sentence
from functions.generate_report.words.labels import LABELS
from functions.generate_report.words.names import NAMES
from functions.generate_report.words.sentences import COUNTED, SENTENCES
from tests.unit.reports.drafts import EN, RU
from tests.unit.reports.reading import plain

LESSON = {"subject": "Химия", "starts_at": "2026-11-23T10:00:00Z"}
SUMMARY: dict[str, Any] = {
    "scheduled": 8,
    "completed": 7,
    "excused": 0,
    "unexcused": 0,
    "attendance_rate": 1.0,
    "graded": 0,
    "on_time_rate": None,
    "average_score_percent": None,
}


def test_every_word_is_there_in_both_languages() -> None:
    tables: list[dict[str, tuple[str, str]]] = [LABELS, SENTENCES, *NAMES.values()]
    for table in tables:
        assert all(ru and en for ru, en in table.values())
    for forms in COUNTED.values():
        assert set(forms["ru"]) == {"one", "few", "many", "other"}
        assert set(forms["en"]) == {"one", "other"}


@pytest.mark.parametrize(
    ("kind", "value", "ru", "en"),
    [
        ("integer", 1234567, "1 234 567", "1,234,567"),
        ("integer", 0, "0", "0"),
        ("integer", None, ABSENT, ABSENT),
        ("rate", 0.9142, "91,4 %", "91.4%"),
        ("rate", 0.0, "0,0 %", "0.0%"),
        ("score", 87.5, "87,5 %", "87.5%"),
        ("rating", 4.5, "4,50", "4.50"),
        ("hours", 90, "1,5", "1.5"),
        ("money", Money("-12160.00", "RUB"), "−12 160,00 ₽", "−₽12,160.00"),
        ("money", Money("99999999999.99", "USD"), "99 999 999 999,99 $", "$99,999,999,999.99"),
        ("money", Money("1500", "JPY"), "1 500 ¥", "¥1,500"),
        ("day", "2026-11-22", "вс, 22 нояб.", "Sun, 22 Nov"),
        ("week", "2026-11-18", "18 нояб. – 22 нояб.", "18 Nov – 22 Nov"),
        ("month", "2026-11-01", "ноябрь 2026", "November 2026"),
        ("instant", "2026-11-22T21:30:00Z", "23 нояб. 2026, 00:30", "23 Nov 2026, 00:30"),
        ("text", "", ABSENT, ABSENT),
    ],
)
def test_values(kind: Kind, value: Any, ru: str, en: str) -> None:
    assert (plain(RU.value(kind, value)), plain(EN.value(kind, value))) == (ru, en)


@pytest.mark.parametrize(
    ("kind", "now", "before", "said", "mood"),
    [
        ("integer", 53, 47, "+12,8 %, было 47", "good"),
        ("integer", 47, 53, "−11,3 %, было 53", "bad"),
        ("integer", 5, 0, "было 0", "good"),
        ("integer", 5, 5, "без изменений, было 5", "same"),
        ("integer", 5, None, "", "same"),
        ("rate", 0.91, 0.86, "+5 п. п., было 86,0 %", "good"),
        ("score", 76.0, 80.5, "−4,5 п. п., было 80,5 %", "bad"),
        ("rating", 4.25, 4.5, "−0,25, было 4,50", "bad"),
        ("money", Money("150", "RUB"), Money("100", "RUB"), "+50 %, было 100,00 ₽", "good"),
    ],
)
def test_changes(kind: Kind, now: Any, before: Any, said: str, mood: str) -> None:
    tile = Tile("x", "x", kind, now, before, "more")
    assert plain(RU.compared(tile)) == said
    assert RU.mood(tile) == mood


def test_spans_of_days() -> None:
    assert plain(RU.span("2026-11-16", "2026-11-22")) == "16 ноября 2026 г. – 22 ноября 2026 г."
    assert EN.span("2026-11-22", "2026-11-22") == "November 22, 2026"
    assert sentence("Сравнение: 2026 г.") == "Сравнение: 2026 г."


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "Пропущено 0 уроков."),
        (1, "Пропущен 1 урок."),
        (2, "Пропущено 2 урока."),
        (5, "Пропущено 5 уроков."),
        (11, "Пропущено 11 уроков."),
        (21, "Пропущен 21 урок."),
        (101, "Пропущен 101 урок."),
        (1002, "Пропущено 1 002 урока."),
    ],
)
def test_russian_counts(number: int, said: str) -> None:
    assert plain(RU.count("progress.missed", number)) == said


def told(**changed: Any) -> str:
    answer = {"summary": {**SUMMARY, **changed}, "by_subject": [], "previous": {"summary": {}}}
    return plain(" ".join(progress(RU, answer)))


def test_a_child_without_absences_is_praised() -> None:
    assert told() == "За это время прошло 7 уроков. Ни одного пропуска — так держать!"


def test_absences_are_said_with_the_attendance() -> None:
    assert "Пропущено 2 урока. Посещаемость — 77,8 %." in told(unexcused=2, attendance_rate=7 / 9)


def test_nothing_is_told_of_nothing() -> None:
    assert told(scheduled=0, completed=0) == "За этот период уроков не было, рассказать пока не о чем."


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (60.0, "это выше, чем в прошлый раз"),
        (92.0, "Стоит повторить"),
        (80.4, "как и в прошлый раз"),
        (None, "— 80,0 %."),
    ],
)
def test_scores_are_compared(before: float | None, said: str) -> None:
    answer = {
        "summary": {**SUMMARY, "graded": 3, "average_score_percent": 80.0, "on_time_rate": 1.0},
        "by_subject": [],
        "previous": {"summary": {"average_score_percent": before}},
    }
    text = plain(" ".join(progress(RU, answer)))
    assert said in text
    assert "Все задания сданы в срок." in text


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (1, "На счёте остался 1 оплаченный урок."),
        (4, "осталось 4 оплаченных урока"),
        (-2, "Не оплачено 2 урока."),
    ],
)
def test_what_is_next(left: int, said: str) -> None:
    page = {"upcoming": [LESSON], "to_do": [{}], "balance": {"lessons": left}}
    (text,) = ahead(RU, page)
    assert "Следующий урок — 23 ноября, 13:00: Химия. Осталось сдать 1 задание." in plain(text)
    assert said in plain(text)
    (english,) = ahead(EN, {**page, "upcoming": [], "to_do": []})
    assert english.startswith("No further lessons are planned yet. All homework has been handed in.")
