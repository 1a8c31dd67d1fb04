"""Dots between two figures, as large as a third one; the largest are named where there is room."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from functions.render_chart.figures import frame, measure, numbers, palette, ticks
from functions.render_chart.figures.forms.axes import axis, label
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import escaped, tidy
from functions.render_chart.figures.story import Story

_BOTTOM, _HEAD, _SIZE, _LARGEST, _SMALLEST = 52, 26, 12, 22.0, 4.0
_PER_TICK, _MOST_NAMED = 70, 40
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Dot:
    """`weight` (0 or more) becomes the area; `said` stands under the pointer, below the name."""

    name: str
    x: float
    y: float
    weight: float
    said: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """What a direction means."""

    label: str
    unit: str


def drawn(
    answer: dict[str, Any], look: Look, told: Story, dots: Sequence[Dot], across: Axis, up: Axis
) -> dict[str, Any]:
    """The figure; the largest dots lie below the others."""
    theme = palette.THEMES[look.theme]
    around = frame.page(answer, look, told)
    height = max(look.height - around.top - _BOTTOM - _HEAD, 40)
    rows = ticks.around([dot.y for dot in dots], up.unit, max(2, int(height // 46)))
    left = _left(look, rows, up)
    width = max(look.width - left - frame.SIDE, 40)
    columns = ticks.around([dot.x for dot in dots], across.unit, max(2, int(width // _PER_TICK)))
    ordered = sorted(dots, key=lambda dot: (-dot.weight, dot.name))
    top = height / (height + _HEAD)
    layout = {
        "margin": {"l": left, "b": _BOTTOM},
        "hovermode": "closest",
        "xaxis": _axis(look, theme, columns, across.unit)
        | {"title": {"text": escaped(across.label), "standoff": 8, "font": {"size": _SIZE}}},
        "yaxis": _axis(look, theme, rows, up.unit) | {"domain": [0, top]},
        "annotations": [
            label(f"<b>{escaped(up.label)}</b>", theme, 0, top, yshift=8, xshift=frame.SIDE - left)
        ],
    }
    places = _named(ordered, _spread(columns), _spread(rows), width, height)
    trace = _trace(theme, ordered, places)
    return frame.finished(answer, look, told, around, [trace], layout)


def _axis(look: Look, theme: palette.Theme, found: ticks.Scale, unit: str) -> dict[str, Any]:
    """A little longer than its scale: dots at an end are seen whole."""
    low, high = _spread(found)
    keys = ticks.numeric(look.locale, found, unit) | {"range": [low, high]}
    return axis(theme, ticklabelstandoff=4, **keys)


def _spread(found: ticks.Scale) -> tuple[float, float]:
    more = (found.high - found.low) * 0.04
    return found.low - more, found.high + more


def _left(look: Look, found: ticks.Scale, up: Axis) -> int:
    labels = (numbers.short(look.locale, value, up.unit) for value in found.values)
    return round(max(measure.width(one, ticks.LABEL) for one in labels)) + frame.SIDE + 10


def _trace(theme: palette.Theme, dots: Sequence[Dot], positions: Sequence[str]) -> dict[str, Any]:
    most = max((dot.weight for dot in dots), default=0.0)
    shown = [escaped(_short(dot)) if place else "" for dot, place in zip(dots, positions, strict=True)]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [dot.x for dot in dots],
        "y": [dot.y for dot in dots],
        "text": shown,
        "textposition": [place or "top center" for place in positions],
        "textfont": {"size": _SIZE, "color": theme.ink},
        "cliponaxis": False,
        "marker": {
            "size": [2 * _radius(dot, most) for dot in dots],
            "color": theme.hues["blue"],
            "opacity": 0.75,
            "line": {"color": theme.paper, "width": 1},
        },
        "showlegend": False,
        "customdata": [f"<b>{escaped(tidy(dot.name))}</b><br>{escaped(dot.said)}" for dot in dots],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _radius(dot: Dot, most: float) -> float:
    return _SMALLEST + (_LARGEST - _SMALLEST) * ((dot.weight / most) ** 0.5 if most else 0.0)


def _short(dot: Dot) -> str:
    return measure.shortened(tidy(dot.name), 130, _SIZE)


def _named(
    dots: Sequence[Dot],
    columns: tuple[float, float],
    rows: tuple[float, float],
    width: float,
    height: float,
) -> list[str]:
    """Where each name stands, "" for nowhere: the largest dots choose first, none over a name or a dot."""
    most = max((dot.weight for dot in dots), default=0.0)
    circles = []
    for dot in dots:
        x = (dot.x - columns[0]) / ((columns[1] - columns[0]) or 1) * width
        y = (dot.y - rows[0]) / ((rows[1] - rows[0]) or 1) * height
        circles.append((x, y, _radius(dot, most)))
    taken: list[Box] = [(x - r, y - r, x + r, y + r) for x, y, r in circles]
    found = []
    for i, (dot, (x, y, r)) in enumerate(zip(dots, circles, strict=True)):
        if i >= _MOST_NAMED:
            found.append("")
            continue
        others = taken[:i] + taken[i + 1 :]
        place = next(
            (name for name, box in _boxes(_short(dot), x, y, r) if _free(box, others, width, height)), ""
        )
        if place:
            taken.append(dict(_boxes(_short(dot), x, y, r))[place])
        found.append(place)
    return found


def _boxes(text: str, x: float, y: float, r: float) -> list[tuple[str, Box]]:
    wide, half = measure.width(text, _SIZE) + 4, _SIZE * 0.65
    return [
        ("middle right", (x + r, y - half, x + r + wide, y + half)),
        ("top center", (x - wide / 2, y + r, x + wide / 2, y + r + 2 * half)),
        ("bottom center", (x - wide / 2, y - r - 2 * half, x + wide / 2, y - r)),
        ("middle left", (x - r - wide, y - half, x - r, y + half)),
    ]


def _free(box: Box, taken: Sequence[Box], width: float, height: float) -> bool:
    left, low, right, high = box
    if left < 0 or right > width + 16 or low < -10 or high > height + 16:
        return False
    return not any(left < b[2] and right > b[0] and low < b[3] and high > b[1] for b in taken)
