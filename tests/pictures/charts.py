"""Every chart in every kind, theme and language, as one sheet a chart: to look at, and to compare with.

A cell is half the usual size; columns are themes, rows are kinds, first in Russian and then in English.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from functions.render_chart.catalogue import CHARTS, Chart
from functions.render_chart.drawing import Order, content, draw
from functions.render_chart.engine import Canvas
from functions.render_chart.figures.look import Look
from tests.pictures.school import answers

SHEETS = Path(__file__).parents[2] / "docs" / "gallery" / "charts"
WIDTH, HEIGHT, SCALE = 900, 500, 0.5
LOCALES, THEMES = ("ru", "en"), ("light", "dark", "print")
GAP = 4
# A cell differs when more of its pixels than this differ by more than FAINT of 255 in a channel. Another version of
# the fonts moves the edges of letters; another number or colour changes more than that.
MOST_DIFFERENT = 0.006
FAINT = 48


@dataclass(frozen=True, slots=True)
class Cell:
    """One picture of the sheet."""

    chart: Chart
    kind: str
    locale: str
    theme: str

    @property
    def name(self) -> str:
        """For messages and ids of tests."""
        return f"{self.chart.name}-{self.kind}-{self.locale}-{self.theme}"

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom on the sheet, in pixels."""
        wide, high = int(WIDTH * SCALE), int(HEIGHT * SCALE)
        row = self.chart.kinds.index(self.kind) * len(LOCALES) + LOCALES.index(self.locale)
        left, top = GAP + THEMES.index(self.theme) * (wide + GAP), GAP + row * (high + GAP)
        return left, top, left + wide, top + high

    def order(self, form: str) -> Order:
        """What the drawing process is given."""
        figure = self.figure()
        meta = figure["layout"]["meta"]
        canvas = Canvas(WIDTH, HEIGHT, meta["title"], meta["alt"], self.locale)
        return Order(content(figure), canvas, form, SCALE)

    def figure(self) -> dict[str, Any]:
        """The chart of the simulated school."""
        look = Look(self.kind, self.theme, self.locale, WIDTH, HEIGHT)
        return self.chart.build(answers()[self.chart.name], look)

    def drawn(self, form: str = "png") -> Image.Image:
        """The picture in RGB, from PNG or JPEG."""
        return Image.open(io.BytesIO(draw(self.order(form)))).convert("RGB")

    def kept(self) -> Image.Image:
        """The cell of the sheet that is kept."""
        with Image.open(path_of(self.chart)) as sheet:
            return sheet.convert("RGB").crop(self.place)


def cells() -> list[Cell]:
    """All of them, chart by chart."""
    return [
        Cell(chart, kind, locale, theme)
        for chart in CHARTS.values()
        for kind in chart.kinds
        for locale in LOCALES
        for theme in THEMES
    ]


def path_of(chart: Chart) -> Path:
    """Where a chart's sheet is kept."""
    return SHEETS / f"{chart.name}.png"


def sheet(chart: Chart) -> Image.Image:
    """A chart's sheet, drawn now."""
    own = [cell for cell in cells() if cell.chart is chart]
    right, bottom = max(cell.place[2] for cell in own), max(cell.place[3] for cell in own)
    paper = Image.new("RGB", (right + GAP, bottom + GAP), "#8a8a8a")
    for cell in own:
        paper.paste(cell.drawn(), cell.place[:2])
    return paper


def difference(one: Image.Image, other: Image.Image, *, faint: int = FAINT) -> float:
    """The part of pixels, 0 to 1, that differ by more than `faint`; 1 when the sizes do."""
    if one.size != other.size:
        return 1.0
    bands = ImageChops.difference(one, other).split()
    worst = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    different = sum(worst.histogram()[faint + 1 :])
    return different / (one.width * one.height)
