"""The texts of a chart: pieces with a place each, in the weights of our font."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from functions.generate_report.typeset.matrix import number
from functions.generate_report.typeset.pen import Pen

SVG = "{http://www.w3.org/2000/svg}"
KNOWN = {
    "x",
    "y",
    "dx",
    "dy",
    "font-size",
    "font-weight",
    "font-family",
    "text-anchor",
    "fill",
    "transform",
    "{http://www.w3.org/XML/1998/namespace}space",
}
BOLD = ("bold", "600", "700", "800", "900")
SHARE = {"start": 0.0, "middle": 0.5, "end": 1.0}


@dataclass(frozen=True, slots=True)
class Run:
    """A text in one weight and size."""

    text: str
    size: float
    bold: bool


@dataclass(slots=True)
class Chunk:
    """Runs that follow one another from a place; `share` of their width is to the left of it."""

    x: float
    y: float
    share: float
    runs: list[Run] = field(default_factory=list)


def chunks(element: Any) -> list[Chunk] | None:
    """A `text` element's pieces; None when it has something that charts do not use."""
    found: list[Chunk] = []
    return found if _read(element, found, 12.0, False, "start", (0.0, 0.0)) is not None else None


def _read(
    element: Any, found: list[Chunk], size: float, bold: bool, anchor: str, at: tuple[float, float]
) -> tuple[float, float] | None:
    given = element.attrib
    if set(given) - KNOWN or element.tag not in (f"{SVG}text", f"{SVG}tspan"):
        return None
    size = _length(given.get("font-size", str(size)), size)
    bold = given["font-weight"] in BOLD if "font-weight" in given else bold
    anchor = given.get("text-anchor", anchor)
    x = _length(given["x"], size) if "x" in given else at[0]
    y = _length(given["y"], size) if "y" in given else at[1]
    at = (x + _length(given.get("dx", "0"), size), y + _length(given.get("dy", "0"), size))
    if not found or {"x", "y", "dx", "dy"} & set(given):
        found.append(Chunk(*at, SHARE[anchor]))
    _add(found, element.text, size, bold)
    for child in element:
        inner = _read(child, found, size, bold, anchor, at)
        if inner is None:
            return None
        at = inner
        _add(found, child.tail, size, bold)
    return at


def _add(found: list[Chunk], text: str | None, size: float, bold: bool) -> None:
    if text:
        found[-1].runs.append(Run(text, size, bold))


def _length(value: str, size: float) -> float:
    """In pixels; `em` are of the size."""
    return float(value[:-2]) * size if value.endswith("em") else float(value.removesuffix("px"))


class Lettering:
    """Both weights."""

    def __init__(self, regular: Pen, bold: Pen) -> None:
        self._pens = {False: regular, True: bold}

    def foreign(self, found: Sequence[Chunk]) -> bool:
        """Whether there are letters that our font lacks."""
        return any(self._pens[run.bold].measure.foreign(run.text) for each in found for run in each.runs)

    def shown(self, found: Sequence[Chunk]) -> str:
        """Operators of a text object, in a space whose y goes downwards."""
        parts = []
        for each in found:
            widths = [self._pens[run.bold].measure.width(run.text) * run.size / 1000 for run in each.runs]
            x = each.x - each.share * sum(widths)
            for run, wide in zip(each.runs, widths, strict=True):
                pen = self._pens[run.bold]
                parts.append(
                    f"/{pen.name} {number(run.size)} Tf 1 0 0 -1 {number(x)} {number(each.y)} Tm{pen.show(run.text)}\n"
                )
                x += wide
        return "".join(parts)
