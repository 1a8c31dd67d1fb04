"""The page around every chart: title with its finding, legend, fonts, margins, and what is said besides."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from functions.render_chart.figures import days, drill, measure, palette, story
from functions.render_chart.figures.forms.axes import label
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import escaped, tidy
from functions.render_chart.figures.numbers import SEPARATORS
from functions.render_chart.figures.story import Story
from functions.render_chart.figures.words import word

SIDE = 24
_ABOVE, _LEGEND_ROW, _LEGEND_SIGN, _AXIS = 14, 21, 48, 48
_SHOWN = ("subject", "tutor_id", "student_id")
_COPIED = ("period", "filters", "as_of", "receipt")
Trace = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Where things go, in pixels: `top` is where the marks begin."""

    title: str
    period: str
    lines: tuple[str, ...]
    title_size: int
    size: int
    lines_top: int
    legend_top: int
    top: int
    legend: bool


def page(answer: dict[str, Any], look: Look, told: Story, legend: Sequence[str] = ()) -> Page:
    """What fits above the marks: small pictures have a smaller title and a shorter finding, or none."""
    small = look.width < 560 or look.height < 320
    title_size, size = (16, 12) if small else (20, 14)
    inner = look.width - 2 * SIDE
    if look.bare:
        return _bare(look, title_size, size, legend_rows(legend, inner - _AXIS))
    most = 0 if look.height < 200 else 1 if look.height < 260 else 2 if look.height < 420 else 3
    lines = tuple(measure.wrapped(told.finding, inner, size, most)) if most else ()
    title = measure.shortened(told.title, inner * 0.93, title_size)
    period = _period(answer, look)
    room = inner - measure.width(title, title_size) * 1.08 - 20
    if measure.width(period, size) > room:
        period = ""
    lines_top = _ABOVE + round(title_size * 1.5)
    head = lines_top + round(len(lines) * size * 1.3) + 8
    rows = legend_rows(legend, inner - _AXIS) if look.height >= 260 else 0
    top = head + rows * _LEGEND_ROW + 4
    return Page(title, period, lines, title_size, size, lines_top, head, top, rows > 0)


def _bare(look: Look, title_size: int, size: int, rows: int) -> Page:
    """The legend alone, if there is room."""
    rows = rows if look.height >= 260 else 0
    return Page("", "", (), title_size, size, 0, 4, 8 + rows * _LEGEND_ROW, rows > 0)


def _period(answer: dict[str, Any], look: Look) -> str:
    """What it is about: the days, and what was filtered for."""
    found = answer.get("period") or {}
    about = [
        tidy(str(value)) for key, value in (answer.get("filters") or {}).items() if key in _SHOWN and value
    ]
    if found.get("from") and found.get("to"):
        first, last = (date.fromisoformat(found[end]) for end in ("from", "to"))
        about.insert(0, days.span(look.locale, first, last))
    return " · ".join(about)


def legend_rows(names: Sequence[str], inner: float) -> int:
    """plotly.js puts a legend into columns as wide as its longest name, unless all fit in one row as wide as the
    marks."""
    widths = [measure.width(name, 12) + _LEGEND_SIGN for name in names]
    if sum(widths) <= inner:
        return 1 if names else 0
    columns = max(1, int(inner // max(widths)))
    return -(-len(names) // columns)


def finished(
    answer: dict[str, Any],
    look: Look,
    told: Story,
    around: Page,
    traces: Sequence[Trace],
    layout: dict[str, Any],
) -> dict[str, Any]:
    """The whole figure as plain data."""
    theme = palette.THEMES[look.theme]
    shared = {
        **({"title": _title(theme, around)} if around.title else {}),
        "font": {"family": palette.FONT, "size": 12, "color": theme.ink},
        "paper_bgcolor": theme.paper,
        "plot_bgcolor": theme.paper,
        "separators": SEPARATORS[look.locale],
        "showlegend": around.legend,
        "legend": _legend(around, look),
        "hoverlabel": {"bgcolor": theme.paper, "bordercolor": theme.muted, "font": {"color": theme.ink}},
        "margin": {"l": SIDE, "r": SIDE, "t": around.top, "b": 16, "pad": 0, "autoexpand": False},
    }
    margin = {**shared["margin"], **layout.pop("margin", {})}  # type: ignore[dict-item]
    if around.lines:
        layout["annotations"] = [*layout.get("annotations", []), _finding(theme, around, margin["l"])]
    meta = _meta(answer, look, told) | _drill(answer, told, traces)
    return {"data": list(traces), "layout": {**shared, **layout, "margin": margin, "meta": meta}}


def _title(theme: palette.Theme, around: Page) -> dict[str, Any]:
    period = (
        f"  <span style='font-size:{around.size - 1}px;color:{theme.muted}'>{escaped(around.period)}</span>"
    )
    return {
        "text": f"<b>{escaped(around.title)}</b>{period if around.period else ''}",
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"l": SIDE, "t": _ABOVE},
        "font": {"size": around.title_size, "color": theme.ink},
    }


def _finding(theme: palette.Theme, around: Page, left: int) -> dict[str, Any]:
    """A label rather than a subtitle: plotly.js moves a subtitle about with the number of its lines."""
    text = "<br>".join(map(escaped, around.lines))
    return label(
        text,
        theme,
        0,
        1,
        yanchor="top",
        xshift=SIDE - left,
        yshift=around.top - around.lines_top,
        borderpad=0,
        font={"size": around.size, "color": theme.muted},
    )


def _legend(around: Page, look: Look) -> dict[str, Any]:
    return {
        "orientation": "h",
        "xref": "container",
        "yref": "container",
        "x": (SIDE - 6) / look.width,
        "xanchor": "left",
        "y": 1 - around.legend_top / look.height,
        "yanchor": "top",
        "traceorder": "normal",
        "bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 12},
    }


def _meta(answer: dict[str, Any], look: Look, told: Story) -> dict[str, Any]:
    return {
        "chart": told.chart,
        "kind": look.kind,
        "locale": look.locale,
        "title": told.title,
        "finding": told.finding,
        "alt": story.alt(told, word(look.locale, f"kind.{look.kind}")),
        "table": told.table.plain(),
        "text": story.text(told, look.locale),
        **{name: copy.deepcopy(answer.get(name)) for name in _COPIED},
    }


def _drill(answer: dict[str, Any], told: Story, traces: Sequence[Trace]) -> dict[str, Any]:
    """What the marks and the table's cells open; nothing for a chart without rows behind it. A table without `rows`
    has one for each bucket."""
    columns = {key: opens.plain() for key, opens in told.table.opens.items()}
    if not columns and not any("meta" in trace for trace in traces):
        return {}
    found = drill.buckets(answer)
    rows = [dict(one) for one in told.table.each]
    whole = len(rows or found) == len(told.table.rows)
    table = {"table": {"columns": columns, **({"rows": rows} if rows else {})}} if columns and whole else {}
    return {"drill": {"buckets": found, **table}}


def nothing(answer: dict[str, Any], look: Look, told: Story) -> dict[str, Any]:
    """A figure that says in words that there is nothing to see, rather than bare axes."""
    around, theme = page(answer, look, told), palette.THEMES[look.theme]
    inner = look.width - 4 * SIDE
    lines = measure.wrapped(told.finding, inner, 16, 4)
    hidden = {"visible": False, "range": [0, 1]}
    layout = {
        "xaxis": dict(hidden, range=[0, 1]),
        "yaxis": dict(hidden, range=[0, 1]),
        "annotations": [
            {
                "text": "<br>".join(map(escaped, lines)),
                "x": 0.5,
                "y": 0.5,
                "xref": "paper",
                "yref": "paper",
                "showarrow": False,
                "font": {"size": 16, "color": theme.muted},
            }
        ],
    }
    bare = replace(around, lines=(), legend=False)
    return finished(answer, look, told, bare, [], layout)
