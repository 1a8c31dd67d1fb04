"""Colours that stay apart for every kind of colour vision (Okabe and Ito, 2008), and the themes around them."""

from dataclasses import dataclass
from typing import Any

GREEN, BLUE, ORANGE, VERMILION, GREY = "#009E73", "#0072B2", "#E69F00", "#D55E00", "#8A8F98"
FONT = "Noto Sans, DejaVu Sans, Liberation Sans, sans-serif"


@dataclass(frozen=True, slots=True)
class Theme:
    """Ink, paper and the lines between."""

    ink: str
    muted: str
    paper: str
    grid: str


THEMES = {
    "light": Theme("#1d2433", "#5b6472", "#ffffff", "#e6e3dc"),
    "dark": Theme("#e8e6e0", "#a9b0bd", "#171a21", "#363c49"),
}


def layout(theme: Theme, title: str, finding: str, alt: str) -> dict[str, Any]:
    """What every figure shares: the title with its one-sentence finding, fonts, margins, legend below."""
    return {
        "title": {
            "text": f"<b>{title}</b><br><span style='font-size:14px;color:{theme.muted}'>{finding}</span>",
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "pad": {"l": 24},
            "y": 0.95,
            "yanchor": "top",
            "font": {"size": 20},
        },
        "font": {"family": FONT, "size": 13, "color": theme.ink},
        "paper_bgcolor": theme.paper,
        "plot_bgcolor": theme.paper,
        "margin": {"l": 56, "r": 56, "t": 96, "b": 76},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": -0.14,
            "yanchor": "top",
            "traceorder": "normal",
        },
        "hovermode": "x unified",
        "meta": {"title": title, "finding": finding, "alt": alt},
    }


def axis(theme: Theme, **more: Any) -> dict[str, Any]:
    """A quiet axis: a grid, no zero line."""
    return {"gridcolor": theme.grid, "zeroline": False, "linecolor": theme.grid, "automargin": True, **more}
