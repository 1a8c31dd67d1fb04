"""Both languages say the same things, and Russian has all its plurals."""

import string

import pytest

from functions.render_chart.figures.words import WORDS, counted, named, others, word

FORMS = {"ru": {"one", "few", "many"}, "en": {"one", "other"}}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def forms(value: str | dict[str, str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value.values())


def test_both_languages_have_the_same_keys_of_the_same_kind() -> None:
    assert WORDS["ru"].keys() == WORDS["en"].keys()
    for key, value in WORDS["ru"].items():
        assert type(value) is type(WORDS["en"][key]), key


@pytest.mark.parametrize("locale", WORDS)
def test_every_form_has_the_same_places_to_fill(locale: str) -> None:
    for key, value in WORDS[locale].items():
        wanted = {frozenset(places(text)) for text in forms(value)} | {
            frozenset(places(text)) for text in forms(WORDS["ru"][key])
        }
        assert len(wanted) == 1, key
        if isinstance(value, dict):
            assert value.keys() == FORMS[locale], key


@pytest.mark.parametrize(
    ("n", "lessons", "users"),
    [
        (0, "0 уроков", "Активны 0 пользователей"),
        (1, "1 урок", "Активен 1 пользователь"),
        (2, "2 урока", "Активны 2 пользователя"),
        (5, "5 уроков", "Активны 5 пользователей"),
        (11, "11 уроков", "Активны 11 пользователей"),
        (21, "21 урок", "Активен 21 пользователь"),
        (101, "101 урок", "Активен 101 пользователь"),
        (1234, "1 234 урока", "Активны 1 234 пользователя"),
    ],
)
def test_russian_counts_as_people_count(n: int, lessons: str, users: str) -> None:
    assert counted("ru", "lessons.n", n).replace("\xa0", " ") == lessons
    assert counted("ru", "users.active", n).replace("\xa0", " ") == users


def test_a_balance_below_zero_is_counted_too() -> None:
    assert counted("ru", "student.balance", -1) == "; на балансе -1 урок"


def test_what_is_not_known_has_a_word() -> None:
    assert named("ru", "subject", "") == "Без предмета"
    assert named("en", "tutor_id", None) == "No tutor"
    assert named("ru", "method", "sbp") == "СБП"
    assert named("ru", "method", "title") == "title"
    assert others("ru")(188) == "Остальные (188)"


def test_a_text_is_never_read_as_a_template() -> None:
    assert (
        word("ru", "subjects.one", subject="{lessons} {0}", lessons="{subject}") == "{lessons} {0}: {subject}"
    )
