"""plotly.js without a browser: what comes out holds shapes and letters, whatever goes in."""

import hashlib
import json
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

from functions.render_chart.engine import SCRIPTS, Canvas, Engine, Undrawable

SVG = "{http://www.w3.org/2000/svg}"
CANVAS = Canvas(400, 300, title="Итог", description="Столбцы", language="ru", prefix="p-")
HOSTILE = [
    "<script>fetch('http://evil.example')</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='http://evil.example'>x</a>",
    "<b onclick='x()'>б</b>",
    "</text></svg><script>1</script>",
    "&lt;script&gt;1&lt;/script&gt;",
    "<span style='background:url(http://evil.example)'>с</span>",
    "\x00\x1b\ud800",
    "${1}$",
    "$\\href{http://evil.example}{x}$",
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def drawn(engine: Engine, *data: dict[str, Any], **layout: Any) -> ElementTree.Element:
    text = engine.svg(json.dumps({"data": data, "layout": layout}), CANVAS)
    return ElementTree.fromstring(text)  # noqa: S314 - what is looked at here


def names(root: ElementTree.Element) -> set[str]:
    return {element.tag.removeprefix(SVG) for element in root.iter()}


def test_a_bar_chart_has_its_words_and_its_bars_in_the_right_height(engine: Engine) -> None:
    root = drawn(engine, {"type": "bar", "x": ["а", "б"], "y": [1, 2], "marker": {"color": "#009e73"}})
    assert {"а", "б"} <= set(root.itertext())
    assert (root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")) == ("Итог", "Столбцы")
    bars = [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("fill") == "#009e73"]
    low, high = (abs(float(d.split("V")[1].split("H")[0]) - float(d.split("V")[2].strip("Z"))) for d in bars)
    assert high == pytest.approx(2 * low, abs=0.05)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(engine: Engine, text: str) -> None:
    trace = {"type": "bar", "x": [text, "б"], "y": [1, 2], "name": text, "text": [text, text]}
    root = drawn(engine, trace, {"y": [1, 1]}, title={"text": text}, annotations=[{"text": text}])
    assert names(root) <= {"svg", "title", "desc", "defs", "clipPath", "g", "path", "rect", "text", "tspan"}
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on"), name
            assert "href" not in name, name
            assert "http" not in value
            assert "url(" not in value or value.startswith("url(#p-")


def test_what_one_figure_leaves_behind_the_next_one_does_not_find(engine: Engine) -> None:
    before = engine.svg('{"data": [{"y": [1, 2]}], "layout": {}}', CANVAS)
    poison = (
        '{"data": [{"y": [1], "__proto__": {"type": "pie", "visible": false}}],'
        ' "layout": {"__proto__": {"title": {"text": "x"}}}}'
    )
    for figure in (
        poison,
        '{"data": [{"type": "nonsense"}], "layout": {"template": {"layout": {"title": {"text": "t"}}}}}',
    ):
        engine.svg(figure, CANVAS)
    assert engine.svg('{"data": [{"y": [1, 2]}], "layout": {}}', CANVAS) == before


def test_a_heat_map_is_made_of_rectangles_in_the_colours_of_its_values(engine: Engine) -> None:
    scale = [[0, "rgb(0,0,0)"], [1, "rgb(200,100,0)"]]
    trace = {"type": "heatmap", "z": [[0, 1], [None, 0.5]], "colorscale": scale, "xgap": 1, "ygap": 1}
    root = drawn(engine, trace | {"showscale": False})
    cells = [rect.get("fill") for rect in root.iter(f"{SVG}rect")]
    assert {"#000000", "#c86400", "#643200"} <= set(cells)
    assert "image" not in names(root)


def test_hatched_bars_have_their_lines_inside_of_themselves(engine: Engine) -> None:
    pattern = {"shape": "/", "fillmode": "overlay", "size": 8}
    root = drawn(
        engine, {"type": "bar", "x": [1], "y": [1], "marker": {"color": "#0072b2", "pattern": pattern}}
    )
    (bar,) = (p for p in root.iter(f"{SVG}path") if p.get("fill") == "#0072b2")
    numbers = [
        float(n)
        for n in bar.get("d", "").replace("M", "").replace("V", ",").replace("H", ",").strip("Z").split(",")
    ]
    left, bottom, top, right = numbers[0], numbers[1], numbers[2], numbers[3]
    lines = next(p.get("d", "") for p in root.iter(f"{SVG}path") if p.get("d", "").count("L") > 5)
    points = [
        tuple(map(float, point.split(","))) for point in lines.replace("M", " ").replace("L", " ").split()
    ]
    assert all(left - 0.01 <= x <= right + 0.01 and top - 0.01 <= y <= bottom + 0.01 for x, y in points)
    assert "pattern" not in names(root)


def test_whatever_the_ids_of_patterns_look_like_every_hatched_bar_has_its_fill(engine: Engine) -> None:
    for number in range(40):
        trace = {"type": "bar", "x": [1], "y": [1], "name": str(number)}
        pattern = {"shape": "x", "fillmode": "replace", "size": 5 + number / 7}
        root = drawn(
            engine, trace, trace | {"marker": {"color": "#b23c00", "pattern": pattern}}, barmode="stack"
        )
        bars = [p.get("fill") or "" for p in root.iter(f"{SVG}path") if "V" in p.get("d", "")]
        assert "none" not in bars, number
        assert sum(fill.startswith("url(#p-") for fill in bars) == 2, number
        defined = {each.get("id") for each in root.iter(f"{SVG}pattern")}
        assert {fill[5:-1] for fill in bars if fill.startswith("url(")} <= defined


@pytest.mark.parametrize(
    ("figure", "why"),
    [
        ({"data": [{"type": "heatmap", "z": [[1, 2], [3, 4]], "zsmooth": "best"}], "layout": {}}, "zsmooth"),
        ({"data": [{"type": "heatmap", "z": [[1] * 200] * 200}], "layout": {}}, "20000 cells"),
    ],
)
def test_what_cannot_be_drawn_has_a_reason(engine: Engine, figure: dict[str, Any], why: str) -> None:
    with pytest.raises(Undrawable, match=why):
        engine.svg(json.dumps(figure), CANVAS)


def test_linkedom_is_the_published_file() -> None:
    source = (SCRIPTS / "linkedom" / "worker.js").read_bytes()
    assert (
        hashlib.sha256(source).hexdigest()
        == "0f4d0c736eac11c98c1d7b7a041a0c36c8d5aa706dfeae64d84747d8b333f3d3"
    )
