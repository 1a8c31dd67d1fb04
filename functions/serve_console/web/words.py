"""Words in two languages; where a number stands in them, in the form that the language asks for."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale
from babel.numbers import format_decimal

Entry = str | Mapping[str, str]
Dictionary = Mapping[str, Mapping[str, Entry]]


class Words:
    """`words("key", n=5, name=…)`: the text of a key, its `{names}` filled in. `n` chooses the plural's form.

    Raises KeyError for a key that the language does not have: a page without its words is a defect, not a guess.
    """

    def __init__(self, dictionary: Dictionary, locale: str) -> None:
        self._texts, self._locale = dictionary[locale], locale

    def __call__(self, key: str, **values: Any) -> str:
        entry = self._texts[key]
        n = values.get("n")
        if not isinstance(entry, str):
            category = _locale(self._locale).plural_form(values["n"])
            entry = entry.get(category) or entry["other"]
        if isinstance(n, int | float):
            values["n"] = format_decimal(n, locale=self._locale)
        return entry.format(**values) if values else entry

    def __contains__(self, key: str) -> bool:
        return key in self._texts


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)
