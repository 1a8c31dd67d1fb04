"""Cells whose letters our font lacks: the layout writes them, where the grid says, in whatever font has them."""

from markupsafe import Markup

from functions.generate_report.typeset.grid import LEADING, PAD, Grid
from functions.generate_report.typeset.slabs import Slab


def pieces(grid: Grid, slab: Slab) -> Markup:
    """One block quote a cell, in the order of reading: nothing else in a report is one, so it is found again."""
    found = [place for place in grid.foreign if slab.first <= place[0] < slab.last]
    return Markup("").join(_piece(grid, slab, line, place) for line, place in sorted(found))


def _piece(grid: Grid, slab: Slab, line: int, place: int) -> Markup:
    column = grid.places[place]
    top = sum(grid.heights[slab.first : line]) + PAD
    lines = grid.rows[line][place]
    align = "right" if column.right else "left"
    style = (
        f"left:{column.left:.2f}pt;top:{top:.2f}pt;width:{column.width:.2f}pt;"
        f"height:{len(lines) * LEADING:.2f}pt;text-align:{align}"
    )
    shown = Markup("<br>").join(lines)
    return Markup('<blockquote dir="auto" style="{}">{}</blockquote>').format(style, shown)
