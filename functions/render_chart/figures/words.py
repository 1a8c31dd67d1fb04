"""What figures say, in Russian and English."""

from collections.abc import Callable
from typing import Any

from babel.core import Locale

from functions.render_chart.figures import numbers
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.wording import en, ru

WORDS = {"ru": ru.WORDS, "en": en.WORDS}


def word(locale: str, key: str, **values: Any) -> str:
    """A word or sentence; whole numbers are written as the language writes them."""
    return str(WORDS[locale][key]).format(**_written(locale, values))


def word_for(look: Look, key: str, **values: Any) -> str:
    """The word as this reader would say it."""
    theirs = f"payer.{key}"
    return word(look.locale, theirs if look.payer and theirs in WORDS[look.locale] else key, **values)


def counted(locale: str, key: str, n: int, **values: Any) -> str:
    """The same in the plural form that `n` asks for (CLDR)."""
    forms = WORDS[locale][key]
    assert isinstance(forms, dict)  # noqa: S101 - a word list of ours
    form = Locale.parse(locale).plural_form(abs(n))
    return (forms.get(form) or forms["other"]).format(**_written(locale, {**values, "n": n}))


def _written(locale: str, values: dict[str, Any]) -> dict[str, str]:
    return {
        name: numbers.count(locale, value) if isinstance(value, int) else str(value)
        for name, value in values.items()
    }


def named(locale: str, column: str, raw: str | None) -> str:
    """A name as people see it: what is not known has a word for that, a method of payment its own."""
    if not raw:
        return word(locale, f"no.{column}")
    known = WORDS[locale].get(f"{column}.{raw}") if column == "method" else None
    return str(known or raw)


def others(locale: str) -> Callable[[int], str]:
    """«Остальные (12)»: what sums up so many is called."""
    return lambda n: word(locale, "others", n=n)
