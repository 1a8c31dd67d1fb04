"""Measures, fonts and paths: what is known before anything is laid out."""

import io
import math
import re

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from functions.generate_report.typeset import charting, matrix, paths
from functions.generate_report.typeset.grid import laid_out
from functions.generate_report.typeset.measure import Measure, tidy
from functions.generate_report.typeset.pen import Pen
from functions.generate_report.typeset.slabs import cut
from functions.generate_report.typeset.typeface import typeface
from tests.unit.reports import drafts

WORDS = st.text(alphabet="абвгдЁй abcXYZ 0123₽—", max_size=60)
PAGE = 734.0


@given(text=WORDS, most=st.floats(min_value=900, max_value=20_000))
def test_lines_hold_every_word_and_none_is_too_wide(text: str, most: float) -> None:
    measure, tidied = Measure("regular"), tidy(text)
    lines = measure.lines(tidied, most)
    assert "".join(lines).replace(" ", "") == tidied.replace(" ", "")
    assert all(measure.width(line) <= most or len(line) == 1 for line in lines)


@given(names=st.lists(WORDS, min_size=1, max_size=120), width=st.floats(min_value=150, max_value=700))
def test_columns_fill_the_width_and_slabs_hold_every_row_once(names: list[str], width: float) -> None:
    grid = laid_out(drafts.table(*[drafts.row(name) for name in names]), drafts.RU, width)
    last = grid.places[-1]
    assert last.left + last.width == pytest.approx(width, abs=0.01)
    assert all(a.left + a.width < b.left for a, b in zip(grid.places, grid.places[1:], strict=False))
    slabs = cut(grid, PAGE, 40.0)
    assert [line for slab in slabs for line in range(slab.first, slab.last)] == list(range(len(names)))
    for slab in slabs:
        assert slab.height == pytest.approx(sum(grid.heights[slab.first : slab.last]))
        assert slab.height + grid.head_height < PAGE or slab.last - slab.first == 1


@pytest.mark.parametrize("weight", ["regular", "bold"])
def test_a_subset_draws_its_letters_as_the_whole_font_does(weight: str) -> None:
    face, letters = typeface(weight), "Привет, Ёй₽ é ½ №\u2212"
    numbers = {face.glyphs[letter] for letter in letters}
    small, whole = TTFont(io.BytesIO(face.subset(numbers))), TTFont(_path(weight))
    for number in numbers:
        drawn = []
        for font in (small, whole):
            pen = DecomposingRecordingPen(font.getGlyphSet())
            font.getGlyphSet()[font.getGlyphName(number)].draw(pen)
            drawn.append((pen.value, font["hmtx"][font.getGlyphName(number)]))
        assert drawn[0] == drawn[1]


def _path(weight: str) -> str:
    return f"/usr/share/fonts/truetype/noto/NotoSans-{weight.capitalize()}.ttf"


def test_a_subset_is_small() -> None:
    face = typeface("regular")
    assert len(face.subset({face.glyphs[letter] for letter in "абв"})) < 40_000


def points(operators: str) -> list[tuple[str, list[float]]]:
    lines = [line.split() for line in operators.splitlines()]
    return [(line[-1], [float(each) for each in line[:-1]]) for line in lines]


@pytest.mark.parametrize(
    ("data", "operators"),
    [
        ("M1,2L3,4", "1 2 m\n3 4 l"),
        ("M1 2 3 4 5-6", "1 2 m\n3 4 l\n5 -6 l"),
        ("m1,2l3,4h-1v.5", "1 2 m\n4 6 l\n3 6 l\n3 6.5 l"),
        ("M0,0H5V5ZL1,1", "0 0 m\n5 0 l\n5 5 l\nh\n1 1 l"),
        ("M0,0C1,2,3,4,5,6", "0 0 m\n1 2 3 4 5 6 c"),
        ("m10,10z m5,5h1", "10 10 m\nh\n15 15 m\n16 15 l"),
        ("M0,0Q3,3,6,0", "0 0 m\n2 2 4 2 6 0 c"),
        ("M1e1,0", "10 0 m"),
    ],
)
def test_paths(data: str, operators: str) -> None:
    assert paths.operators(data) == operators


def test_a_path_with_other_commands_is_left_alone() -> None:
    assert paths.operators("M0,0S1,1,2,2") is None


@given(
    turn=st.floats(min_value=0.01, max_value=2 * math.pi - 0.01),
    radius=st.floats(min_value=0.5, max_value=500),
    sweep=st.booleans(),
)
def test_arcs_keep_to_their_circle(turn: float, radius: float, sweep: bool) -> None:
    way = 1 if sweep else -1
    x, y = radius * math.cos(turn), way * radius * math.sin(turn)
    large = int(turn > math.pi)
    found = points(
        paths.operators(f"M{radius},0A{radius},{radius} 0 {large} {int(sweep)} {x:.12f},{y:.12f}") or ""
    )
    start = (radius, 0.0)
    for operator, numbers in found[1:]:
        assert operator == "c"
        ends = [start, *[(numbers[i], numbers[i + 1]) for i in (0, 2, 4)]]
        middle = [(ends[0][i] + 3 * ends[1][i] + 3 * ends[2][i] + ends[3][i]) / 8 for i in (0, 1)]
        assert math.hypot(*middle) == pytest.approx(radius, rel=0.002, abs=0.01)
        start = ends[3]
    assert start == pytest.approx((x, y), abs=0.01)


@pytest.mark.parametrize(
    ("text", "point", "there"),
    [
        ("translate(3,4)", (1, 1), (4, 5)),
        ("translate(3)", (1, 1), (4, 1)),
        ("rotate(90)", (1, 0), (0, 1)),
        ("rotate(90,1,1)", (1, 0), (2, 1)),
        ("scale(2)", (1, 3), (2, 6)),
        ("translate(10,0) rotate(90) scale(2,1)", (1, 0), (10, 2)),
        ("matrix(1,0,0,1,5,6)", (0, 0), (5, 6)),
    ],
)
def test_transformations(text: str, point: tuple[float, float], there: tuple[float, float]) -> None:
    a, b, c, d, e, f = matrix.transform(text) or matrix.IDENTITY
    x, y = point
    assert (a * x + c * y + e, b * x + d * y + f) == pytest.approx(there)


@pytest.mark.parametrize("text", ["skewX(3)", "nonsense", "translate(1,2) perspective(3)"])
def test_other_transformations_are_left_alone(text: str) -> None:
    assert matrix.transform(text) is None


def drawn(inside: str) -> charting.Drawing | None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'
    return charting.drawn(svg.encode(), Pen("regular", "Rr"), Pen("bold", "Rb"), "c")


@pytest.mark.parametrize(
    "inside",
    [
        '<ellipse cx="1" cy="1" rx="1" ry="1"/>',
        '<path d="M0,0L1,1" style="fill: red"/>',
        '<path d="M0,0L1,1" clip-path="url(#a)"/>',
        '<path d="M0,0L1,1" fill="red"/>',
        '<path d="M0,0L1,1" fill="url(#none)"/>',
        '<g opacity="0.5"><path d="M0,0L1,1"/></g>',
        '<text x="1" y="1">漢字</text>',
        '<image href="file:///etc/passwd"/>',
        "<script>alert(1)</script>",
        "<foreignObject/>",
        '<path d="M0,0L1,1"',
    ],
)
def test_a_picture_with_anything_else_is_left_alone(inside: str) -> None:
    assert drawn(inside) is None


def test_a_document_with_declarations_of_its_own_is_not_read() -> None:
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">&a;</svg>'
    assert charting.drawn(bomb, Pen("regular", "Rr"), Pen("bold", "Rb"), "c") is None


def test_marks_are_drawn_with_their_paint() -> None:
    drawing = drawn(
        '<defs><pattern id="p" patternUnits="userSpaceOnUse" width="4" height="4"><path d="M0,0L4,4" stroke="#ffffff"/>'
        '</pattern></defs><g transform="translate(1,2)" stroke-linejoin="round">'
        '<rect x="0" y="0" width="2" height="3" fill="url(#p)" stroke="#ff0000" stroke-width="2px"/></g>'
        '<circle cx="1" cy="1" r="1" fill="#00ff00" fill-opacity="0.5"/>'
        '<path d="M0,0H9" fill="none" stroke="#000000" stroke-dasharray="3px,2px"/>'
    )
    assert drawing is not None
    assert "/Pattern cs /cp0 scn 1 0 0 RG 2 w 1 j" in drawing.body
    assert drawing.tiles["cp0"].matrix == pytest.approx((1, 0, 0, 1, 1, 2))
    assert drawing.alphas == {"ca50x100": (0.5, 1.0)}
    assert "[3 2] 0 d" in drawing.body
    assert drawing.body.count("q ") == len(re.findall(r"\bQ\b", drawing.body))


def test_texts_stand_where_their_anchor_says() -> None:
    width = Measure("regular").width("Уроки") * 12 / 1000
    for anchor, x in (("start", 50.0), ("middle", 50 - width / 2), ("end", 50 - width)):
        drawing = drawn(f'<text x="50" y="9" dy="0.5em" font-size="12" text-anchor="{anchor}">Уроки</text>')
        assert drawing is not None
        assert f"/Rr 12 Tf 1 0 0 -1 {matrix.number(x)} 15 Tm" in drawing.body
    bold = drawn(
        '<text x="1" y="9"><tspan font-weight="bold">а</tspan>б<tspan x="1" dy="1.3em">в</tspan></text>'
    )
    assert bold is not None
    assert re.findall(r"/(R[rb]) ", bold.body) == ["Rb", "Rr", "Rr"]
