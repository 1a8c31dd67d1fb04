"""Figures of different units, each with the period before: a small block of two bars a figure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from functions.render_chart.figures import frame, measure, numbers, palette
from functions.render_chart.figures.drill import Opens, marked
from functions.render_chart.figures.forms.axes import blank, label, span
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import escaped
from functions.render_chart.figures.story import Story, Value

_BOTTOM, _GAP_X, _GAP_Y, _HEAD, _SIZE, _LEAST = 18, 32, 14, 22, 12, 200
_TALLEST, _LEAST_BLOCK = 92, 56


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure of this period and of the one before; `opens` are the rows behind this period's."""

    label: str
    unit: str
    now: Value
    before: Value
    opens: Opens | None = None


def drawn(
    answer: dict[str, Any], look: Look, told: Story, pairs: Sequence[Pair], names: tuple[str, str]
) -> dict[str, Any]:
    """The figure; `names` are what the two bars are called. What has no room is in the table only."""
    theme = palette.THEMES[look.theme]
    around = frame.page(answer, look, told, names)
    width, height = look.width - 2 * frame.SIDE, max(look.height - around.top - _BOTTOM, 60)
    columns = max(1, min(2 if len(pairs) <= 8 else 3, width // _LEAST))
    pairs = pairs[: max(1, int(height // _LEAST_BLOCK)) * columns]
    rows = math.ceil(len(pairs) / columns)
    layout: dict[str, Any] = {"barmode": "group", "bargap": 0.05, "hovermode": "closest", "annotations": []}
    layout["margin"] = {"b": _BOTTOM}
    traces: list[dict[str, Any]] = []
    wide = (width - _GAP_X * (columns - 1)) / columns
    tall = height / rows
    for i, pair in enumerate(pairs):
        left = (i % columns) * (wide + _GAP_X)
        top = height - (i // columns) * tall
        bars = min(max(tall - _HEAD - _GAP_Y, 8), _TALLEST)
        number = str(i + 1) if i else ""
        layout[f"xaxis{number}"] = blank(
            domain=span(left / width, (left + wide) / width),
            anchor=f"y{number}",
            range=_range(look, pair, wide),
        )
        layout[f"yaxis{number}"] = blank(
            domain=span((top - _HEAD - bars) / height, (top - _HEAD) / height),
            anchor=f"x{number}",
            range=[1.5, -0.5],
        )
        heading = escaped(measure.shortened(pair.label, wide, _SIZE))
        layout["annotations"].append(
            label(f"<b>{heading}</b>", theme, left / width, (top - _HEAD) / height, yshift=4)
        )
        traces += [_bar(look, theme, pair, j, names[j], number, legend=i == 0) for j in (0, 1)]
    return frame.finished(answer, look, told, around, traces, layout)


def _range(look: Look, pair: Pair, pixels: float) -> list[float]:
    known = [value for value in (pair.now, pair.before) if value is not None]
    full = {"percent": 1.0, "score": 100.0}.get(pair.unit) or max([*known, 0.0]) or 1.0
    text = (
        max((measure.width(numbers.short(look.locale, v, pair.unit), _SIZE) for v in known), default=0) + 12
    )
    return [min([0.0, *known]), full * pixels / max(pixels - text, pixels / 3)]


def _bar(
    look: Look, theme: palette.Theme, pair: Pair, j: int, name: str, number: str, *, legend: bool
) -> dict[str, Any]:
    value = (pair.now, pair.before)[j]
    text = "–" if value is None else numbers.short(look.locale, value, pair.unit)
    bar = {
        "type": "bar",
        "orientation": "h",
        "name": escaped(name),
        "legendgroup": f"{j}",
        "showlegend": legend,
        # A figure that is not known still has its place and a dash.
        "x": [0 if value is None else value],
        "y": [j],
        "width": 0.82,
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
        "text": [escaped(text)],
        "textposition": "outside",
        "textfont": {"size": _SIZE, "color": theme.ink if j == 0 else theme.muted},
        "cliponaxis": False,
        "marker": _marker(theme, j),
        "customdata": [f"{escaped(pair.label)}<br>{escaped(name)}: {escaped(text)}"],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    return marked(bar, pair.opens if j == 0 else None, [{}])


def _marker(theme: palette.Theme, j: int) -> dict[str, Any]:
    """What is over is an outline."""
    if j == 0:
        return palette.filling(theme, "blue")
    return {"color": theme.paper, "line": {"color": theme.hues["grey"], "width": 1.5}}
