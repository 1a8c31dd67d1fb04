"""Putting the drawings of charts into their places on pages that are laid out, with their tags."""

from typing import Any

import pydyf  # type: ignore[import-untyped]  # ships no py.typed

from functions.generate_report.typeset.charting import Drawing, Tile
from functions.generate_report.typeset.matrix import Matrix, number, times, written
from functions.generate_report.typeset.pen import compressed
from functions.generate_report.typeset.tree import Tree

# Left, foot, width and height in points, from the foot of the page.
Box = tuple[float, float, float, float]


def put(tree: Tree, page: int, figure: Any, drawing: Drawing, box: Box) -> str:
    """The operators that draw it inside of its figure, whose place is said where readers look for it."""
    left, foot, width, height = box
    mark = tree.next_mark(page)
    figure["K"].append(mark)
    tree.own(page, [figure.reference])
    figure["A"]["BBox"] = pydyf.Array([number(side) for side in (left, foot, left + width, foot + height)])
    matrix = _matrix(drawing, box)
    resources = tree.at(tree.at(tree.pages[page])["Resources"])
    for name, tile in drawing.tiles.items():
        resources["Pattern"][name] = _pattern(tree.pdf, tile, matrix)
    for name, (fill, stroke) in drawing.alphas.items():
        resources["ExtGState"][name] = pydyf.Dictionary({"ca": fill, "CA": stroke})
    return f"/Figure<</MCID {mark}>>BDC q {written(matrix)} cm\n{drawing.body}Q EMC\n"


def _matrix(drawing: Drawing, box: Box) -> Matrix:
    left, foot, width, height = box
    return (width / drawing.width, 0, 0, -height / drawing.height, left, foot + height)


def _pattern(pdf: Any, tile: Tile, matrix: Matrix) -> bytes:
    extra = {
        "Type": "/Pattern",
        "PatternType": 1,
        "PaintType": 1,
        "TilingType": 1,
        "BBox": pydyf.Array([0, 0, tile.width, tile.height]),
        "XStep": tile.width,
        "YStep": tile.height,
        "Matrix": pydyf.Array([f"{each:.5f}" for each in times(tile.matrix, matrix)]),
        "Resources": pydyf.Dictionary({}),
    }
    return compressed(pdf, tile.body.encode(), extra)
