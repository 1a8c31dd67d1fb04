"""The headline figures of a page, whichever role's page it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from functions.render_chart.figures import numbers
from functions.render_chart.figures.drill import Opens
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.saying import previous
from functions.render_chart.figures.story import Value
from functions.render_chart.figures.words import word


@dataclass(frozen=True, slots=True)
class Headline:
    """`now` and `before` as the answer has them: a number, a decimal text for money, None when not known."""

    key: str
    label: str
    unit: str
    now: Any
    before: Any
    opens: Opens | None = None

    @property
    def name(self) -> str:
        """What tells it from the others: `completed`, `RUB.revenue`."""
        currency = numbers.currency_of(self.unit)
        return f"{currency}.{self.key}" if currency else self.key.removeprefix("overview.")

    @property
    def values(self) -> tuple[Value, Value]:
        """Both as numbers to draw."""
        now, before = (None if each is None else float(each) for each in (self.now, self.before))
        return now, before


# Key, family (of the nested summaries), field, unit.
_FIGURES = (
    ("completed", "lessons", "completed", "count"),
    ("rate", "lessons", "attendance_rate", "percent"),
    ("score", "homework", "average_score_percent", "score"),
    ("graded", "homework", "graded", "count"),
    ("active", "users", "active", "count"),
    ("registered", "users", "registered", "count"),
    ("overview.accessed", "materials", "accessed", "count"),
)
_LABELS = {"completed": "held", "active": "overview.active", "registered": "overview.registered"}


def headlines(answer: dict[str, Any], look: Look) -> list[Headline]:
    """Of /analytics/overview or any dashboard: what is there, money by currency after the lessons."""
    now, before = answer["summary"], previous(answer)
    found = list(_plain(look, now, before))
    money = list(_money(look, answer, now, before))
    at = sum(one.key in ("completed", "rate") for one in found)
    return [*found[:at], *money, *found[at:]]


def _plain(look: Look, now: dict[str, Any], before: dict[str, Any]) -> Iterator[Headline]:
    nested = "lessons" in now
    for key, family, field, unit in _FIGURES:
        part, earlier = (now.get(family), before.get(family)) if nested else (now, before)
        if part and field in part:
            label = word(look.locale, _LABELS.get(key, key))
            yield Headline(key, label, unit, part[field], (earlier or {}).get(field), Opens(family, field))


def _money(
    look: Look, answer: dict[str, Any], now: dict[str, Any], before: dict[str, Any]
) -> Iterator[Headline]:
    """A currency that was not met in the period before had nothing then."""
    zero = {"revenue": "0"}
    for code, figures in (now.get("payments") or {}).items():
        earlier = (before.get("payments") or {}).get(code, zero if before else {})
        label = f"{word(look.locale, 'revenue')}, {numbers.sign_of(look.locale, code)}"
        opens = Opens("payments", "revenue", (("currency", code),))
        yield Headline("revenue", label, f"money:{code}", figures["revenue"], earlier.get("revenue"), opens)
    for code, figures in (answer.get("earnings") or {}).items():
        label = f"{word(look.locale, 'earned')}, {numbers.sign_of(look.locale, code)}"
        yield Headline("earned", label, f"money:{code}", figures["earned"], None)
