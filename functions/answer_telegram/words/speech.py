"""What the bot says, in the reader's language, with numbers, days and plurals as that language writes them."""

import html
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal, format_percent

from functions.answer_telegram.words import en, ru

Words = Mapping[str, str | Mapping[str, str]]
WORDS: Mapping[str, Words] = {"ru": ru.WORDS, "en": en.WORDS}
# Babel writes the rouble as letters in English.
_SYMBOLS = {"RUB": "₽"}


class Speech:
    """`locale` is `ru` or `en`."""

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def plain(self, key: str, **values: Any) -> str:
        """Words for a button or a notice."""
        return str(WORDS[self.locale][key]).format(**values)

    def html(self, key: str, **values: Any) -> str:
        """Words for a message: what is put into them is text, whatever it holds."""
        return self.plain(
            key, **{name: html.escape(str(value), quote=False) for name, value in values.items()}
        )

    def count(self, key: str, number: float, **values: Any) -> str:
        """The plural form that the number asks for (CLDR), with the number written in it as `{n}`."""
        forms = WORDS[self.locale][key]
        assert isinstance(forms, Mapping)  # noqa: S101 - a list of ours
        form = Locale.parse(self.locale).plural_form(abs(number))
        # A fraction in Russian takes the form of two to four.
        return (forms.get(form) or forms.get("other") or forms["few"]).format(n=self.number(number), **values)

    def has(self, key: str) -> bool:
        """Whether there are words for it."""
        return key in WORDS[self.locale]

    def number(self, value: float) -> str:
        """«1 204», «4,5»."""
        return format_decimal(value, format="#,##0.#", locale=self.locale)

    def percent(self, rate: float) -> str:
        """0.84 → «84 %»."""
        return format_percent(rate, locale=self.locale)

    def money(self, amount: str, currency: str) -> str:
        """«1 500 ₽»: a decimal text, without kopecks when there are none."""
        value = Decimal(amount)
        whole = value == value.to_integral_value()
        pattern = {"ru": "#,##0\u00a0¤", "en": "¤#,##0"}[self.locale] if whole else None
        written = format_currency(value, currency, pattern, locale=self.locale, currency_digits=not whole)
        return written.replace(currency, _SYMBOLS.get(currency, currency))

    def moment(self, at: datetime) -> str:
        """«23 ноя., 18:40» on the clock that `at` shows."""
        return format_datetime(at, "d MMM, HH:mm", tzinfo=at.tzinfo, locale=self.locale)
