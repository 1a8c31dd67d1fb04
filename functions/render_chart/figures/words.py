"""What figures say, in Russian and English, with numbers and dates as people write them."""

from datetime import date

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

WORDS = {
    "ru": {
        "title": "Уроки и посещаемость",
        "completed": "Проведены",
        "excused": "Пропуск по уважительной причине",
        "unexcused": "Пропуск без причины",
        "cancelled": "Отменены",
        "rate": "Посещаемость",
        "lessons": "Уроки",
        "none": "За этот период уроков не было",
        "held": {
            "one": "Проведено {done} из {n} урока",
            "few": "Проведено {done} из {n} уроков",
            "many": "Проведено {done} из {n} уроков",
        },
        "attendance": "посещаемость {rate}",
    },
    "en": {
        "title": "Lessons and attendance",
        "completed": "Completed",
        "excused": "Excused absence",
        "unexcused": "Unexcused absence",
        "cancelled": "Cancelled",
        "rate": "Attendance",
        "lessons": "Lessons",
        "none": "There were no lessons in this period",
        "held": {"one": "{done} of {n} lesson held", "other": "{done} of {n} lessons held"},
        "attendance": "attendance {rate}",
    },
}


def word(locale: str, key: str) -> str:
    """A fixed word or phrase."""
    return str(WORDS[locale][key])


def counted(locale: str, key: str, n: int, **values: int) -> str:
    """A phrase in the plural form that `n` asks for (CLDR), with its numbers formatted."""
    forms = WORDS[locale][key]
    assert isinstance(forms, dict)  # noqa: S101 - a word list of ours
    form = Locale.parse(locale).plural_form(n)
    text = forms.get(form) or forms.get("other") or forms["many"]
    numbers = {name: format_decimal(value, locale=locale) for name, value in {**values, "n": n}.items()}
    return str(text.format(**numbers))


def percent(locale: str, rate: float) -> str:
    """0.914 → «91 %»."""
    return str(format_percent(rate, "#,##0 %" if locale == "ru" else "#,##0%", locale=locale))


def day(locale: str, value: date, granularity: str) -> str:
    """A bucket's label: «3 нояб.», or «нояб. 2026» for months."""
    pattern = "LLL y" if granularity == "month" else "d MMM"
    return str(format_date(value, pattern, locale=locale))
