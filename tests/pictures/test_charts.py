"""Every chart, kind, theme and language, in every format, beside the picture that was looked at and kept."""

import io
import json
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from PIL import Image

from functions.render_chart import drawing, pages
from functions.render_chart.catalogue import CHARTS
from functions.render_chart.drawing import draw
from tests.pictures.__main__ import INDEX, index
from tests.pictures.charts import MOST_DIFFERENT, SCALE, Cell, cells, difference, path_of

ALL = cells()
KINDS = {name: list(group) for name, group in groupby(ALL, key=lambda cell: f"{cell.chart.name}-{cell.kind}")}
PRINTED = [cell for cell in ALL if cell.theme == "print"]
# Another rasteriser draws the same lines half a pixel elsewhere, and JPEG blurs the finest: seen from afar they agree.
MOST_DIFFERENT_FROM_AFAR = 0.02
AFAR = (150, 83)


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    drawing.close()


def from_afar(one: Image.Image, other: Image.Image) -> float:
    small = [picture.resize(AFAR, Image.Resampling.BOX) for picture in (one, other)]
    return difference(*small, faint=64)


def test_there_are_enough_of_them_and_each_has_its_sheet() -> None:
    assert len(ALL) * 6 >= 200
    assert {path.stem for path in path_of(ALL[0].chart).parent.glob("*.png")} == set(CHARTS)


def test_the_gallery_shows_all_of_them() -> None:
    assert INDEX.read_text(encoding="utf-8") == index()
    shown = re.findall(r"\]\(([^)]+\.png)\)", index())
    assert [path for path in shown if not (INDEX.parent / path).exists()] == []


@pytest.mark.parametrize("name", KINDS)
def test_the_picture_is_the_one_that_was_looked_at(name: str, tmp_path: Path) -> None:
    for cell in KINDS[name]:
        drawn = cell.drawn()
        different = difference(drawn, cell.kept())
        if different > MOST_DIFFERENT:
            drawn.save(tmp_path / f"{cell.name}.png")
        assert different <= MOST_DIFFERENT, (
            f"{cell.name}: {different:.2%} differ; see {tmp_path}, or make gallery"
        )


@pytest.mark.parametrize("name", KINDS)
def test_jpeg_svg_json_and_page_show_the_same(name: str) -> None:
    for cell in KINDS[name]:
        assert from_afar(cell.drawn("jpeg"), cell.kept()) <= MOST_DIFFERENT_FROM_AFAR, cell.name
        root = ElementTree.fromstring(draw(cell.order("svg")))  # noqa: S314 - our own document
        figure = cell.figure()
        words = " ".join(root.itertext())
        assert figure["layout"]["meta"]["title"] in words
        assert json.loads(json.dumps(figure)) == figure
        page = pages.page({900: figure}, height=500)
        assert f'lang="{cell.locale}"' in page[:200]


@pytest.mark.parametrize("cell", PRINTED, ids=lambda cell: cell.name)
def test_on_paper_it_is_the_same_picture(cell: Cell, tmp_path: Path) -> None:
    paper = tmp_path / "chart.pdf"
    paper.write_bytes(draw(cell.order("pdf")))
    dots = 96 * SCALE
    command = ["pdftoppm", "-r", str(dots), "-png", "-singlefile", str(paper)]
    shown = subprocess.run(command, capture_output=True, check=True)
    drawn = Image.open(io.BytesIO(shown.stdout)).convert("RGB")
    assert from_afar(drawn, cell.kept()) <= MOST_DIFFERENT_FROM_AFAR
