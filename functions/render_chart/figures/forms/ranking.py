"""Names below each other with horizontal bars: one column of bars for each measure, the greatest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from functions.render_chart.figures import frame, measure, numbers, palette
from functions.render_chart.figures.drill import Narrow, Opens, marked
from functions.render_chart.figures.forms.axes import blank, label, span
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import escaped, tidy
from functions.render_chart.figures.story import Story, Value

_ROW, _LEAST_ROW, _BOTTOM, _GAP, _SIZE, _HEAD = 72, 19, 12, 28, 12, 24
_LONGEST_NAME = 0.3
_LEAST_PATTERN, _BOLD = 9, 1.08


@dataclass(frozen=True, slots=True)
class Measure:
    """A value a name, None where there is none; `full` is the end of the axis when it is fixed (1 for shares).

    `rest` is that of all others together. `opens` are the rows behind a value, `each` narrows them by name.
    """

    label: str
    unit: str
    values: Sequence[Value]
    hue: str = "blue"
    full: float | None = None
    rest: Value = None
    opens: Opens | None = None
    each: Sequence[Narrow] = ()


def room(answer: dict[str, Any], look: Look, told: Story) -> int:
    """How many names fit below each other."""
    height = look.height - frame.page(answer, look, told).top - _BOTTOM - _HEAD
    return max(3, int(height // _LEAST_ROW))


def drawn(
    answer: dict[str, Any],
    look: Look,
    told: Story,
    names: Sequence[str],
    measures: Sequence[Measure],
    rest: str = "",
) -> dict[str, Any]:
    """The figure of `names` in their order, from the top down; below them `rest` with its figures.

    The rest has no bars: one of hundreds would make the others short.
    """
    theme = palette.THEMES[look.theme]
    around = frame.page(answer, look, told)
    most = look.width * _LONGEST_NAME
    rows = [*names, *([rest] if rest else [])]
    shown = [measure.shortened(tidy(name), most, _SIZE) for name in rows]
    left = round(max((measure.width(name, _SIZE) for name in shown), default=0)) + frame.SIDE + 12
    columns = _columns(look.width - left - frame.SIDE, len(measures))
    height = look.height - around.top - _BOTTOM
    # Few names do not become bars as thick as a hand, nor hang at the top of an empty picture.
    used = min(height - _HEAD, len(rows) * _ROW)
    top = 1 - (_HEAD + (height - _HEAD - used) / 3) / height
    layout: dict[str, Any] = {
        "bargap": 0.28,
        "hovermode": "closest",
        "margin": {"l": left, "b": _BOTTOM},
        "yaxis": {
            "domain": span(top - used / height, top),
            "range": [len(rows) - 0.5, -0.5],
            "tickmode": "array",
            "tickvals": list(range(len(rows))),
            "ticktext": [escaped(name) for name in shown],
            "tickfont": {"size": _SIZE, "color": theme.ink},
            "ticks": "",
            "ticklabelstandoff": 6,
            "showgrid": False,
            "zeroline": False,
            "automargin": False,
        },
        "annotations": [],
    }
    traces = []
    whole = [escaped(tidy(name)) for name in names]
    bar = used / max(len(rows), 1) * 0.72
    for i, (one, (low, high)) in enumerate(zip(measures, columns, strict=True)):
        pixels = (high - low) * (look.width - left - frame.SIDE)
        texts = ["" if v is None else numbers.short(look.locale, v, one.unit) for v in one.values]
        layout[f"xaxis{i + 1 if i else ''}"] = _axis(one, texts, pixels, (low, high))
        size = _SIZE if measure.width(one.label, _SIZE) * _BOLD <= pixels + _GAP / 2 else _SIZE - 2
        heading = escaped(measure.shortened(one.label, (pixels + _GAP / 2) / _BOLD, size))
        font = {"size": size, "color": theme.ink}
        layout["annotations"].append(label(f"<b>{heading}</b>", theme, low, top, yshift=4, font=font))
        if rest and one.rest is not None:
            text = escaped(numbers.short(look.locale, one.rest, one.unit))
            layout["annotations"].append(_below(text, theme, i, len(names)))
        trace = _trace(look, theme, one, texts, whole, f"x{i + 1 if i else ''}", bar)
        traces.append(marked(trace, one.opens, one.each))
    return frame.finished(answer, look, told, around, traces, layout)


def _columns(width: float, count: int) -> list[tuple[float, float]]:
    gap = _GAP / max(width, 1)
    share = (1 - gap * (count - 1)) / count
    return [(i * (share + gap), i * (share + gap) + share) for i in range(count)]


def _axis(one: Measure, texts: Sequence[str], pixels: float, domain: tuple[float, float]) -> dict[str, Any]:
    """Long enough for the figures that stand behind the bars."""
    known = [value for value in one.values if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    high = one.full or high or 1.0
    text = max((measure.width(each, _SIZE) for each in texts), default=0.0) + 10
    stretch = pixels / max(pixels - text * (2 if low < 0 else 1), pixels / 3)
    return blank(
        domain=span(*domain),
        range=[low * stretch, low + (high - low) * stretch if low >= 0 else high * stretch],
    )


def _trace(
    look: Look,
    theme: palette.Theme,
    one: Measure,
    texts: Sequence[str],
    names: Sequence[str],
    x: str,
    bar: float,
) -> dict[str, Any]:
    figure = numbers.hover(look.locale, one.unit, "x")
    return {
        "type": "bar",
        "orientation": "h",
        "name": escaped(one.label),
        "x": list(one.values),
        "y": list(range(len(names))),
        "xaxis": x,
        "text": [escaped(text) for text in texts],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"size": _SIZE, "color": theme.ink},
        "marker": palette.filling(
            theme, one.hue, patterned=theme.spares_ink and bar >= _LEAST_PATTERN, values=one.values
        ),
        "showlegend": False,
        "customdata": list(names),
        "hovertemplate": f"%{{customdata}}<br>%{{fullData.name}}: {figure}<extra></extra>",
    }


def _below(text: str, theme: palette.Theme, column: int, row: int) -> dict[str, Any]:
    axis = f"x{column + 1 if column else ''}"
    font = {"size": _SIZE, "color": theme.muted}
    return label(text, theme, 0, row, xref=axis, yref="y", xshift=2, yanchor="middle", font=font)
