"""Colours that stay apart for every kind of colour vision, and what else tells marks apart.

The hues are those of Okabe and Ito (2008), each moved as far as it takes to have a contrast of 3 on its paper: their
yellow and light orange have 2 on white. Sequential scales are even steps of lightness (CIE L*).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FONT = "Noto Sans, DejaVu Sans, Liberation Sans, sans-serif"


@dataclass(frozen=True, slots=True)
class Theme:
    """Ink, paper, the lines between, the hues by name, and a scale from little to much."""

    ink: str
    muted: str
    paper: str
    grid: str
    hues: dict[str, str]
    scale: tuple[str, ...]
    spares_ink: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """What a hue looks like to whoever does not see colours."""

    pattern: str
    dash: str
    symbol: str


SIGNS = {
    "blue": Sign("", "solid", "circle"),
    "orange": Sign("/", "dash", "square"),
    "green": Sign("", "solid", "diamond"),
    "vermilion": Sign("x", "dot", "x"),
    "purple": Sign("\\", "dashdot", "triangle-up"),
    "sky": Sign("-", "longdash", "cross"),
    "grey": Sign(".", "longdashdot", "star"),
    "ink": Sign("+", "8px,2px,2px,2px,2px,2px", "hexagon"),
}
# In this order when the parts have no meaning of their own; green has no pattern either, and is not among them.
ORDER = ("blue", "orange", "purple", "sky", "vermilion", "ink")
TINT = 0.5

THEMES = {
    "light": Theme(
        ink="#1d2433",
        muted="#5b6472",
        paper="#ffffff",
        grid="#e6e3dc",
        hues={
            "blue": "#0068a8",
            "orange": "#c98300",
            "green": "#00936a",
            "vermilion": "#b23c00",
            "purple": "#c763a4",
            "sky": "#4a97d6",
            "grey": "#555a61",
            "ink": "#1d2433",
        },
        scale=(
            "#d0f4ff",
            "#a5dcff",
            "#7fc4f7",
            "#5eabe9",
            "#4493d7",
            "#337ac0",
            "#2963a6",
            "#234d87",
            "#1e3865",
        ),
    ),
    "dark": Theme(
        ink="#e8e6e0",
        muted="#a9b0bd",
        paper="#171a21",
        grid="#363c49",
        hues={
            "blue": "#56b4e9",
            "orange": "#f0b428",
            "green": "#1fa97e",
            "vermilion": "#e8622c",
            "purple": "#e59cc6",
            "sky": "#3a7cd0",
            "grey": "#8c929c",
            "ink": "#e8e6e0",
        },
        scale=(
            "#1b2c4a",
            "#1c406c",
            "#0f568a",
            "#006fa4",
            "#0087ba",
            "#00a1cb",
            "#2ebcd9",
            "#63d4e4",
            "#95ebf0",
        ),
    ),
    "print": Theme(
        ink="#000000",
        muted="#4a4f57",
        paper="#ffffff",
        grid="#d4d4d4",
        hues={
            "blue": "#00548a",
            "orange": "#c98300",
            "green": "#00936a",
            "vermilion": "#a83600",
            "purple": "#c763a4",
            "sky": "#4a97d6",
            "grey": "#4c5056",
            "ink": "#000000",
        },
        scale=(
            "#f0f4f9",
            "#d5dde5",
            "#bcc6d2",
            "#a2b1c0",
            "#8a9aad",
            "#72869a",
            "#5a7188",
            "#445c76",
            "#2d4864",
        ),
        spares_ink=True,
    ),
}


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1 (WCAG 2)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """1 (none) to 21 (black on white), as WCAG 2 reckons."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable_on(colour: str) -> str:
    """White where its contrast is 4.5, else black: one of them always has that much, and white is read more calmly."""
    return "#ffffff" if contrast("#ffffff", colour) >= 4.5 else "#000000"


def stop(theme: Theme, share: float) -> str:
    """The scale's colour for 0 to 1, between its stops."""
    place = min(max(share, 0.0), 1.0) * (len(theme.scale) - 1)
    below = min(int(place), len(theme.scale) - 2)
    return mixed(theme.scale[below], theme.scale[below + 1], place - below)


def mixed(one: str, other: str, share: float) -> str:
    """`share` (0 to 1) of the other colour in the one."""
    parts = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in parts)


def filling(
    theme: Theme, hue: str, *, patterned: bool = True, values: Sequence[float | None] = (1,)
) -> dict[str, Any]:
    """A bar's marker. On paper for printing a bar is a tint or a pattern within an outline, which saves ink; nothing
    has no outline."""
    colour, sign = theme.hues[hue], SIGNS[hue]
    marker: dict[str, Any] = {"color": fill(theme, hue)}
    if theme.spares_ink:
        marker["line"] = {"color": colour, "width": [1 if value else 0 for value in values]}
    if sign.pattern and patterned:
        marker |= {"color": colour, "pattern": pattern_of(theme, sign.pattern)}
    return marker


def fill(theme: Theme, hue: str) -> str:
    """The hue, or its tint on paper for printing, where it has no pattern."""
    if not theme.spares_ink or SIGNS[hue].pattern:
        return theme.hues[hue]
    return mixed(theme.paper, theme.hues[hue], TINT)


def pattern_of(theme: Theme, shape: str | list[str]) -> dict[str, Any]:
    """Told apart in print and by every eye."""
    if theme.spares_ink:
        return {"shape": shape, "fillmode": "replace", "size": 6, "solidity": 0.4}
    lines = {"fgcolor": theme.paper, "fgopacity": 0.75, "size": 7, "solidity": 0.25}
    return {"shape": shape, "fillmode": "overlay", **lines}
