"""What is asked of a figure from outside, before it reaches plotly.js.

It is drawn where there is no network, no file and no secret, and what comes out holds shapes and letters only; these
rules keep one figure from taking everybody's time and give a sentence that says what to change.
"""

import re
from collections.abc import Iterator
from typing import Any

from lib.errors import BadInput

LARGEST_BYTES = 2_000_000
MOST_TRACES = 50
MOST_VALUES = 200_000
DEEPEST = 30
LONGEST_TEXT = 10_000
# Those that are drawn with shapes alone: no WebGL, no maps with tiles, no pictures.
TYPES = frozenset(
    {
        "bar",
        "barpolar",
        "box",
        "candlestick",
        "funnel",
        "funnelarea",
        "heatmap",
        "histogram",
        "histogram2d",
        "icicle",
    }
    | {
        "indicator",
        "ohlc",
        "parcats",
        "pie",
        "sankey",
        "scatter",
        "scatterpolar",
        "scatterternary",
        "sunburst",
    }
    | {"treemap", "violin", "waterfall"}
)
# Typed arrays as the Python library writes them: bytes a value.
SIZES = {"i1": 1, "u1": 1, "i2": 2, "u2": 2, "i4": 4, "u4": 4, "f4": 4, "f8": 8}
# Names that JavaScript gives a meaning to.
FORBIDDEN = frozenset({"__proto__", "constructor", "prototype"})
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\[\]-]{0,99}")


def checked(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure, if it may be drawn. Raises BadInput (422) that names the place."""
    if unknown := sorted(set(figure) - {"data", "layout"}):
        raise _refused(f"{unknown[0][:50]!r} is not drawn: a figure has data and layout.")
    data, layout = figure.get("data"), figure.get("layout", {})
    if not isinstance(data, list) or not isinstance(layout, dict):
        raise _refused("data must be a list of traces and layout an object.")
    if len(data) > MOST_TRACES:
        raise _refused(f"There are {len(data)} traces; {MOST_TRACES} are drawn at most.")
    for index, trace in enumerate(data):
        _check_trace(index, trace)
    if layout.get("images"):
        raise _refused("layout.images is not drawn: nothing is fetched from anywhere.")
    if (count := _values(figure)) > MOST_VALUES:
        raise _refused(f"There are {count} values; {MOST_VALUES} are drawn at most.")
    return {"data": data, "layout": layout}


def _check_trace(index: int, trace: Any) -> None:
    if not isinstance(trace, dict):
        raise _refused(f"data.{index} must be an object.")
    kind = trace.get("type", "scatter")
    if not isinstance(kind, str) or kind not in TYPES:
        raise _refused(
            f"data.{index}.type {str(kind)[:30]!r} is not drawn here; these are: {', '.join(sorted(TYPES))}."
        )


def _values(value: Any) -> int:
    return sum(1 if size is None else size for size in _leaves(value, 0))


def _leaves(value: Any, depth: int) -> Iterator[int | None]:
    """One entry a value; the number of values for a typed array."""
    if depth > DEEPEST:
        raise _refused(f"The figure is nested deeper than {DEEPEST} levels.")
    if isinstance(value, dict):
        if "bdata" in value:
            yield len(str(value["bdata"])) * 3 // 4 // SIZES.get(str(value.get("dtype")), 1)
        for name, inside in value.items():
            if name in FORBIDDEN or not NAME.fullmatch(name):
                raise _refused(f"{name[:50]!r} is not the name of an attribute.")
            if name != "bdata":
                yield from _leaves(inside, depth + 1)
    elif isinstance(value, list):
        for inside in value:
            yield from _leaves(inside, depth + 1)
    else:
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise _refused(f"A text has {len(value)} letters; {LONGEST_TEXT} are drawn at most.")
        yield None


def _refused(why: str) -> BadInput:
    return BadInput(f"The figure cannot be drawn: {why}", status=422)
