"""A grid cut into slabs of rows: what the layout moves from page to page as a whole."""

from dataclasses import dataclass

from functions.generate_report.typeset.grid import Grid

# Rows that stay together in a table that is a part of a page: its pages end so many rows short at most.
FEW = 3
# A table not taller than this share of a page is not broken at all.
SHORT = 0.25
# A table taller than this share of a page begins on a page of its own, and fills it.
LONG = 1.2
# Heights are added up by others, in another unit.
SPARE = 1.0


@dataclass(frozen=True, slots=True)
class Slab:
    """Rows `first` to `last`, the latter not included, `height` points."""

    first: int
    last: int
    height: float


def is_long(grid: Grid, page: float) -> bool:
    """Whether the table begins on a page of its own."""
    return sum(grid.heights) > LONG * page


def cut(grid: Grid, page: float, before: float) -> list[Slab]:
    """`page` is what a page holds, `before` what stands above the table on a page of its own, in points."""
    if not is_long(grid, page):
        whole = sum(grid.heights) <= SHORT * page
        return _pieces(grid, [], len(grid.rows) if whole else FEW, 0.0)
    room = page - grid.head_height - SPARE
    return _pieces(grid, [room - before], len(grid.rows), room)


def _pieces(grid: Grid, rooms: list[float], most: int, room: float) -> list[Slab]:
    """At most so many rows, and not taller than a page has room for."""
    slabs, first, height = [], 0, 0.0
    limit = rooms[0] if rooms else room
    for line, tall in enumerate(grid.heights):
        full = line - first >= most or (limit and line > first and height + tall > limit)
        if full:
            slabs.append(Slab(first, line, height))
            first, height, limit = line, 0.0, room
        height += tall
    return [*slabs, Slab(first, len(grid.heights), height)]
