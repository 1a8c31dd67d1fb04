"""`lesson_completion`: what became of the lessons, and how attendance went."""

from datetime import date
from typing import Any

from functions.render_chart.figures import palette
from functions.render_chart.figures.words import counted, day, percent, word

PARTS = (
    ("completed", palette.GREEN, ""),
    ("excused", palette.ORANGE, "/"),
    ("unexcused", palette.VERMILION, "x"),
    ("cancelled", palette.GREY, "."),
)
QUARTERS = (0, 0.25, 0.5, 0.75, 1)
MOST_TICKS = 10
MOST_MARKERS = 60


def figure(answer: dict[str, Any], *, kind: str, theme: str, locale: str) -> dict[str, Any]:
    """An answer of /analytics/lessons/stats → a Plotly figure as plain data.

    `kind` is `bar` (stacked, with the attendance rate as a line) or `line`.
    """
    series, look = answer["series"], palette.THEMES[theme]
    days = [point["date"] for point in series]
    bars = [_part(kind, locale, days, series, *part) for part in PARTS]
    rate = _rate(locale, days, series, look)
    finding = _finding(answer["summary"], locale)
    title = word(locale, "title")
    layout = palette.layout(look, title, finding, f"{title}. {finding}.")
    layout |= {
        "barmode": "stack",
        "bargap": 0.25,
        "xaxis": palette.axis(look, type="date", showgrid=False, **_ticks(days, locale, answer)),
        "yaxis": palette.axis(
            look, title={"text": word(locale, "lessons")}, rangemode="tozero", tickformat="d"
        ),
        "yaxis2": palette.axis(
            look,
            overlaying="y",
            side="right",
            range=[0, 1.08],
            showgrid=False,
            tickvals=QUARTERS,
            ticktext=[percent(locale, rate) for rate in QUARTERS],
        ),
    }
    return {"data": [*bars, rate], "layout": layout}


def _part(
    kind: str,
    locale: str,
    days: list[str],
    series: list[dict[str, Any]],
    name: str,
    colour: str,
    pattern: str,
) -> dict[str, Any]:
    values = [point[name] for point in series]
    shared = {"name": word(locale, name), "x": days, "y": values}
    if kind == "line":
        return {**shared, "type": "scatter", "mode": "lines+markers", "line": {"color": colour, "width": 2}}
    marker: dict[str, Any] = {"color": colour}
    if pattern:
        # A pattern besides the colour: told apart in print and by every eye.
        marker["pattern"] = {"shape": pattern, "fillmode": "overlay", "fgopacity": 0.6, "size": 6}
    return {**shared, "type": "bar", "marker": marker}


def _rate(locale: str, days: list[str], series: list[dict[str, Any]], look: palette.Theme) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": word(locale, "rate"),
        "x": days,
        "y": [point["attendance_rate"] for point in series],
        "yaxis": "y2",
        "mode": "lines+markers" if len(days) <= MOST_MARKERS else "lines",
        "connectgaps": True,
        "line": {"color": look.ink, "width": 2, "dash": "dot"},
        "marker": {"size": 6},
    }


def _finding(summary: dict[str, Any], locale: str) -> str:
    if not summary["scheduled"]:
        return word(locale, "none")
    held = counted(locale, "held", summary["scheduled"], done=summary["completed"])
    if summary["attendance_rate"] is None:
        return held
    rate = percent(locale, summary["attendance_rate"])
    return f"{held}, {word(locale, 'attendance').format(rate=rate)}"


def _ticks(days: list[str], locale: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Labels written here: plotly.js brings only English month names."""
    step = max(1, -(-len(days) // MOST_TICKS))
    granularity = answer["filters"]["granularity"]
    shown = days[::step]
    labels = [day(locale, date.fromisoformat(value), granularity) for value in shown]
    return {"tickmode": "array", "tickvals": shown, "ticktext": labels}
