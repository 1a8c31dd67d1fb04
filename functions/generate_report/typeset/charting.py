"""A chart's SVG as PDF operators, for the few kinds of marks that charts have: WeasyPrint needs ten times as long.

Whatever it does not know it leaves alone: such a picture is drawn by WeasyPrint.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from functions.generate_report.typeset.lettering import Lettering, chunks
from functions.generate_report.typeset.matrix import IDENTITY, Matrix, number, times, transform, written
from functions.generate_report.typeset.paths import operators
from functions.generate_report.typeset.pen import Pen

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = ("path", "rect", "circle")
# Said elsewhere, or without meaning on paper.
SILENT = ("title", "desc")
IGNORED = {
    "shape-rendering",
    "font-family",
    "role",
    "lang",
    "{http://www.w3.org/XML/1998/namespace}space",
    "{http://www.w3.org/XML/1998/namespace}lang",
    "id",
    "class",
}
PAINT = {
    "fill": "#000000",
    "stroke": "none",
    "stroke-width": "1",
    "stroke-dasharray": "none",
    "stroke-linejoin": "miter",
    "stroke-linecap": "butt",
    "stroke-miterlimit": "4",
    "opacity": "1",
    "fill-opacity": "1",
    "stroke-opacity": "1",
}
OWN = {
    "path": {"d"},
    "rect": {"x", "y", "width", "height"},
    "circle": {"cx", "cy", "r"},
    "g": set(),
    "svg": {"width", "height", "viewBox"},
    "text": {"x", "y", "dx", "dy", "font-size", "font-weight", "text-anchor"},
    "defs": set(),
}
JOINS = {"miter": 0, "round": 1, "bevel": 2}
CAPS = {"butt": 0, "round": 1, "square": 2}
COLOUR = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})$")
RGB = re.compile(r"rgb\(\s*(\d+)[,\s]+(\d+)[,\s]+(\d+)\s*\)$")
PATTERN = re.compile(r"url\(#([\w-]+)\)$")


class Unknown(Exception):
    """Something that charts do not use."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A pattern: its drawing, its size, and the way from its space to that of the chart."""

    body: str
    width: float
    height: float
    matrix: Matrix


@dataclass(slots=True)
class Drawing:
    """`body` draws it in a space of `width` × `height`, y downwards; `tiles` and `alphas` are what it uses by name."""

    width: float
    height: float
    body: str = ""
    tiles: dict[str, Tile] = field(default_factory=dict)
    alphas: dict[str, tuple[float, float]] = field(default_factory=dict)


def drawn(svg: bytes, regular: Pen, bold: Pen, prefix: str) -> Drawing | None:
    """The drawing, or None when there is something in it that this does not know. `prefix` begins its names."""
    if b"<!" in svg:
        return None
    try:
        # Without declarations of its own, a document can neither grow nor refer to anything.
        root = ElementTree.fromstring(svg)  # noqa: S314
        return _Drawer(root, Lettering(regular, bold), prefix).whole()
    except (Unknown, ElementTree.ParseError, ValueError, KeyError):
        return None


class _Drawer:
    def __init__(self, root: Any, lettering: Lettering, prefix: str) -> None:
        self._root, self._lettering, self._prefix = root, lettering, prefix
        self._patterns = {each.attrib["id"]: each for each in root.iter(f"{SVG}pattern")}
        self._tiles: dict[tuple[str, Matrix], str] = {}
        left, top, width, height = map(float, root.attrib["viewBox"].split())
        if left or top:
            raise Unknown("viewBox")
        self._drawing = Drawing(width, height)

    def whole(self) -> Drawing:
        """All of it."""
        self._drawing.body = self._inside(self._root, PAINT, IDENTITY)
        return self._drawing

    def _inside(self, element: Any, paint: Mapping[str, str], matrix: Matrix) -> str:
        return "".join([self._element(child, paint, matrix) for child in element])

    def _element(self, element: Any, outer: Mapping[str, str], matrix: Matrix) -> str:
        kind = str(element.tag).removeprefix(SVG)
        if kind in SILENT or kind == "defs":
            return ""
        if kind not in OWN:
            raise Unknown(kind)
        paint, own = _sorted_out(kind, element.attrib, outer)
        moved = element.attrib.get("transform")
        step = transform(moved) if moved else IDENTITY
        if step is None:
            raise Unknown(moved)
        inner = times(step, matrix)
        if kind == "g":
            body = self._inside(element, paint, inner)
        elif kind == "text":
            body = self._text(element, paint)
        else:
            body = self._shape(kind, own, paint, inner)
        if not body or not moved:
            return body
        return f"q {written(step)} cm\n{body}Q\n"

    def _shape(self, kind: str, own: Mapping[str, str], paint: Mapping[str, str], matrix: Matrix) -> str:
        filled, stroked = (
            paint["fill"] != "none",
            paint["stroke"] != "none" and float(paint["stroke-width"]) > 0,
        )
        if not (filled or stroked):
            return ""
        path = _outline(kind, own)
        if path is None:
            raise Unknown(own)
        state = self._state(paint, matrix, stroked, filled)
        return f"q {state}{path}\n{'B' if filled and stroked else 'f' if filled else 'S'} Q\n"

    def _state(self, paint: Mapping[str, str], matrix: Matrix, stroked: bool, filled: bool) -> str:
        parts = [self._alpha(paint)]
        if filled:
            parts.append(self._fill(paint["fill"], matrix))
        if stroked:
            parts.append(f"{colour(paint['stroke'])} RG {number(float(paint['stroke-width']))} w ")
            parts.append(f"{JOINS[paint['stroke-linejoin']]} j {CAPS[paint['stroke-linecap']]} J ")
            parts.append(f"{number(float(paint['stroke-miterlimit']))} M ")
            if paint["stroke-dasharray"] != "none":
                dashes = re.split(r"[,\s]+", paint["stroke-dasharray"].replace("px", "").strip())
                parts.append(f"[{' '.join([number(float(dash)) for dash in dashes])}] 0 d ")
        return "".join(parts)

    def _alpha(self, paint: Mapping[str, str]) -> str:
        whole = float(paint["opacity"])
        alphas = (whole * float(paint["fill-opacity"]), whole * float(paint["stroke-opacity"]))
        if min(alphas) == 1:
            return ""
        name = f"{self._prefix}a{round(alphas[0] * 100)}x{round(alphas[1] * 100)}"
        self._drawing.alphas[name] = alphas
        return f"/{name} gs "

    def _fill(self, value: str, matrix: Matrix) -> str:
        named = PATTERN.match(value)
        if not named:
            return f"{colour(value)} rg "
        key = (named[1], matrix)
        name = self._tiles.get(key)
        if name is None:
            name = self._tiles[key] = f"{self._prefix}p{len(self._tiles)}"
            self._drawing.tiles[name] = self._tile(self._patterns[named[1]], matrix)
        return f"/Pattern cs /{name} scn "

    def _tile(self, pattern: Any, matrix: Matrix) -> Tile:
        given = dict(pattern.attrib)
        step = transform(given.pop("patternTransform", "")) or IDENTITY
        width, height = float(given.pop("width")), float(given.pop("height"))
        if given.pop("patternUnits") != "userSpaceOnUse" or set(given) - {"id"}:
            raise Unknown(given)
        body = self._inside(pattern, PAINT, IDENTITY)
        # A tile has no fonts, no states and no patterns of its own.
        if "/" in body:
            raise Unknown("pattern")
        return Tile(body, width, height, times(step, matrix))

    def _text(self, element: Any, paint: Mapping[str, str]) -> str:
        if paint["stroke"] != "none":
            raise Unknown("stroke of a text")
        found = chunks(element)
        if found is None or self._lettering.foreign(found):
            raise Unknown("text")
        shown = self._lettering.shown(found)
        return f"q {self._alpha(paint)}{colour(paint['fill'])} rg BT\n{shown}ET Q\n" if shown else ""


def _sorted_out(
    kind: str, given: Mapping[str, str], outer: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """How it is painted, what is inherited included, and its own measures."""
    own, paint = {}, {**outer, "opacity": "1"} if kind != "g" else dict(outer)
    for name, value in given.items():
        if name in PAINT:
            if name == "opacity" and kind == "g":
                raise Unknown(name)
            paint[name] = value.removesuffix("px") if name == "stroke-width" else value
        elif name in OWN[kind]:
            own[name] = value
        elif name not in IGNORED and name != "transform":
            raise Unknown(name)
    return paint, own


def _outline(kind: str, own: Mapping[str, str]) -> str | None:
    if kind == "path":
        return operators(own.get("d", ""))
    if kind == "rect":
        sides = [number(float(own.get(name, "0"))) for name in ("x", "y", "width", "height")]
        return f"{' '.join(sides)} re"
    x, y, r = (float(own.get(name, "0")) for name in ("cx", "cy", "r"))
    return operators(f"M{x + r},{y}A{r},{r} 0 1 1 {x - r},{y}A{r},{r} 0 1 1 {x + r},{y}Z")


def colour(value: str) -> str:
    """Red, green and blue as operands. Raises Unknown for what is no plain colour."""
    if found := COLOUR.match(value):
        return " ".join([number(int(each, 16) / 255) for each in found.groups()])
    if found := RGB.match(value):
        return " ".join([number(int(each) / 255) for each in found.groups()])
    raise Unknown(value)
