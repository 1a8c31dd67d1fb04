"""What a chart says besides its marks: title, finding, table, and the text form for chats without pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from functions.render_chart.figures import numbers
from functions.render_chart.figures.drill import Narrow, Opens
from functions.render_chart.figures.names import tidy
from lib.telegram.text_chart import COLUMNS, bars, sparkline

LONGEST_ALT = 400
LONGEST_TEXT = 1500
_MOST_BARS = 10
_LONGEST_LABEL = 18
Value = float | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """`format`: text, date, month, integer, percent (0 to 1), score (0 to 100) or money:RUB."""

    key: str
    label: str
    format: str = "integer"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, and rows of raw values in their order: exactly those of the answer.

    `opens`: what the values of a column are counted from, by its key; `each` narrows that by row, without it a row is
    a bucket.
    """

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Any]]
    opens: Mapping[str, Opens] = field(default_factory=dict)
    each: Sequence[Narrow] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        columns = [{"key": c.key, "label": c.label, "format": c.format} for c in self.columns]
        return {"columns": columns, "rows": [list(row) for row in self.rows]}


@dataclass(frozen=True, slots=True)
class Spark:
    """A row of figures in time order, for a line of blocks."""

    label: str
    values: Sequence[Value]
    unit: str = "count"


@dataclass(frozen=True, slots=True)
class Ranks:
    """(name, figure) each, for bars of blocks below what they are."""

    rows: Sequence[tuple[str, Value]]
    unit: str = "count"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """`finding` is one sentence without its full stop; `axes` says what stands where; `facts` are (label, figure)."""

    chart: str
    title: str
    finding: str
    axes: str
    table: Table
    extremes: str = ""
    sparks: tuple[Spark, ...] = ()
    ranks: tuple[Ranks, ...] = ()
    facts: tuple[tuple[str, str], ...] = field(default=())


def alt(story: Story, kind: str) -> str:
    """For a screen reader, at most 400 characters: what it is, its axes, the finding, the extremes."""
    first = f"{kind}: {story.title}"
    for parts in (
        (first, story.axes, story.finding, story.extremes),
        (first, story.axes, story.finding),
        (first, story.finding),
    ):
        said = " ".join(f"{part}." for part in parts if part)
        if len(said) <= LONGEST_ALT:
            return said
    return said[: LONGEST_ALT - 1] + "…"


def text(story: Story, locale: str) -> str:
    """For a chat: title, finding, lines of blocks, a short table; at most 1,500 characters, 32 in a line of these."""
    blocks = [f"{story.title}\n{story.finding}."]
    if story.sparks:
        blocks.append("\n".join(_spark(locale, spark) for spark in story.sparks))
    if story.facts:
        blocks.append("\n".join(_fact(label, figure) for label, figure in story.facts))
    blocks += [_ranks(locale, ranks) for ranks in story.ranks if ranks.rows]
    while len("\n\n".join(blocks)) > LONGEST_TEXT and len(blocks) > 1:
        blocks.pop()
    return "\n\n".join(blocks)[:LONGEST_TEXT]


def _spark(locale: str, spark: Spark) -> str:
    known = [value for value in spark.values if value is not None]
    ends = (
        " – ".join(numbers.short(locale, end, spark.unit) for end in (min(known), max(known)))
        if known
        else "–"
    )
    return f"{spark.label}: {ends}\n{sparkline(_fewer(spark.values))}"


def _fewer(values: Sequence[Value]) -> list[Value]:
    """At most a line of them, each the mean of what it stands for."""
    step = -(-len(values) // COLUMNS) or 1
    groups = (values[i : i + step] for i in range(0, len(values), step))
    return [_mean([value for value in group if value is not None]) for group in groups]


def _mean(known: Sequence[float]) -> Value:
    return sum(known) / len(known) if known else None


def _fact(label: str, figure: str) -> str:
    name = tidy(label)
    name = name if len(name) <= _LONGEST_LABEL + 4 else name[: _LONGEST_LABEL + 3] + "…"
    return f"{name:<{max(COLUMNS - len(figure) - 1, len(name))}} {figure}"


def _ranks(locale: str, ranks: Ranks) -> str:
    rows = [(tidy(name), value) for name, value in ranks.rows[:_MOST_BARS]]
    drawn = bars(rows, lambda value: numbers.short(locale, value, ranks.unit))
    return f"{ranks.label}:\n{drawn}" if ranks.label else drawn
