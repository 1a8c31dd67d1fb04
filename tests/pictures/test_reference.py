"""Kaleido and Chromium as the reference: the same words, the same marks at the same places, the same picture."""

import io
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from typing import Any

import kaleido
import pytest
from PIL import Image

from functions.render_chart import drawing
from functions.render_chart.drawing import Order, draw
from functions.render_chart.engine import Canvas
from tests.pictures.charts import HEIGHT, WIDTH, Cell, cells, difference

SVG = "{http://www.w3.org/2000/svg}"
FIRST = [cell for cell in cells() if (cell.locale, cell.theme) == ("ru", "light")]
# Letters have their edges, and patterns begin, elsewhere in another rasteriser: seen at half the size.
MOST_DIFFERENT = 0.04
NUMBER = re.compile(r"-?\d*\.\d+|-?\d+")


@pytest.fixture(scope="module", autouse=True)
def _both_are_warm() -> Iterator[None]:
    kaleido.start_sync_server(n=1, silence_warnings=True)
    yield
    kaleido.stop_sync_server(silence_warnings=True)
    drawing.close()


def by_kaleido(figure: dict[str, Any], form: str) -> bytes:
    picture: bytes = kaleido.calc_fig_sync(
        figure, opts={"format": form, "width": WIDTH, "height": HEIGHT, "scale": 1}
    )
    return picture


def ours(figure: dict[str, Any], form: str) -> bytes:
    return draw(Order(json.dumps(figure), Canvas(WIDTH, HEIGHT), form))


def words(svg: bytes) -> Counter[str]:
    """The texts that can be seen; a text may stand in several spans."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - plotly.js wrote it
    texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    return Counter(text for text in texts if text.strip())


def marks(svg: bytes) -> list[tuple[str, list[float]]]:
    """The outlines of all shapes: their letters and their numbers."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - plotly.js wrote it
    seen = [path.get("d", "") for path in root.iter(f"{SVG}path")]
    return [(NUMBER.sub("", d), [float(n) for n in NUMBER.findall(d)]) for d in seen if d]


def is_among(mark: tuple[str, list[float]], others: list[tuple[str, list[float]]]) -> bool:
    """Whether one of the others has the same outline, to a tenth of a pixel."""
    letters, numbers = mark
    return any(
        letters == their_letters
        and all(abs(a - b) < 0.1 for a, b in zip(numbers, their_numbers, strict=True))
        for their_letters, their_numbers in others
    )


@pytest.mark.parametrize("cell", FIRST, ids=lambda cell: f"{cell.chart.name}-{cell.kind}")
def test_it_is_what_chromium_draws(cell: Cell) -> None:
    figure = cell.figure()
    svg, reference = ours(figure, "svg"), by_kaleido(figure, "svg")
    assert words(svg) == words(reference)
    here, there = marks(svg), marks(reference)
    # What is here and not there are the lines of our hatching.
    ours_alone = [mark for mark in here if not is_among(mark, there) and set(mark[0]) - set("ML, h")]
    assert ours_alone == []
    picture = Image.open(io.BytesIO(ours(figure, "png"))).convert("RGB")
    expected = Image.open(io.BytesIO(by_kaleido(figure, "png"))).convert("RGB")
    assert difference(picture.reduce(2), expected.reduce(2), faint=64) <= MOST_DIFFERENT
