"""Pieces of findings that several charts use: sums of money, comparisons, the greatest and the least."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from functions.render_chart.figures import days, numbers
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import said
from functions.render_chart.figures.story import Value
from functions.render_chart.figures.words import named, word

# Less than so many grades say nothing about a subject or a student.
FEW = 3


def listed(look: Look, parts: Sequence[str]) -> str:
    """«a», «a и b», «a, b и c»."""
    if len(parts) < 2:
        return "".join(parts)
    return word(look.locale, "and", first=", ".join(parts[:-1]), second=parts[-1])


def sums(look: Look, by_currency: dict[str, Any], key: str, *, all_of_them: bool = True) -> str:
    """Amounts of several currencies side by side, never added up."""
    amounts = [(code, Decimal(figures[key])) for code, figures in by_currency.items()]
    return listed(look, [numbers.money(look.locale, a, code) for code, a in amounts if a or all_of_them])


def change(look: Look, now: float | Decimal, before: float | Decimal | None) -> str:
    """« — на 12 % больше, чем за предыдущий период», nothing when there is nothing to compare with."""
    if not before or before < 0:
        return ""
    rate = (Decimal(str(now)) - Decimal(str(before))) / Decimal(str(before))
    if round(abs(rate), 2) == 0:
        return word(look.locale, "change.same")
    key = "change.more" if rate > 0 else "change.less"
    return word(look.locale, key, rate=numbers.percent(look.locale, abs(rate)))


def against(look: Look, now: Value, before: Value, unit: str) -> str:
    """« против 88 % периодом раньше», nothing when either is not known."""
    if now is None or before is None:
        return ""
    return word(look.locale, "against", before=numbers.short(look.locale, before, unit))


def previous(answer: dict[str, Any]) -> dict[str, Any]:
    """The summary of the period before, empty when nobody asked for it."""
    found: dict[str, Any] = (answer.get("previous") or {}).get("summary") or {}
    return found


def extreme(values: Sequence[Value]) -> tuple[int, int] | None:
    """Where the least and the greatest are; None when they are the same or there are fewer than two."""
    known = [(value, i) for i, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    low, high = min(known, key=lambda one: (one[0], one[1])), max(known, key=lambda one: (one[0], -one[1]))
    return None if low[0] == high[0] else (low[1], high[1])


def only_peak(values: Sequence[Value]) -> int | None:
    """Where the greatest is, if there is only one such and others beside it."""
    found = extreme(values)
    if found is None or sum(value == values[found[1]] for value in values) > 1:
        return None
    return found[1]


def ends(look: Look, what: str, name: Callable[[int], str], values: Sequence[Value], unit: str) -> str:
    """«Проведены: от 2 (3 ноября) до 14 (18 ноября)»."""
    found = extreme(values)
    if found is None:
        return ""
    low, high = (
        word(
            look.locale,
            "at",
            value=numbers.short(look.locale, values[i] or 0, unit),
            where=name(i),
        )
        for i in found
    )
    return word(look.locale, "extremes", what=what, low=low, high=high)


def granularity(answer: dict[str, Any]) -> str:
    """What a bucket of the answer is."""
    return str((answer.get("filters") or {}).get("granularity") or "day")


def when(look: Look, answer: dict[str, Any], day: str) -> str:
    """A bucket in a sentence."""
    return days.bucket(look.locale, date.fromisoformat(day), granularity(answer))


def whens(look: Look, answer: dict[str, Any]) -> Callable[[int], str]:
    """The buckets of the answer's series by their numbers, as sentences have them."""
    return lambda i: when(look, answer, answer["series"][i]["date"])


def hours(look: Look, weekday: int, hour: int) -> str:
    """«среда, 17:00»."""
    return f"{days.weekday(look.locale, weekday, 'wide')}, {days.hour(hour)}"


def shown(look: Look, names: Sequence[str], most: int) -> str:
    """«; на рисунке — RUB и USD» when not all of them are in the picture, else nothing."""
    return "" if len(names) <= most else word(look.locale, "shown", names=listed(look, names[:most]))


def by_payments(by_currency: dict[str, Any], key: str) -> list[str]:
    """Currencies, the most used first."""
    return sorted(by_currency, key=lambda code: (-by_currency[code][key], code))


def best_and_worst(look: Look, sentence: str, rows: Sequence[dict[str, Any]], key: str) -> str:
    """Which of them has the best score and which the worst, of those with enough grades to say so."""
    known = [row for row in rows if row["graded"] >= FEW and row["average_score_percent"] is not None]
    found = extreme([row["average_score_percent"] for row in known])
    if found is None:
        return ""
    low, high = (known[i] for i in found)
    return word(
        look.locale,
        sentence,
        best=said(named(look.locale, key, high[key])),
        high=numbers.short(look.locale, high["average_score_percent"], "score"),
        worst=said(named(look.locale, key, low[key])),
        low=numbers.short(look.locale, low["average_score_percent"], "score"),
    )
