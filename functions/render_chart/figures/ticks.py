"""Where axes have their labels, and what these say: written here, for plotly.js has only English months."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from functions.render_chart.figures import days, measure, numbers
from functions.render_chart.figures.names import escaped

LABEL = 12
_BETWEEN = 18
_STEPS = (1, 2, 2.5, 5, 10)
_WHOLE_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis of numbers from `low` to `high`, with a line at each of `values`."""

    low: float
    high: float
    values: tuple[float, ...]


def scale(known: Sequence[float], unit: str, most: int) -> Scale:
    """Even round steps from 0 (or below) to above the greatest; at most about `most` of them."""
    if unit == "percent":
        return Scale(0, 1, (0, 0.25, 0.5, 0.75, 1) if most >= 4 else (0, 0.5, 1))
    if unit == "score":
        return Scale(0, 100, (0, 25, 50, 75, 100) if most >= 4 else (0, 50, 100))
    low, high = min([0.0, *known]), max([0.0, *known])
    if low == high:
        return Scale(0, 1, (0,))
    step = _step(high - low, max(most, 2), whole=unit == "count")
    first, last = math.floor(low / step), math.ceil(high / step)
    # A small refund below the line does not need a whole step of its own.
    low = max(first * step, low * 1.25)
    values = (i * step for i in range(first, last + 1))
    return Scale(low, last * step or -low * 0.1, tuple(value for value in values if value >= low))


def around(known: Sequence[float], unit: str, most: int) -> Scale:
    """For places rather than lengths: no zero needed, the same round steps."""
    if not known or unit not in ("percent", "score"):
        return scale(known, unit, most)
    hundredths = 100.0 if unit == "percent" else 1.0
    low = max(0.0, min(known) * hundredths - 5)
    step = _step(100 - low or 1, max(most, 2), whole=True)
    values = [value for value in range(0, 101, int(step)) if value > low - step]
    if values[-1] < 100:
        values.append(100)
    return Scale(values[0] / hundredths, 100 / hundredths, tuple(value / hundredths for value in values))


def _step(length: float, most: int, *, whole: bool) -> float:
    rough = length / most
    power = 10.0 ** math.floor(math.log10(rough))
    steps = _WHOLE_STEPS if whole else _STEPS
    step = power * next(one for one in steps if one * power >= rough * 0.999)
    return max(step, 1.0) if whole else step


def numeric(locale: str, found: Scale, unit: str) -> dict[str, Any]:
    """The axis keys of a scale."""
    labels = [escaped(numbers.short(locale, value, unit)) for value in found.values]
    return {
        "range": [found.low, found.high],
        "tickmode": "array",
        "tickvals": list(found.values),
        "ticktext": labels,
    }


def course(locale: str, buckets: Sequence[str], granularity: str, pixels: float) -> dict[str, Any]:
    """The axis keys of a row of buckets: as many labels as `pixels` have room for, on days that mean something."""
    if granularity == "plain":
        return _plain(buckets, pixels)
    found = [date.fromisoformat(value) for value in buckets]
    most = {style: _most(locale, style, pixels) for style in ("day", "month")}
    shown, style = _chosen(found, granularity, most)
    return {
        "tickmode": "array",
        "tickvals": [buckets[i] for i in shown],
        "ticktext": [days.day(locale, found[i], style) for i in shown],
        "tickangle": 0,
    }


def _most(locale: str, style: str, pixels: float) -> int:
    """How many labels have room, measured at the longest of a year."""
    year = (days.day(locale, date(2028, month, 28), style) for month in range(1, 13))
    return max(1, int(pixels / (max(measure.width(one, LABEL) for one in year) + _BETWEEN)))


def _plain(labels: Sequence[str], pixels: float) -> dict[str, Any]:
    widest = max((measure.width(one, LABEL) for one in labels), default=40)
    step = max(1, -(-len(labels) // max(1, int(pixels / (widest + _BETWEEN)))))
    shown = list(labels[::step])
    return {"tickmode": "array", "tickvals": shown, "ticktext": list(map(escaped, shown)), "tickangle": 0}


def _chosen(found: list[date], granularity: str, most: dict[str, int]) -> tuple[list[int], str]:
    """Which buckets are labelled, and whether as days or as months."""
    plain = "month" if granularity == "month" else "day"
    if len(found) <= most[plain]:
        return list(range(len(found))), plain
    if granularity == "day":
        for wanted, style in _MEANINGFUL:
            chosen = [i for i, one in enumerate(found) if wanted(one)]
            if 3 <= len(chosen) <= most[style]:
                return chosen, style
    step = -(-len(found) // most[plain])
    return list(range(0, len(found), step)), plain


_MEANINGFUL: tuple[tuple[Callable[[date], bool], str], ...] = (
    (lambda one: one.weekday() in (0, 3), "day"),
    (lambda one: one.weekday() == 0, "day"),
    (lambda one: one.day in (1, 15), "day"),
    (lambda one: one.day == 1, "month"),
    (lambda one: one.day == 1 and one.month % 3 == 1, "month"),
    (lambda one: one.day == 1 and one.month in (1, 7), "month"),
    (lambda one: one.day == 1 and one.month == 1, "month"),
)
