"""Figures from outside: what is refused before it is drawn, and what it is told."""

from typing import Any

import pytest

from functions.render_chart.untrusted import MOST_TRACES, MOST_VALUES, checked
from lib.errors import BadInput


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("figure", "why"),
    [
        ({"data": [], "frames": []}, "frames"),
        ({"data": [], "config": {"plotlyServerURL": "http://evil.example"}}, "config"),
        ({"data": {}}, "list of traces"),
        ({"data": [], "layout": []}, "list of traces"),
        ({}, "list of traces"),
        ({"data": [1]}, "data.0"),
        ({"data": [{}] * (MOST_TRACES + 1)}, "51 traces"),
        ({"data": [{"type": "image", "source": "http://evil.example"}]}, "data.0.type 'image'"),
        ({"data": [{"type": "scattermapbox"}]}, "scattermapbox"),
        ({"data": [{"type": ["bar"]}]}, "is not drawn here"),
        ({"data": [], "layout": {"images": [{"source": "http://evil.example"}]}}, "images"),
        ({"data": [{"y": [1] * (MOST_VALUES + 1)}]}, "values"),
        ({"data": [{"y": {"bdata": "A" * 3_000_000, "dtype": "f8"}}]}, "values"),
        ({"data": [{"__proto__": {}}]}, "__proto__"),
        ({"data": [{"constructor": {}}]}, "constructor"),
        ({"data": [], "layout": {"on click": 1}}, "on click"),
        ({"data": [], "layout": nested(40)}, "nested"),
        ({"data": [], "layout": {"title": "x" * 10_001}}, "letters"),
    ],
)
def test_it_is_refused_with_a_reason(figure: dict[str, Any], why: str) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        checked(figure)
    assert refused.value.status == 422


def test_an_ordinary_figure_goes_through_as_it_is() -> None:
    figure = {
        "data": [{"type": "bar", "x": ["a"], "y": [1]}, {"y": {"bdata": "AQI=", "dtype": "i1"}}],
        "layout": {"xaxis2": {"title": {"text": "t"}}, "xaxis.range[0]": 1},
    }
    assert checked(figure) == figure
    assert checked({"data": []}) == {"data": [], "layout": {}}
