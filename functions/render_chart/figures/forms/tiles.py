"""Parts of a whole as areas; several wholes (currencies) stand beside each other, each with its name above."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from functions.render_chart.figures import frame, measure, numbers, palette
from functions.render_chart.figures.forms.axes import label, span
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import escaped, tidy
from functions.render_chart.figures.story import Story, Value

MOST = 60
_BOTTOM, _HEAD, _GAP = 16, 24, 16
_READABLE, _LARGEST, _ASPECT, _LEAST_NAME = 9, 14, 0.9, 5
# The darkest stops would swallow a picture full of large areas.
_DARKEST = {"light": 0.6, "dark": 0.7, "print": 0.45}


@dataclass(frozen=True, slots=True)
class Tile:
    """A name, its area (above 0), and what its shade tells: 0 to 1, None when nothing is known."""

    name: str
    value: float
    shade: Value = None
    told: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """Tiles of one unit; `label` stands above them, "" for none."""

    label: str
    unit: str
    tiles: tuple[Tile, ...]


def drawn(answer: dict[str, Any], look: Look, told: Story, boards: Sequence[Board]) -> dict[str, Any]:
    """The figure: every board as wide as the others."""
    theme = palette.THEMES[look.theme]
    around = frame.page(answer, look, told)
    width, height = look.width - 2 * frame.SIDE, max(look.height - around.top - _BOTTOM, 40)
    gap = _GAP / width
    share = (1 - gap * (len(boards) - 1)) / len(boards)
    traces, annotations = [], []
    for i, board in enumerate(boards):
        low = i * (share + gap)
        top = 1 - _HEAD / height if board.label else 1.0
        domain = {"x": span(low, low + share), "y": span(0, top)}
        traces.append(_trace(look, theme, board, domain, share * width * height * top))
        if board.label:
            heading = escaped(measure.shortened(board.label, share * width, 12))
            annotations.append(label(f"<b>{heading}</b>", theme, low, top, yshift=4))
    layout = {
        "annotations": annotations,
        "margin": {"b": _BOTTOM},
    }
    return frame.finished(answer, look, told, around, traces, layout)


def _trace(
    look: Look, theme: palette.Theme, board: Board, domain: dict[str, Any], area: float
) -> dict[str, Any]:
    total = sum(tile.value for tile in board.tiles)
    colours = [_colour(look, theme, tile, i, len(board.tiles)) for i, tile in enumerate(board.tiles)]
    told = [_told(look, board, tile, total) for tile in board.tiles]
    found = [
        _fitting(tidy(tile.name), lines, (area * tile.value / total) ** 0.5)
        for tile, lines in zip(board.tiles, told, strict=True)
    ]
    return {
        "type": "treemap",
        "domain": domain,
        "ids": [f"{i}" for i in range(len(board.tiles))],
        "labels": [escaped(tidy(tile.name)) for tile in board.tiles],
        "parents": ["" for _ in board.tiles],
        "values": [tile.value for tile in board.tiles],
        "text": [text for text, _ in found],
        "texttemplate": "%{text}",
        "textposition": "middle center",
        "textfont": {
            "size": [size for _, size in found],
            "color": [palette.readable_on(colour) for colour in colours],
        },
        "customdata": ["<br>".join(map(escaped, lines)) for lines in told],
        "hovertemplate": "%{label}<br>%{customdata}<extra></extra>",
        "marker": {
            "colors": colours,
            "line": {"color": theme.muted, "width": 1},
            "pad": {"t": 0, "l": 0, "r": 0, "b": 0},
        },
        "root": {"color": theme.paper},
        "tiling": {"packing": "squarify", "pad": 3},
        "pathbar": {"visible": False},
    }


def _told(look: Look, board: Board, tile: Tile, total: float) -> list[str]:
    value = numbers.short(look.locale, tile.value, board.unit)
    share = numbers.percent(look.locale, tile.value / total)
    return [f"{value} · {share}", *([tile.told] if tile.told else [])]


def _fitting(name: str, told: Sequence[str], side: float) -> tuple[str, int]:
    """As much text as a nearly square tile bears, and its size: all of it, the name and a figure, the name, nothing.

    plotly.js would shrink a text without end.
    """
    room = max(side * _ASPECT - 8, 1)
    names = [measure.wrapped(name, room * share, _READABLE, 3) for share in (9, 1, 0.7)]
    whole = [lines for lines in names if not any(line.endswith(measure.ELLIPSIS) for line in lines)]
    for figures in (told, told[:1], ()):
        sized = [(_size([*lines, *figures], side), lines) for lines in whole]
        size, lines = max(sized, key=lambda one: one[0], default=(0, []))
        if size >= _READABLE:
            named = "<br>".join(map(escaped, lines))
            return "<br>".join([f"<b>{named}</b>", *map(escaped, figures)]), size
    short = measure.shortened(name, room * 0.9, _READABLE)
    return (
        f"<b>{escaped(short)}</b>" if len(short) >= _LEAST_NAME and side > 2 * _READABLE else ""
    ), _READABLE


def _size(lines: Sequence[str], side: float) -> int:
    widest = max(measure.width(line, 1) for line in lines) * 1.05
    return int(min(_LARGEST, (side * _ASPECT - 8) / widest, (side / _ASPECT - 6) / (1.3 * len(lines))))


def _colour(look: Look, theme: palette.Theme, tile: Tile, i: int, count: int) -> str:
    """By what the shade tells; else by rank, so that neighbours differ a little."""
    most = _DARKEST[look.theme]
    if tile.shade is not None:
        return palette.stop(theme, tile.shade * most)
    return palette.stop(theme, most * (1 - i / max(count - 1, 1)) * 0.8 + 0.05)


def gathered(tiles: Sequence[Tile], others: Callable[[int], str]) -> tuple[Tile, ...]:
    """The greatest first, at most 60; what is beyond is summed up as `others`."""
    known = sorted((tile for tile in tiles if tile.value > 0), key=lambda tile: -tile.value)
    if len(known) <= MOST:
        return tuple(known)
    rest = known[MOST - 1 :]
    return (*known[: MOST - 1], Tile(others(len(rest)), sum(tile.value for tile in rest)))
