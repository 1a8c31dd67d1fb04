"""Numbers, money, dates and changes as people of one language write them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol

from functions.generate_report.document import Kind, Money, Tile
from functions.generate_report.words import labels, names, sentences

ABSENT = "—"
MINUS = "\u2212"


class Speech:
    """One language's words and formats, on the clock of one zone; `people` are the names of ids."""

    def __init__(self, locale: str, tz: str, people: Mapping[str, str] | None = None) -> None:
        self.locale = locale
        self._people = people or {}
        self.zone = ZoneInfo(tz)
        self._second = locale == "en"
        self._plural = Locale.parse(locale).plural_form
        self._day = lru_cache(maxsize=None)(self._day_of)

    def __call__(self, key: str, **values: object) -> str:
        """A sentence with its values filled in."""
        return sentences.SENTENCES[key][self._second].format(**values)

    def label(self, key: str) -> str:
        """What stands above a column or under a figure."""
        return labels.LABELS[key][self._second]

    def name(self, group: str, key: str | None) -> str:
        """A word of the data's own, such as an outcome, or a person's name; what is not known is shown as it came."""
        found = names.NAMES[group].get(key or "")
        return found[self._second] if found else self._people.get(key or "", key or ABSENT)

    def count(self, key: str, number: int, **values: object) -> str:
        """A sentence whose words depend on how many: 1 урок, 2 урока, 5 уроков."""
        forms = sentences.COUNTED[key][self.locale]
        form = forms.get(self._plural(number), forms["other"])
        return form.format(n=self.number(number), **values)

    def value(self, kind: Kind, value: Any) -> str:
        """A value as it stands in a table or under a heading; None is a dash."""
        if value is None or value == "":
            return ABSENT
        match kind:
            case "integer":
                return self.number(value)
            case "rate":
                return self.rate(value)
            case "score":
                return self.rate(value / 100)
            case "rating":
                return self.number(value, "0.00")
            case "hours":
                return self.number(value / 60, "#,##0.#")
            case "money":
                return self.money(value)
            case "day" | "week" | "month":
                return self._day(kind, value)
            case "instant":
                return self.instant(value)
            case _:
                return str(value)

    def number(self, value: float | Decimal, pattern: str = "#,##0") -> str:
        """1234 → «1 234»."""
        return signed(str(format_decimal(value, pattern, locale=self.locale)))

    def rate(self, value: float) -> str:
        """0.9142 → «91,4 %»."""
        pattern = "#,##0.0\u00a0%" if self.locale == "ru" else "#,##0.0%"
        return signed(str(format_percent(value, pattern, locale=self.locale)))

    def money(self, value: Money) -> str:
        """1500.00 RUB → «1 500,00 ₽», exactly."""
        text = str(format_currency(Decimal(value.amount), value.currency, locale=self.locale))
        return signed(text.replace(value.currency, symbol(value.currency, self.locale)))

    def change(self, tile: Tile) -> str:
        """How a figure changed: «+12,0 %», «−3,1 п. п.», «без изменений»; empty when that cannot be said."""
        if tile.value is None or tile.before is None:
            return ""
        if tile.kind in ("rate", "score"):
            scale = 100 if tile.kind == "rate" else 1
            points = round((tile.value - tile.before) * scale, 1)
            return self("points", points=self._more(points)) if points else self("unchanged")
        now, before = _amount(tile.value), _amount(tile.before)
        if now == before:
            return self("unchanged")
        if tile.kind == "rating":
            return self._more(now - before, "0.00")
        return self("percent", percent=self._more((now - before) / before * 100)) if before else ""

    def compared(self, tile: Tile) -> str:
        """The change with the figure before: «+12 %, было 34»; empty when there is nothing to compare with."""
        if tile.before is None:
            return ""
        was = self("was", value=self.value(tile.kind, tile.before))
        return ", ".join(part for part in (self.change(tile), was) if part)

    def mood(self, tile: Tile) -> str:
        """Whether a change is `good`, `bad` or neither (`same`)."""
        if tile.value is None or tile.before is None or tile.better == "neither":
            return "same"
        now, before = _amount(tile.value), _amount(tile.before)
        if now == before:
            return "same"
        return "good" if (now > before) == (tile.better == "more") else "bad"

    def _more(self, value: float | Decimal, pattern: str = "#,##0.#") -> str:
        return f"{'+' if value > 0 else ''}{self.number(value, pattern)}"

    def _day_of(self, kind: str, value: str) -> str:
        first = date.fromisoformat(value)
        if kind == "month":
            return str(format_date(first, "LLLL y", locale=self.locale))
        if kind == "week":
            return self.span(value, (first + timedelta(days=6 - first.weekday())).isoformat(), "d MMM")
        return str(format_date(first, "EEE, d MMM", locale=self.locale))

    def date(self, value: str) -> str:
        """2026-11-22 → «22 ноября 2026 г.»."""
        return str(format_date(date.fromisoformat(value), "long", locale=self.locale))

    def span(self, first: str, last: str, pattern: str = "long") -> str:
        """Two days → «16 ноября 2026 г. – 22 ноября 2026 г.»; one → once."""
        days = (date.fromisoformat(first), date.fromisoformat(last))
        ends = [str(format_date(day, pattern, locale=self.locale)) for day in days]
        return ends[0] if first == last else " – ".join(ends)

    def local(self, value: str) -> datetime:
        """An RFC 3339 instant on the reader's clock."""
        return datetime.fromisoformat(value).astimezone(self.zone)

    def instant(self, value: str, pattern: str = "d MMM y, HH:mm") -> str:
        """The same as people write it."""
        return str(format_datetime(self.local(value), pattern, locale=self.locale))


def symbol(currency: str, locale: str) -> str:
    """The sign of a currency; where the language has none of its own, the one that is used at home."""
    found = str(get_currency_symbol(currency, locale=locale))
    return str(get_currency_symbol(currency, locale="ru")) if found == currency else found


def sentence(text: str) -> str:
    """With its full stop."""
    return text if not text or text[-1] in ".!?…" else f"{text}."


def signed(text: str) -> str:
    """A number's hyphen is a minus."""
    return text.replace("-", MINUS)


def _amount(value: Any) -> Decimal:
    return Decimal(value.amount) if isinstance(value, Money) else Decimal(str(value))
