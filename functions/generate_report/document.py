"""What a report is, before it is a PDF, a page, a workbook or a text table: typed values and words, no layout."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

# How a value is meant: `rate` is 0..1, `score` 0..100, `money` a Money, `hours` minutes, `day`, `week` and `month`
# an ISO day that begins it, `instant` an RFC 3339 text, `currency` a code that only sheets need beside the amounts.
Kind = Literal[
    "text",
    "integer",
    "rate",
    "score",
    "rating",
    "hours",
    "money",
    "day",
    "week",
    "month",
    "instant",
    "currency",
]
TEXTS: tuple[Kind, ...] = ("text", "currency")
Better = Literal["more", "less", "neither"]
Tone = Literal["plain", "lead", "note"]


class Money(NamedTuple):
    """An amount as the figures have it, a decimal text, and its currency."""

    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `key` names it in every language."""

    key: str
    label: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """Raw values by column; the first column names the row. `note` says what is not in it, and where it is."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline figure; `before` is that of the previous period, None when there is nothing to compare with."""

    key: str
    label: str
    kind: Kind
    value: Any
    before: Any = None
    better: Better = "neither"


@dataclass(frozen=True, slots=True)
class Tiles:
    """Headline figures side by side; `title` tells one currency from another."""

    tiles: tuple[Tile, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture (an SVG for each theme), what it says, and its figures; `name` and `kind` are the drawn ones."""

    name: str
    kind: str
    title: str
    finding: str
    alt: str
    pictures: dict[str, bytes]
    table: Table


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs."""

    paragraphs: tuple[str, ...]
    tone: Tone = "plain"


Block = Tiles | Chart | Table | Words


@dataclass(frozen=True, slots=True)
class Source:
    """Which answer the figures of a section are from."""

    title: str
    receipt: str
    position: int
    time: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """A part under a heading; without a title it continues the head of the report."""

    title: str
    blocks: tuple[Block, ...]
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """`first` and `last` are local days in `tz`; `summary` is what its charts find, `compared` says with which period
    the headline figures are compared. `full` ones have lists of rows, `warm` ones are for a family."""

    type: str
    locale: str
    title: str
    subtitle: str
    first: str
    last: str
    tz: str
    filters: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    full: bool = False
    warm: bool = False
    summary: tuple[str, ...] = ()
    compared: str = ""

    def tables(self) -> list[Table]:
        """Every table, in the order of reading."""
        return [block for part in self.sections for block in part.blocks if isinstance(block, Table)]

    def charts(self) -> list[Chart]:
        """Every chart, in the order of reading."""
        return [block for part in self.sections for block in part.blocks if isinstance(block, Chart)]
