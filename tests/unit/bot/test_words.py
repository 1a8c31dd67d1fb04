"""Both languages say the same things, with every plural form that they need."""

import string
from collections.abc import Mapping

import pytest

from functions.answer_telegram.analytics import picture
from functions.answer_telegram.commands import LISTED
from functions.answer_telegram.words.commands import DESCRIPTIONS
from functions.answer_telegram.words.speech import WORDS, Speech
from lib.domain.catalogue import CHANNELS, GROUPS, TYPES
from lib.domain.outcomes import FINAL
from lib.telegram.pictures import size

NEEDED = {"ru": {"one", "few", "many"}, "en": {"one", "other"}}


def fields(words: str | Mapping[str, str]) -> set[str | None]:
    forms = [words] if isinstance(words, str) else list(words.values())
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


def test_both_languages_have_the_same_words_with_the_same_places_in_them() -> None:
    assert WORDS["ru"].keys() == WORDS["en"].keys()
    for key, words in WORDS["ru"].items():
        assert fields(words) == fields(WORDS["en"][key]), key


@pytest.mark.parametrize("locale", WORDS)
def test_every_plural_has_the_forms_of_its_language(locale: str) -> None:
    for key, words in WORDS[locale].items():
        if isinstance(words, Mapping):
            assert words.keys() >= NEEDED[locale], key


@pytest.mark.parametrize("locale", WORDS)
def test_whatever_can_be_chosen_or_happen_has_a_name(locale: str) -> None:
    names = [f"type.{name}" for name in TYPES] + [f"group.{name}" for name in GROUPS]
    names += [f"channel.{name}" for name in CHANNELS]
    names += [f"state.{name}" for name in (*FINAL, "planned", "held", "queued", "sending")]
    assert [name for name in names if name not in WORDS[locale]] == []
    assert set(DESCRIPTIONS[locale]) == set(LISTED)


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "за 1 минуту"), (3, "за 3 минуты"), (5, "за 5 минут"), (21, "за 21 минуту"), (60, "за 60 минут")],
)
def test_russian_counts_as_people_do(n: int, said: str) -> None:
    assert Speech("ru").count("reminders.before", n) == said


def test_a_name_is_text_and_money_is_written_as_the_language_does() -> None:
    assert "&lt;b&gt;" in Speech("ru").html("menu", who="<b>")
    assert Speech("ru").money("10500.00", "RUB").replace("\u00a0", " ") == "10 500 ₽"
    assert Speech("en").money("72.94", "USD") == "$72.94"


def test_the_picture_in_place_of_a_chart_is_one_that_telegram_takes() -> None:
    assert size(picture.plain()) == (picture.PLAIN_WIDTH, picture.PLAIN_HEIGHT)
