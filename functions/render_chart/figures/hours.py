"""Figures by weekday and hour, as cells."""

from collections.abc import Sequence
from typing import Any

from functions.render_chart.figures import days, saying
from functions.render_chart.figures.drill import Opens
from functions.render_chart.figures.forms.grid import Cells
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.story import Column, Ranks, Table
from functions.render_chart.figures.words import word

_LEAST_HOURS, _LISTED = 10, 8
Cell = dict[str, int]


def cells(look: Look, found: Sequence[Cell], key: str, heading: str, opens: Opens | None = None) -> Cells:
    """The whole week, and the hours from the first to the last with anything in it (ten at least)."""
    first, last = _span(found)
    known = {(cell["weekday"], cell["hour"]): cell[key] for cell in found}
    shown = range(first, last + 1)
    short = [days.weekday(look.locale, number) for number in range(7)]
    long = [days.weekday(look.locale, number, "wide") for number in range(7)]
    labels = [days.hour(number) for number in shown]
    values = [[known.get((number, hour)) for hour in shown] for number in range(7)]
    each = [{"weekday": str(number), "hour": str(hour)} for number in range(7) for hour in shown]
    return Cells(short, labels, values, "count", heading, long, labels, opens=opens, each=each)


def _span(found: Sequence[Cell]) -> tuple[int, int]:
    first, last = min(cell["hour"] for cell in found), max(cell["hour"] for cell in found)
    missing = max(0, _LEAST_HOURS - (last - first + 1))
    first = max(0, first - missing // 2)
    return first, min(23, max(last, first + _LEAST_HOURS - 1))


def busiest(look: Look, found: Sequence[Cell], key: str) -> tuple[str, int]:
    """(«среда, 17:00», how many): the fullest cell, the earliest of equals."""
    best = max(found, key=lambda cell: (cell[key], -cell["weekday"], -cell["hour"]))
    return saying.hours(look, best["weekday"], best["hour"]), best[key]


def ends(look: Look, found: Sequence[Cell], key: str) -> str:
    """The least and the greatest cell, for the alternative text."""
    names = [saying.hours(look, cell["weekday"], cell["hour"]) for cell in found]
    return saying.ends(
        look, word(look.locale, key), names.__getitem__, [cell[key] for cell in found], "count"
    )


def ranks(look: Look, found: Sequence[Cell], key: str) -> Ranks:
    """The fullest hours, for the text form."""
    best = sorted(found, key=lambda cell: (-cell[key], cell["weekday"], cell["hour"]))[:_LISTED]
    rows = [(f"{days.weekday(look.locale, c['weekday'])}, {days.hour(c['hour'])}", c[key]) for c in best]
    return Ranks(rows, "count", word(look.locale, key))


def table(look: Look, found: Sequence[Any], keys: Sequence[tuple[str, str]]) -> Table:
    """A row for each cell that is not empty; `keys` are (key, label)."""
    columns = (
        Column("weekday", word(look.locale, "weekday"), "text"),
        Column("hour", word(look.locale, "hour"), "text"),
        *(Column(key, label) for key, label in keys),
    )
    rows = [
        [days.weekday(look.locale, cell["weekday"], "wide"), days.hour(cell["hour"])]
        + [cell[key] for key, _ in keys]
        for cell in found
    ]
    return Table(columns, rows)
