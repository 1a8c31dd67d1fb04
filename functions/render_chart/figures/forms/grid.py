"""Cells of rows and columns, shaded from little to much, with their figures in them where there is room."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from functions.render_chart.figures import frame, measure, numbers, palette, ticks
from functions.render_chart.figures.drill import Narrow, Opens, marked
from functions.render_chart.figures.forms.axes import axis, label
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import escaped
from functions.render_chart.figures.story import Story, Value

_BOTTOM, _HEAD, _BAR, _CELL_TEXT = 34, 22, 70, 11


@dataclass(frozen=True, slots=True)
class Cells:
    """`values[row][column]`, None for an empty cell; labels of rows (top down) and columns, and the same in full.

    `opens` are the rows behind a cell; `each` narrows them, cell by cell, row after row.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[Value]]
    unit: str
    heading: str
    long_rows: Sequence[str]
    long_columns: Sequence[str]
    top: float | None = None
    across: str = ""
    opens: Opens | None = None
    each: Sequence[Narrow] = ()


def drawn(answer: dict[str, Any], look: Look, told: Story, cells: Cells) -> dict[str, Any]:
    """The figure."""
    theme = palette.THEMES[look.theme]
    around = frame.page(answer, look, told)
    known = [value for row in cells.values for value in row if value is not None]
    high = cells.top or max([*known, 0]) or 1
    left = round(max(measure.width(row, ticks.LABEL) for row in cells.rows)) + frame.SIDE + 12
    bottom = _BOTTOM + (18 if cells.across else 0)
    height = max(look.height - around.top - bottom, 40)
    full = max(look.width - left - frame.SIDE, 40)
    size = (full / len(cells.columns), (height - _HEAD) / len(cells.rows))
    texts = [
        ["" if v is None else numbers.short(look.locale, v, cells.unit) for v in row] for row in cells.values
    ]
    labelled = _fits(texts, size)
    width = full if labelled else max(full - _BAR, 40)
    traces = [_map(look, theme, cells, texts, high, None if labelled else 1 - _HEAD / height)]
    if labelled:
        traces += _figures(theme, cells, texts, high)
    top = 1 - _HEAD / height
    layout: dict[str, Any] = {
        "margin": {"l": left, "b": bottom, "r": round(look.width - left - width)},
        "hovermode": "closest",
        "xaxis": _columns(theme, cells.columns, width),
        "yaxis": _rows(theme, cells.rows, top, height),
        "annotations": [
            label(f"<b>{escaped(cells.heading)}</b>", theme, 0, top, yshift=4, xshift=frame.SIDE - left)
        ],
    }
    if cells.across:
        heading = escaped(measure.shortened(cells.across, width, 12))
        layout["xaxis"]["title"] = {"text": heading, "standoff": 6, "font": {"size": 12}}
    return frame.finished(answer, look, told, around, traces, layout)


def _fits(texts: Sequence[Sequence[str]], size: tuple[float, float]) -> bool:
    widest = max((measure.width(text, _CELL_TEXT) for row in texts for text in row), default=0.0)
    return widest + 6 <= size[0] and size[1] >= _CELL_TEXT + 5


def _map(
    look: Look,
    theme: palette.Theme,
    cells: Cells,
    texts: Sequence[Sequence[str]],
    high: float,
    bar: float | None,
) -> dict[str, Any]:
    said = [
        [
            f"{escaped(cells.long_rows[i])}, {escaped(cells.long_columns[j])}: {escaped(text)}"
            for j, text in enumerate(row)
        ]
        for i, row in enumerate(texts)
    ]
    steps = len(theme.scale) - 1
    trace: dict[str, Any] = {
        "type": "heatmap",
        "x": list(range(len(cells.columns))),
        "y": list(range(len(cells.rows))),
        "z": [list(row) for row in cells.values],
        "zmin": 0,
        "zmax": high,
        "colorscale": [[i / steps, colour] for i, colour in enumerate(theme.scale)],
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "customdata": said,
        "hovertemplate": "%{customdata}<extra></extra>",
        "showscale": bar is not None,
    }
    trace = marked(trace, cells.opens, cells.each)
    if bar is not None:
        scale = ticks.scale([high], cells.unit, 4)
        trace["colorbar"] = _bar(look, theme, scale, cells.unit) | {"len": bar, "y": 0, "yanchor": "bottom"}
    return trace


def _bar(look: Look, theme: palette.Theme, found: ticks.Scale, unit: str) -> dict[str, Any]:
    keys = ticks.numeric(look.locale, found, unit)
    keys.pop("range")
    return {
        "thickness": 12,
        "outlinewidth": 0,
        "x": 1.01,
        "xpad": 4,
        "ypad": 0,
        "ticks": "",
        "tickfont": {"size": ticks.LABEL, "color": theme.muted},
        **keys,
    }


def _figures(
    theme: palette.Theme, cells: Cells, texts: Sequence[Sequence[str]], high: float
) -> list[dict[str, Any]]:
    """Black on light cells and white on dark ones: two traces cost less than a label a cell."""
    places: dict[str, tuple[list[int], list[int], list[str]]] = {}
    for i, row in enumerate(cells.values):
        for j, value in enumerate(row):
            if value is None:
                continue
            ink = palette.readable_on(palette.stop(theme, value / high))
            x, y, text = places.setdefault(ink, ([], [], []))
            x.append(j)
            y.append(i)
            text.append(escaped(texts[i][j]))
    return [
        {
            "type": "scatter",
            "mode": "text",
            "x": x,
            "y": y,
            "text": text,
            "textfont": {"size": _CELL_TEXT, "color": ink},
            "hoverinfo": "skip",
            "showlegend": False,
        }
        for ink, (x, y, text) in sorted(places.items())
    ]


def _columns(theme: palette.Theme, names: Sequence[str], width: float) -> dict[str, Any]:
    widest = max(measure.width(name, ticks.LABEL) for name in names) + 8
    step = max(1, -(-len(names) // max(1, int(width // widest))))
    shown = range(0, len(names), step)
    return axis(
        theme,
        showgrid=False,
        range=[-0.5, len(names) - 0.5],
        tickmode="array",
        tickvals=list(shown),
        ticktext=[escaped(names[i]) for i in shown],
        tickangle=0,
    )


def _rows(theme: palette.Theme, names: Sequence[str], top: float, height: float) -> dict[str, Any]:
    step = max(1, -(-len(names) * 16 // max(int(height), 1)))
    shown = range(0, len(names), step)
    return axis(
        theme,
        showgrid=False,
        domain=[0, top],
        range=[len(names) - 0.5, -0.5],
        tickmode="array",
        tickvals=list(shown),
        ticktext=[escaped(names[i]) for i in shown],
        ticklabelstandoff=6,
    )
