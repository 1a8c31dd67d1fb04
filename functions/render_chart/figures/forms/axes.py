"""What all axes and labels of a theme have in common."""

from typing import Any

from functions.render_chart.figures.palette import Theme
from functions.render_chart.figures.ticks import LABEL


def axis(theme: Theme, **more: Any) -> dict[str, Any]:
    """A quiet axis: a grid, no zero line, no room for what plotly.js would write itself."""
    return {
        "gridcolor": theme.grid,
        "zeroline": False,
        "linecolor": theme.grid,
        "ticks": "",
        "tickfont": {"size": LABEL, "color": theme.muted},
        "automargin": False,
        "fixedrange": False,
        **more,
    }


def blank(**more: Any) -> dict[str, Any]:
    """An axis that gives positions and shows nothing."""
    return {"visible": False, "fixedrange": True, **more}


def label(text: str, theme: Theme, x: float, y: float, **more: Any) -> dict[str, Any]:
    """A text at a place of the drawing area (0 to 1); `text` is escaped already."""
    return {
        "text": text,
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "align": "left",
        "showarrow": False,
        "font": {"size": 12, "color": theme.ink},
        **more,
    }


def span(low: float, high: float) -> list[float]:
    """A domain: from 0 to 1, whatever floating point makes of a sum of shares."""
    return [min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0)]
