"""Drawing the rows of grids and the footers onto pages that are laid out: text, rules, and their tags."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from functions.generate_report.typeset.grid import (
    HEAD_LEADING,
    HEAD_PAD,
    HEAD_SIZE,
    LEADING,
    PAD,
    SIZE,
    Grid,
    Lines,
    Place,
)
from functions.generate_report.typeset.pen import Pen
from functions.generate_report.typeset.tree import Tree

INK, MUTED = "0.114 0.141 0.2", "0.357 0.392 0.447"
RULE, HAIR = "0.114 0.141 0.2", "0.882 0.867 0.827"
RULE_WIDTH, HAIR_WIDTH = 0.8, 0.4
# From the top of a line to the feet of its letters.
FOOT, HEAD_FOOT = 8.0, 7.0
SCOPES = {"Column": b"<</O/Table/Scope/Column>>", "Row": b"<</O/Table/Scope/Row>>"}
# The first cell of a row names it.
HEADER, DATA = (b"TH", b"/A" + SCOPES["Row"]), (b"TD", b"")


class Table:
    """One grid on its way into a document: its element, its head and the body that its rows go into."""

    def __init__(self, tree: Tree, element: Any) -> None:
        self.tree, self.element = tree, element
        head, body = element["K"][0], element["K"][1]
        self.head, self.body = tree.at(head), tree.at(body)
        for group in (self.head, self.body):
            group["K"].clear()


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a part of a table is drawn: page (from 0), left edge, and the edge it hangs from, in points from the
    foot of the page."""

    tree: Tree
    grid: Grid
    page: int
    left: float
    top: float


def head(table: Table | None, spot: Spot, pen: Pen) -> str:
    """The labels above the columns: the table's own or, without one, a repetition that is not read aloud again."""
    tallest = max(map(len, spot.grid.head))
    lines = [
        _label(pen, each, place, spot, (tallest - len(each)) * HEAD_LEADING)
        for each, place in zip(spot.grid.head, spot.grid.places, strict=True)
    ]
    font = f"/{pen.name} {HEAD_SIZE} Tf {MUTED} rg"
    if table is None:
        return f"/Artifact<</Type/Pagination>>BDC BT {font}\n{''.join(lines)}ET EMC\n"
    tree, page = spot.tree, spot.page
    mark = tree.next_mark(page)
    row = tree.next_number()
    cells = range(row + 1, row + 1 + len(lines))
    tree.add(b"<</S/TR/P %s/K[%s]>>" % (table.head.reference, _references(cells)))
    for i in range(len(lines)):
        tree.add(b"<</S/TH/P %d 0 R/Pg %s/K %d/A%s>>" % (row, tree.pages[page], mark + i, SCOPES["Column"]))
    tree.own(page, [b"%d 0 R" % cell for cell in cells])
    table.head["K"].append(b"%d 0 R" % row)
    shown = "".join([f"/TH<</MCID {mark + i}>>BDC\n{line}EMC\n" for i, line in enumerate(lines)])
    return f"BT {font}\n{shown}ET\n"


def body(table: Table, spot: Spot, rows: range, pen: Pen, moved: Callable[[int], bytes]) -> str:
    """Some rows from the top down. `moved` gives the elements of what the layout has written itself, in letters that
    our font lacks, and is told whose they are."""
    tree, grid, page = spot.tree, spot.grid, spot.page
    mark, sheet, parent = tree.next_mark(page), tree.pages[page], table.body.reference
    edges = [(spot.left + each.left, spot.left + each.left + each.width, each.right) for each in grid.places]
    width, show, scale = pen.measure.width, pen.show, SIZE / 1000
    owners, parts, top = [], [], spot.top
    for line in rows:
        row = tree.next_number()
        table.body["K"].append(b"%d 0 R" % row)
        tree.add(b"<</S/TR/P %s/K[%s]>>" % (parent, _references(range(row + 1, row + 1 + len(edges)))))
        foot = top - PAD - FOOT
        top -= grid.heights[line]
        for place, lines in enumerate(grid.rows[line]):
            kind, scope = HEADER if place == 0 else DATA
            if (line, place) in grid.foreign:
                own = moved(tree.next_number())
                tree.add(b"<</S/%s/P %d 0 R/K %s%s>>" % (kind, row, own, scope))
                continue
            near, far, right = edges[place]
            owners.append(tree.add(b"<</S/%s/P %d 0 R/Pg %s/K %d%s>>" % (kind, row, sheet, mark, scope)))
            parts.append(f"/{kind.decode()}<</MCID {mark}>>BDC\n")
            for i, text in enumerate(lines):
                at = far - width(text) * scale if right else near
                parts.append(f"1 0 0 1 {at:.2f} {foot - i * LEADING:.2f} Tm{show(text)}\n")
            parts.append("EMC\n")
            mark += 1
    tree.own(page, owners)
    return f"BT /{pen.name} {SIZE} Tf {INK} rg\n{''.join(parts)}ET\n"


def rules(spot: Spot, rows: range) -> str:
    """A line under the head and hair lines under the rows."""
    grid, left, top = spot.grid, spot.left, spot.top
    right = left + grid.places[-1].left + grid.places[-1].width
    lines, at = [], top
    for line in rows:
        at -= grid.heights[line]
        lines.append(f"{left:.2f} {at:.2f} m {right:.2f} {at:.2f} l\n")
    under = f"{RULE} RG {RULE_WIDTH} w {left:.2f} {top:.2f} m {right:.2f} {top:.2f} l S\n"
    return f"/Artifact BMC {HAIR} RG {HAIR_WIDTH} w\n{''.join(lines)}S\n{under}EMC\n"


def footer(
    pen: Pen, lines: Iterable[str], page: str, left: float, right: float, foot: float, size: float
) -> str:
    """What stands at the foot of every page: no part of what is read."""
    at = right - pen.measure.width(page) * size / 1000
    shown = [f"1 0 0 1 {at:.2f} {foot:.2f} Tm{pen.show(page)}\n"]
    shown += [
        f"1 0 0 1 {left:.2f} {foot - i * size * 1.35:.2f} Tm{pen.show(text)}\n"
        for i, text in enumerate(lines)
    ]
    head = f"/Artifact<</Type/Pagination/Subtype/Footer>>BDC BT /{pen.name} {size} Tf {MUTED} rg\n"
    return f"{head}{''.join(shown)}ET EMC\n"


def _label(pen: Pen, lines: Lines, place: Place, spot: Spot, down: float) -> str:
    shown, foot = [], spot.top - HEAD_PAD - down - HEAD_FOOT
    for i, text in enumerate(lines):
        wide = pen.measure.width(text) * HEAD_SIZE / 1000
        at = spot.left + place.left + (place.width - wide if place.right else 0)
        shown.append(f"1 0 0 1 {at:.2f} {foot - i * HEAD_LEADING:.2f} Tm{pen.show(text)}\n")
    return "".join(shown)


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join([b"%d 0 R" % number for number in numbers])
