"""The pages' words: both languages have all of them, with the same places to fill in, and every plural form."""

import importlib
import pkgutil
import string
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from babel import Locale

import functions.serve_console as console
from functions.serve_console.web.words import Words

LATIN_ALLOWED = {"Telegram", "RepitBot", "API", "PDF", "CSV", "XLSX", "Excel", "JSON", "HTML", "NDJSON"}


def dictionaries() -> Iterator[tuple[str, Mapping[str, Mapping[str, Any]]]]:
    """Every dictionary of words below serve_console: a mapping with `ru` and `en`."""
    for module in pkgutil.walk_packages(console.__path__, "functions.serve_console."):
        for name, value in vars(importlib.import_module(module.name)).items():
            texts = value if isinstance(value, Mapping) and set(value) == {"ru", "en"} else None
            if texts and all(isinstance(each, Mapping) for each in texts.values()):
                yield f"{module.name}.{name}", texts


ALL = dict(dictionaries())


def places(entry: Any) -> set[str]:
    texts = [entry] if isinstance(entry, str) else list(entry.values())
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_are_dictionaries() -> None:
    assert any(name.endswith("shell_words.SHELL") for name in ALL)


@pytest.mark.parametrize("name", ALL)
def test_both_languages_have_the_same_words_with_the_same_places(name: str) -> None:
    ru, en = ALL[name]["ru"], ALL[name]["en"]
    assert set(ru) == set(en)
    for key, entry in ru.items():
        if isinstance(entry, str | Mapping):
            assert places(entry) == places(en[key]), key


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("locale", ["ru", "en"])
def test_words_that_count_have_every_form_that_the_language_asks_for(name: str, locale: str) -> None:
    rule = Locale.parse(locale).plural_form
    asked = {rule(n) for n in (0, 1, 2, 5, 11, 21, 22, 25, 101)}
    for key, entry in ALL[name][locale].items():
        if isinstance(entry, Mapping) and set(entry) & {"one", "few", "many", "other"}:
            assert asked <= set(entry) | ({"other"} & set(entry)) or "other" in entry, key
            assert asked - set(entry) <= ({"other"} if locale == "ru" else set()), key


def test_a_number_takes_its_form_and_its_separators() -> None:
    words = Words(
        {"ru": {"m": {"one": "{n} письмо", "few": "{n} письма", "many": "{n} писем"}}, "en": {"m": "{n}"}},
        "ru",
    )
    assert [words("m", n=n) for n in (1, 3, 5, 11, 21)] == [
        "1 письмо",
        "3 письма",
        "5 писем",
        "11 писем",
        "21 письмо",
    ]
    assert words("m", n=12345).replace("\u00a0", " ") == "12 345 писем"


def test_a_missing_word_is_an_error() -> None:
    with pytest.raises(KeyError):
        Words({"ru": {}, "en": {}}, "ru")("absent")
