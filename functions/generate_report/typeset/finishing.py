"""What is done to a document that WeasyPrint has laid out, right before it is written: rows, charts and footers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from functions.generate_report.typeset import ink
from functions.generate_report.typeset.charting import Drawing, drawn
from functions.generate_report.typeset.grid import Grid
from functions.generate_report.typeset.pen import Pen, compressed
from functions.generate_report.typeset.picturing import put
from functions.generate_report.typeset.slabs import Slab
from functions.generate_report.typeset.tree import Tree

POINTS = 0.75  # of a CSS pixel
FOOTER_SIZE, FOOTER_FOOT = 7.0, 34.0
# Heights are compared after a journey through pixels.
CLOSE = 0.6


@dataclass(frozen=True, slots=True)
class Sheet:
    """Measures of a page in points: its height, and its sides."""

    height: float
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Laid:
    """A grid as it stands in the layout: an empty table named `name`, with a cell for each slab."""

    name: str
    grid: Grid
    slabs: list[Slab]
    long: bool = False


@dataclass(frozen=True, slots=True)
class Footing:
    """`lines` at the left of every page's foot, `page` at the right: {page} of {pages}."""

    lines: Sequence[str]
    page: str


@dataclass(slots=True)
class Begun:
    """A table some of whose rows are drawn; `foreign` are the cells that the layout has written, of all tables."""

    table: ink.Table
    slabs: Iterator[Slab]
    foreign: Iterator[Any]

    def rows(self, room: float) -> range:
        """Those of the next slabs, as many as filled the room."""
        first = last = 0
        while room > CLOSE:
            slab = next(self.slabs)
            first, last, room = min(first, slab.first) if last else slab.first, slab.last, room - slab.height
        return range(first, last)

    def moved(self, owner: int) -> bytes:
        """The next cell that the layout has written goes into the element of that number."""
        element = next(self.foreign)
        element["S"], element["P"] = "/Div", b"%d 0 R" % owner
        return bytes(element.reference)


class Finisher:
    """Called by WeasyPrint with the document and the file to be."""

    def __init__(self, sheet: Sheet, footing: Footing) -> None:
        self._sheet, self._footing = sheet, footing
        self._grids: list[Laid] = []
        self._charts: dict[str, Drawing | None] = {}
        self._regular, self._bold = Pen("regular", "Rr"), Pen("bold", "Rb")

    def take_grid(self, laid: Laid) -> None:
        """A table whose place will be found by its name."""
        self._grids.append(laid)

    def take_chart(self, name: str, svg: bytes) -> bool:
        """A picture whose place will be found by its name; False when WeasyPrint has to draw it."""
        drawing = drawn(svg, self._regular, self._bold, name)
        self._charts[name] = drawing
        return drawing is not None

    def __call__(self, document: Any, pdf: Any) -> None:
        """Draw all of it. What it uses of both is public."""
        tree = Tree(pdf)
        pages: list[list[str]] = [[] for _ in document.pages]
        self._draw_grids(document, tree, pages)
        self._draw_charts(document, tree, pages)
        for page, parts in enumerate(pages):
            parts.append(self._footer(page + 1, len(pages)))
        self._put_in(pdf, tree, pages)

    def _draw_grids(self, document: Any, tree: Tree, pages: list[list[str]]) -> None:
        elements = iter(tree.elements("Table"))
        foreign = iter(tree.elements("BlockQuote"))
        begun: dict[str, Begun] = {}
        for page, each in enumerate(document.pages):
            for laid in self._grids:
                if laid.name not in each.anchors:
                    continue
                _, top, _, foot = (side * POINTS for side in each.anchors[laid.name])
                spot = ink.Spot(tree, laid.grid, page, self._sheet.left, self._sheet.height - top)
                element, first = next(elements), laid.name not in begun
                if first:
                    begun[laid.name] = Begun(ink.Table(tree, element), iter(laid.slabs), foreign)
                else:
                    tree.detach(element)
                pages[page].append(self._fragment(begun[laid.name], spot, foot - top, first))

    def _fragment(self, begun: Begun, spot: ink.Spot, tall: float, first: bool) -> str:
        """What of a table is on a page: its head, and as many slabs as the layout found room for."""
        head = ink.head(begun.table if first else None, spot, self._bold)
        rows = begun.rows(tall - spot.grid.head_height)
        below = replace(spot, top=spot.top - spot.grid.head_height)
        body = ink.body(begun.table, below, rows, self._regular, begun.moved)
        return f"{head}{body}{ink.rules(below, rows)}"

    def _draw_charts(self, document: Any, tree: Tree, pages: list[list[str]]) -> None:
        """The places of charts are the only pictures of a report, in the order they were taken in."""
        figures = dict(zip(self._charts, tree.elements("Figure"), strict=True))
        for page, each in enumerate(document.pages):
            for name, drawing in self._charts.items():
                if drawing is not None and name in each.anchors:
                    left, top, right, foot = (side * POINTS for side in each.anchors[name])
                    box = (left, self._sheet.height - foot, right - left, foot - top)
                    pages[page].append(put(tree, page, figures[name], drawing, box))

    def _footer(self, page: int, pages: int) -> str:
        text = self._footing.page.format(page=page, pages=pages)
        sheet = self._sheet
        return ink.footer(
            self._regular, self._footing.lines, text, sheet.left, sheet.right, FOOTER_FOOT, FOOTER_SIZE
        )

    def _put_in(self, pdf: Any, tree: Tree, pages: list[list[str]]) -> None:
        # WeasyPrint's own drawing leaves the page's axis turned round: this turns it back.
        turned = f"1 0 0 -1 0 {self._sheet.height:.3f} cm\n".encode()
        for reference, parts in zip(tree.pages, pages, strict=True):
            page = tree.at(reference)
            body = turned + "".join(parts).encode()
            own = page["Contents"]
            page["Contents"] = b"[%s %s]" % (own, compressed(pdf, body, {}))
        fonts = tree.at(tree.at(tree.at(tree.pages[0])["Resources"])["Font"])
        for pen in (self._regular, self._bold):
            if (font := pen.embed(pdf)) is not None:
                fonts[pen.name] = font
