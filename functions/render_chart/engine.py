"""plotly.js in an embedded V8, with a document but without a browser: a figure becomes an SVG in some 50 ms.

Nothing in there can reach a network, a file or a process, so a figure may come from anybody. What it can do is take
time and memory: whoever uses this sets the limits and runs it in a process that may be ended (`worker`).
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from lib.errors import Permanent

SCRIPTS = Path(__file__).parent / "script"
# The heap holds some 60 MB when warm; beyond this a figure is too big to be drawn.
MOST_HEAP = 320 * 1024 * 1024
# With a larger nursery the process grows by 60 MB and is not faster (200 pictures: 239 MB instead of 300).
V8_FLAGS = ("--single-threaded", "--max-semi-space-size=1")
# plotly.js gets by with three; it never needs this many, whatever the figure.
MOST_TURNS = 100
FONTS = (Path("/usr/share/fonts/truetype/noto"), Path("/usr/share/fonts/truetype/dejavu"))
REGULAR, BOLD = "NotoSans-Regular.ttf", "NotoSans-Bold.ttf"
# Letters that Noto Sans lacks: arrows, block elements, signs.
SPARE = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")


class Undrawable(Exception):
    """plotly.js, or we around it, refused the figure; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """Size in CSS pixels, the words for those who cannot see the picture, and what its ids begin with."""

    width: int
    height: int
    title: str = ""
    description: str = ""
    language: str = ""
    prefix: str = "c"


@cache
def font_files() -> tuple[str, ...]:
    """The fonts that texts are measured and drawn with. Raises Permanent when the usual one is not installed."""
    noto, spare = FONTS
    wanted = [noto / REGULAR, noto / BOLD, *(spare / name for name in SPARE)]
    if not (wanted[0].exists() and wanted[1].exists()):
        raise Permanent("fonts_missing", "The font Noto Sans is missing: install Debian's fonts-noto-core.")
    return tuple(str(path) for path in wanted if path.exists())


def font_metrics() -> dict[str, Any]:
    """Advance widths of all letters, ascent and descent, in em."""
    from fontTools.ttLib import TTFont

    files = font_files()
    regular, bold = (TTFont(path, lazy=True) for path in files[:2])
    spare = TTFont(files[2], lazy=True) if len(files) > 2 else None
    unit = regular["head"].unitsPerEm
    return {
        "regular": {**(_widths(spare) if spare else {}), **_widths(regular)},
        "bold": {**(_widths(spare) if spare else {}), **_widths(bold)},
        "ascent": regular["hhea"].ascent / unit,
        "descent": -regular["hhea"].descent / unit,
    }


def _widths(font: Any) -> dict[str, float]:
    unit, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
    return {chr(code): round(metrics[glyph][0] / unit, 4) for code, glyph in font.getBestCmap().items()}


class Engine:
    """One V8 context with plotly.js in it. Made in the process and thread that use it, never before a fork."""

    def __init__(self) -> None:
        # Imported here: V8 belongs to the worker's process.
        from py_mini_racer import MiniRacer, init_mini_racer

        init_mini_racer(flags=V8_FLAGS, ignore_duplicate_init=True)
        self._v8 = MiniRacer()
        self._v8.set_hard_memory_limit(MOST_HEAP)
        self._v8.eval(f"globalThis.fontMetrics = {json.dumps(json.dumps(font_metrics()))}; 0")
        for script in (
            _script("page"),
            _linkedom(),
            _script("document"),
            _script("geometry"),
            _script("hatch"),
            _script("svg"),
        ):
            self._v8.eval(f"{script};0")
        self._v8.eval(f"{plotly_js()};0")
        # A figure from outside must not leave anything behind for the next one.
        self._v8.eval(
            "for (const shared of [Object, Array, String, Function]) Object.preventExtensions(shared.prototype); 0"
        )
        self._begin = cast(Callable[[str, str], object], self._v8.eval("begin"))
        self._go = cast(Callable[[], str], self._v8.eval("go"))

    def svg(self, figure: str, canvas: Canvas) -> str:
        """A Plotly figure (JSON of `data` and `layout`) as SVG. Raises Undrawable."""
        from py_mini_racer import JSEvalException

        try:
            self._begin(figure, json.dumps(asdict(canvas)))
            for _ in range(MOST_TURNS):
                if picture := self._go():
                    return str(picture)
        except JSEvalException as error:
            raise Undrawable(_first_line(error)) from None
        raise Undrawable("plotly.js did not come to an end.")


def _first_line(error: Exception) -> str:
    """What was thrown, without the place in a minified file."""
    lines = [line for line in str(error).splitlines() if "Error: " in line]
    return (lines[0].partition("Error: ")[2] if lines else "plotly.js refused the figure.")[:300]


def _script(name: str) -> str:
    return (SCRIPTS / f"{name}.js").read_text(encoding="utf-8")


def _linkedom() -> str:
    """linkedom as published, an ES module, made a script: V8 here has no modules."""
    source = (SCRIPTS / "linkedom" / "worker.js").read_text(encoding="utf-8")
    return f"globalThis.linkedom = (() => {{ {source[: source.rindex('export {')]}; return {{ parseHTML }}; }})()"


def plotly_js() -> str:
    """plotly.js as the Python package `plotly` brings it."""
    return (files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
