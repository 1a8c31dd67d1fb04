"""Figures over time: one panel below the other, each with an axis of its own, on one row of buckets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from functions.render_chart.figures import days, frame, measure, numbers, palette, ticks
from functions.render_chart.figures.drill import Opens, marked
from functions.render_chart.figures.forms.axes import axis, label, span
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import escaped
from functions.render_chart.figures.story import Story, Value

_BETWEEN, _BOTTOM, _LEFT_GAP, _HEADER, _HEAD = 46, 34, 12, 134, 28
_MOST_MARKERS, _MANY, _LEAST_PATTERN, _ROW = 60, 200, 7, 38
_LEAST_PANEL, _MARKER, _DOT = 56, 6, 9


@dataclass(frozen=True, slots=True)
class Series:
    """One value a bucket, None where there is none. `hue` also stands for a pattern, a dash and a marker.

    `joined` draws on over a gap: where a bucket without a value only means that nothing took place. `at` gives the
    buckets of `dot` values, which may share one or leave one out. `opens` are the rows behind a bucket's value.
    """

    name: str
    values: Sequence[Value]
    hue: str
    mark: Literal["bar", "line", "area", "dot"] = "line"
    joined: bool = False
    at: Sequence[str] | None = None
    said: Sequence[str] | None = None
    opens: Opens | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """Series of one unit; bars are stacked. `weight` is its share of the height."""

    label: str
    unit: str
    series: tuple[Series, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Buckets:
    """The first day of each, and whether they are days, weeks or months; `plain` ones are labels as they stand."""

    days: Sequence[str]
    granularity: str
    heading: str = ""

    def said(self, locale: str) -> list[str]:
        """Each as it stands under the pointer."""
        if self.granularity == "plain":
            return [escaped(one) for one in self.days]
        return [days.whole(locale, date.fromisoformat(one), self.granularity) for one in self.days]


def drawn(
    answer: dict[str, Any], look: Look, told: Story, buckets: Buckets, panels: Sequence[Panel]
) -> dict[str, Any]:
    """The figure. Where the height does not do for all panels, the last ones are left out."""
    theme = palette.THEMES[look.theme]
    around, bottom = _page(answer, look, told, panels), _BOTTOM + (18 if buckets.heading else 0)
    height = max(look.height - around.top - bottom, 40)
    panels = panels[: _most(height)]
    domains = _domains(panels, height)
    scales = [_scale(panel, share * height) for panel, (share, _, _) in zip(panels, domains, strict=True)]
    left = _left(look, panels, scales)
    width = max(look.width - left - frame.SIDE, 40)
    layout: dict[str, Any] = {"barmode": "relative", "bargap": 0.22, "hovermode": "closest"}
    layout["margin"] = {"l": left, "b": bottom}
    layout["xaxis"] = axis(
        theme,
        type="category",
        showgrid=False,
        showline=True,
        anchor=_y(len(panels) - 1),
        range=[-0.5, len(buckets.days) - 0.5],
        **ticks.course(look.locale, buckets.days, buckets.granularity, width),
    )
    if buckets.heading:
        heading = escaped(measure.shortened(buckets.heading, width, 12))
        layout["xaxis"]["title"] = {"text": heading, "standoff": 6, "font": {"size": 12}}
    if any(one.at for panel in panels for one in panel.series):
        layout["xaxis"] |= {"categoryorder": "array", "categoryarray": list(buckets.days)}
    layout["annotations"] = []
    traces: list[dict[str, Any]] = []
    said = buckets.said(look.locale)
    for i, (panel, (_, low, high)) in enumerate(zip(panels, domains, strict=True)):
        layout[f"yaxis{i + 1 if i else ''}"] = _y_axis(look, theme, panel, scales[i], (low, high))
        layout["annotations"].append(
            label(f"<b>{escaped(panel.label)}</b>", theme, 0, high, yshift=9, xshift=frame.SIDE - left)
        )
        bar_width = width / max(len(buckets.days), 1)
        traces += [
            _trace(look, theme, one, panel, buckets.days, said, _y(i), bar_width) for one in panel.series
        ]
    _list_once(traces)
    return frame.finished(answer, look, told, around, traces, layout)


def _list_once(traces: Sequence[dict[str, Any]]) -> None:
    """Panels that have series of the same names share their entries in the legend."""
    listed: set[str] = set()
    for trace in traces:
        trace["showlegend"] = trace["showlegend"] and trace["name"] not in listed
        listed.add(trace["name"])


def _y(index: int) -> str:
    return f"y{index + 1 if index else ''}"


def room(look: Look) -> int:
    """How many panels have a height at which something can be seen, below the longest finding; one at least."""
    return _most(look.height - _HEADER - _BOTTOM)


def _most(height: float) -> int:
    return max(1, int((height + _BETWEEN) // (_LEAST_PANEL + _BETWEEN)))


def _page(answer: dict[str, Any], look: Look, told: Story, panels: Sequence[Panel]) -> frame.Page:
    names = [one.name for panel in panels if len(panel.series) > 1 for one in panel.series]
    return frame.page(answer, look, told, list(dict.fromkeys(names)))


def _domains(panels: Sequence[Panel], height: float) -> list[tuple[float, float, float]]:
    """(share of the height, bottom, top) from 0 to 1, from the top down; above each there is room for its label."""
    gap = min(_BETWEEN / height, 0.3)
    head = min(_HEAD / height, 0.3)
    free = 1 - head - gap * (len(panels) - 1)
    total = sum(panel.weight for panel in panels)
    found, top = [], 1 - head
    for panel in panels:
        share = free * panel.weight / total
        found.append((share, max(top - share, 0.0), top))
        top -= share + gap
    return found


def _scale(panel: Panel, height: float) -> ticks.Scale:
    known: list[float] = []
    bars = [one for one in panel.series if one.mark == "bar"]
    for values in zip(*(one.values for one in bars), strict=True):
        known.append(sum(value for value in values if value is not None and value > 0))
        known.append(sum(value for value in values if value is not None and value < 0))
    known += [v for one in panel.series if one.mark != "bar" for v in one.values if v is not None]
    lines = all(one.mark in ("line", "dot") for one in panel.series)
    return (ticks.around if lines else ticks.scale)(known, panel.unit, max(2, int(height // _ROW)))


def _left(look: Look, panels: Sequence[Panel], scales: Sequence[ticks.Scale]) -> int:
    labels = [
        numbers.short(look.locale, value, panel.unit)
        for panel, found in zip(panels, scales, strict=True)
        for value in found.values
    ]
    widest = max((measure.width(one, ticks.LABEL) for one in labels), default=0.0)
    return round(min(widest, look.width / 3)) + frame.SIDE + _LEFT_GAP


def _y_axis(
    look: Look, theme: palette.Theme, panel: Panel, found: ticks.Scale, domain: tuple[float, float]
) -> dict[str, Any]:
    return axis(
        theme,
        anchor="x",
        domain=span(*domain),
        zeroline=found.low < 0,
        zerolinecolor=theme.muted,
        ticklabelstandoff=6,
        **ticks.numeric(look.locale, found, panel.unit),
    )


def _trace(
    look: Look,
    theme: palette.Theme,
    one: Series,
    panel: Panel,
    buckets: Sequence[str],
    said: Sequence[str],
    y: str,
    bar_width: float,
) -> dict[str, Any]:
    # The name by reference: plotly.js would look for places to fill in a name that somebody typed.
    figure = numbers.hover(look.locale, panel.unit)
    template = f"%{{customdata}}<br>%{{fullData.name}}: {figure}<extra></extra>"
    shared = {
        "name": escaped(one.name),
        "x": list(one.at or buckets),
        "y": list(one.values),
        "yaxis": y,
        "showlegend": len(panel.series) > 1,
        "legendgroup": escaped(one.name),
        "customdata": list(one.said or said),
        "hovertemplate": template,
    }
    if one.mark == "bar":
        marker = palette.filling(theme, one.hue, patterned=bar_width >= _LEAST_PATTERN, values=one.values)
        return marked({**shared, "type": "bar", "marker": marker}, one.opens)
    return marked({**shared, "type": "scatter", "cliponaxis": False, **_line(theme, one)}, one.opens)


def _line(theme: palette.Theme, one: Series) -> dict[str, Any]:
    """A value with a gap on either side is a dot, or nobody would see it."""
    sign, colour = palette.SIGNS[one.hue], theme.hues[one.hue]
    few = one.mark == "dot" or sum(value is not None for value in one.values) <= _MOST_MARKERS
    size = _DOT if one.mark == "dot" else _MARKER
    found: dict[str, Any] = {
        "mode": "markers" if one.mark == "dot" else "lines+markers",
        "connectgaps": one.joined,
        "line": {"color": colour, "width": 2 if len(one.values) <= _MANY else 1.2, "dash": sign.dash},
        "marker": {
            "color": colour,
            "symbol": sign.symbol,
            "size": size if few else [size if _alone(one.values, i) else 0 for i in range(len(one.values))],
        },
    }
    if one.mark == "area":
        found |= {"fill": "tozeroy", "fillcolor": _faint(colour)}
    return found


def _alone(values: Sequence[Value], i: int) -> bool:
    before = values[i - 1] if i else None
    after = values[i + 1] if i + 1 < len(values) else None
    return values[i] is not None and before is None and after is None


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"
