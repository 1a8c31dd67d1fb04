"""A table with every measure known: widths of columns, lines of cells, heights of rows, in points."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from functions.generate_report.document import Column, Kind, Table
from functions.generate_report.speech import Speech
from functions.generate_report.typeset.measure import Measure, tidy

SIZE, HEAD_SIZE = 8.0, 7.2
LEADING, HEAD_LEADING = 10.4, 9.0
PAD, HEAD_PAD, GUTTER = 2.7, 3.0, 9.0
# A cell that is taller ends with an ellipsis: a name of ten thousand letters is no reason for a page of its own.
TALLEST = 8
# A text column is not made narrower than so many points to spare its neighbours.
NARROWEST = 44.0
RIGHT: tuple[Kind, ...] = ("integer", "rate", "score", "rating", "hours", "money")
Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands: its left edge and its width in points, its gutter not included."""

    left: float
    width: float
    right: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """`rows` holds the lines of each cell, `heights` the height of each row; `foreign` has the (row, column)s of
    cells with letters that our font lacks."""

    places: tuple[Place, ...]
    head: tuple[Lines, ...]
    head_height: float
    rows: list[tuple[Lines, ...]]
    heights: list[float]
    foreign: frozenset[tuple[int, int]]


def laid_out(table: Table, say: Speech, width: float) -> Grid:
    """A table, `width` points wide."""
    shown = [i for i, column in enumerate(table.columns) if column.kind != "currency"]
    columns = [table.columns[i] for i in shown]
    regular, bold = Measure("regular"), Measure("bold")
    texts = [
        _texts(column, [row[i] for row in table.rows], say) for i, column in zip(shown, columns, strict=True)
    ]
    labels = [tidy(column.label) for column in columns]
    widths = _widths(columns, texts, labels, regular, bold, width)
    places, left = [], 0.0
    for column, wide, gap in zip(columns, widths, _gaps(columns), strict=True):
        places.append(Place(left + gap, wide, column.kind in RIGHT))
        left += gap + wide
    head = tuple(
        tuple(bold.lines(label, wide * 1000 / HEAD_SIZE + 1))
        for label, wide in zip(labels, widths, strict=True)
    )
    rows = _rows(texts, widths, regular)
    heights = [max(map(len, row)) * LEADING + 2 * PAD for row in rows]
    head_height = max(map(len, head)) * HEAD_LEADING + 2 * HEAD_PAD
    return Grid(tuple(places), head, head_height, rows, heights, _foreign(texts, regular))


def _gaps(columns: Sequence[Column]) -> list[float]:
    """What is free before each column: more where a number's end meets the beginning of a text."""
    right = [column.kind in RIGHT for column in columns]
    return [0.0, *(2 * GUTTER if before and not here else GUTTER for before, here in pairwise(right))]


def _texts(column: Column, values: Sequence[object], say: Speech) -> list[str]:
    """As people read them; what comes again is not written again."""
    known: dict[object, str] = {}
    texts = []
    for value in values:
        text = known.get(value)
        if text is None:
            text = known[value] = tidy(say.value(column.kind, value))
        texts.append(text)
    return texts


def _widths(
    columns: Sequence[Column],
    texts: Sequence[Sequence[str]],
    labels: Sequence[str],
    regular: Measure,
    bold: Measure,
    width: float,
) -> list[float]:
    """Numbers get what they need, texts share what is left; what nobody needs is shared out."""
    free = width - sum(_gaps(columns))
    wide = [max((regular.width(text) for text in set(each)), default=0.0) * SIZE / 1000 for each in texts]
    least = [bold.longest_word(label) * HEAD_SIZE / 1000 for label in labels]
    wish = [max(pair) for pair in zip(wide, least, strict=True)]
    need = [
        max(least[i], wish[i] if column.kind != "text" else min(wish[i], NARROWEST))
        for i, column in enumerate(columns)
    ]
    if sum(wish) <= free:
        return _shared(wish, free - sum(wish))
    if sum(need) >= free:
        return [each * free / sum(need) for each in need]
    ratio = (free - sum(need)) / (sum(wish) - sum(need))
    return [low + (high - low) * ratio for low, high in zip(need, wish, strict=True)]


def _shared(widths: Sequence[float], more: float) -> list[float]:
    """Each column a little wider, the wide ones not more than the narrow ones."""
    return [each + more / len(widths) for each in widths]


def _rows(
    texts: Sequence[Sequence[str]], widths: Sequence[float], regular: Measure
) -> list[tuple[Lines, ...]]:
    columns = []
    for each, wide in zip(texts, widths, strict=True):
        most = wide * 1000 / SIZE + 1
        lines = {text: _at_most(regular.lines(text, most)) for text in set(each)}
        columns.append([lines[text] for text in each])
    return list(zip(*columns, strict=True))


def _at_most(lines: list[str]) -> Lines:
    if len(lines) <= TALLEST:
        return tuple(lines)
    return (*lines[: TALLEST - 1], f"{lines[TALLEST - 1][:-1]}…")


def _foreign(texts: Sequence[Sequence[str]], regular: Measure) -> frozenset[tuple[int, int]]:
    found = set()
    for place, each in enumerate(texts):
        strange = {text for text in set(each) if regular.foreign(text)}
        if strange:
            found |= {(line, place) for line, text in enumerate(each) if text in strange}
    return frozenset(found)
