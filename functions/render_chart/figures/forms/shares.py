"""Parts of a whole as a ring, the greatest first; several wholes stand beside each other and share their hues."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from functions.render_chart.figures import frame, measure, numbers, palette
from functions.render_chart.figures.drill import Opens
from functions.render_chart.figures.forms.axes import label, span
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import escaped, tidy
from functions.render_chart.figures.story import Story

MOST = 7
_SIZE, _HOLE, _BOTTOM, _SIGN = 12, 0.6, 14, 44
# Thinner ones are nothing but a line, and their labels would lie over each other.
_THIN, _UNLABELLED = 0.015, 0.035
_NARROW, _LOW = 400, 240


@dataclass(frozen=True, slots=True)
class Part:
    """A name, how much of it there is (above 0), a hue where it has one of its own, the rows behind it."""

    name: str
    value: float
    hue: str | None = None
    opens: Opens | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """What the parts make together: `label` and `total` stand in the middle of the ring."""

    label: str
    total: str
    unit: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """The drawing area and the rings' part of it, in pixels; in small pictures there is no list beside them."""

    width: float
    height: float
    rings_width: float
    named: bool


def drawn(answer: dict[str, Any], look: Look, told: Story, wholes: Sequence[Whole]) -> dict[str, Any]:
    """The figure: the rings, and a list of the parts with their hues."""
    theme = palette.THEMES[look.theme]
    around = frame.page(answer, look, told)
    place = _place(look, around.top, wholes)
    sides = {n: _side(place, len(wholes), n) for n in range(1, len(wholes) + 1)}
    # Of arrangements with rings of the same size, the one without an empty corner.
    columns = max(sides, key=lambda n: (sides[n], -math.ceil(len(wholes) / n) * n))
    side, rows = sides[columns], math.ceil(len(wholes) / columns)
    traces, annotations = [], []
    for i, whole in enumerate(wholes):
        x = (i % columns + 0.5) * place.rings_width / columns / place.width
        y = 1 - (i // columns + 0.5) * place.height / rows / place.height
        across, along = side / 2 / place.width, side / 2 / place.height
        domain = {"x": span(x - across, x + across), "y": span(y - along, y + along)}
        traces.append(_ring(look, theme, whole, domain, alone=len(wholes) == 1, named=place.named))
        if middle := _middle(whole, side):
            annotations.append(label(middle, theme, x, y, xanchor="center", yanchor="middle", align="center"))
    figure = frame.finished(
        answer, look, told, around, traces, {"annotations": annotations, "margin": {"b": _BOTTOM}}
    )
    figure["layout"] |= {"showlegend": place.named, "legend": _legend(look, around.top, place)}
    return figure


def _side(place: _Place, count: int, columns: int) -> float:
    """How large each ring can be in so many columns, with room for the labels around it."""
    rows = math.ceil(count / columns)
    return max(min(place.rings_width / columns - 64, place.height / rows - 44), 30)


def _place(look: Look, top: int, wholes: Sequence[Whole]) -> _Place:
    width, height = look.width - 2 * frame.SIDE, max(look.height - top - _BOTTOM, 40)
    if look.height < _LOW or look.width < _NARROW:
        return _Place(width, height, width, named=False)
    return _Place(width, height, width - _list_width(look, wholes), named=True)


def _list_width(look: Look, wholes: Sequence[Whole]) -> float:
    texts = (_listed(look, whole, part, len(wholes) == 1) for whole in wholes for part in whole.parts)
    widest = max(measure.width(text, _SIZE) for text in texts)
    return min(widest + _SIGN, look.width * 0.5)


def _listed(look: Look, whole: Whole, part: Part, alone: bool) -> str:
    """«Карта — 210 тыс. ₽ (36 %)»; the name alone where it stands for several rings."""
    figures = ""
    if alone:
        share = numbers.percent(look.locale, part.value / sum(each.value for each in whole.parts))
        figures = f" — {numbers.short(look.locale, part.value, whole.unit)}\u00a0({share})"
    room = look.width * 0.5 - _SIGN - measure.width(figures, _SIZE)
    return measure.shortened(tidy(part.name), max(room, 40), _SIZE) + figures


def _legend(look: Look, top: int, place: _Place) -> dict[str, Any]:
    return {
        "orientation": "v",
        "xref": "container",
        "yref": "container",
        "x": (frame.SIDE + place.rings_width) / look.width,
        "xanchor": "left",
        "y": 1 - (top + place.height / 2) / look.height,
        "yanchor": "middle",
        "traceorder": "normal",
        "bgcolor": "rgba(0,0,0,0)",
        "font": {"size": _SIZE},
        "itemclick": False,
        "itemdoubleclick": False,
    }


def _ring(
    look: Look, theme: palette.Theme, whole: Whole, domain: dict[str, Any], *, alone: bool, named: bool
) -> dict[str, Any]:
    total = sum(part.value for part in whole.parts)
    hues = [part.hue or "grey" for part in whole.parts]
    shares = [numbers.percent(look.locale, part.value / total) for part in whole.parts]
    said = [
        f"{escaped(tidy(part.name))}: {escaped(numbers.short(look.locale, part.value, whole.unit))} ({share})"
        for part, share in zip(whole.parts, shares, strict=True)
    ]
    ring = {
        "type": "pie",
        "domain": domain,
        "hole": _HOLE,
        "sort": False,
        "direction": "clockwise",
        "labels": [escaped(_listed(look, whole, part, alone)) for part in whole.parts],
        "values": [part.value for part in whole.parts],
        "text": [
            _beside(part, share, part.value / total, named)
            for part, share in zip(whole.parts, shares, strict=True)
        ],
        "texttemplate": "%{text}",
        "textposition": "outside",
        "outsidetextfont": {"size": _SIZE, "color": theme.ink},
        "customdata": said,
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {
            "colors": [palette.fill(theme, hue) for hue in hues],
            "line": {"color": theme.ink if theme.spares_ink else theme.paper, "width": 1.5},
            "pattern": palette.pattern_of(theme, [palette.SIGNS[hue].pattern for hue in hues]),
        },
    }
    if not any(part.opens for part in whole.parts):
        return ring
    return ring | {"meta": {"opens": {}, "each": [part.opens and part.opens.plain() for part in whole.parts]}}


def _beside(part: Part, share: str, rate: float, named: bool) -> str:
    if rate < (_UNLABELLED if named else 3 * _UNLABELLED):
        return ""
    return share if named else f"{escaped(measure.shortened(tidy(part.name), 70, _SIZE))}<br>{share}"


def _middle(whole: Whole, side: float) -> str:
    """What fits into the hole."""
    room = side * _HOLE * 0.84
    if room < 44:
        return ""
    size = 16 if measure.width(whole.total, 17) <= room else 12
    lines = measure.wrapped(whole.label, room, 11, 2)
    if measure.width(whole.total, size) > room:
        return ""
    if any(line.endswith(measure.ELLIPSIS) for line in lines):
        lines = []
    total = f"<span style='font-size:{size}px'><b>{escaped(whole.total)}</b></span>"
    return "<br>".join([total, *(f"<span style='font-size:11px'>{escaped(line)}</span>" for line in lines)])


def gathered(wholes: Sequence[Sequence[Part]], others: Callable[[int], str]) -> list[tuple[Part, ...]]:
    """Each whole's parts, the greatest first, with a hue a name; what is beyond the seventh name, or too thin to be
    seen anywhere, is summed up."""
    shares: dict[str, float] = {}
    for parts in wholes:
        total = sum(part.value for part in parts) or 1.0
        for part in parts:
            if part.value > 0:
                shares[part.name] = max(shares.get(part.name, 0.0), part.value / total)
    names = sorted(shares, key=lambda name: (-shares[name], name))
    seen = [name for name in names if shares[name] >= _THIN]
    kept = names if len(names) <= MOST and len(seen) >= len(names) - 1 else seen[: MOST - 1]
    hues = dict(zip(kept, palette.ORDER, strict=False))
    rest = others(len(names) - len(kept))
    return [_with_rest(parts, hues, rest) for parts in wholes]


def _with_rest(parts: Sequence[Part], hues: dict[str, str], rest: str) -> tuple[Part, ...]:
    shown = [replace(part, hue=hues[part.name]) for part in parts if part.value > 0 and part.name in hues]
    left = sum(part.value for part in parts if part.value > 0 and part.name not in hues)
    ordered = sorted(shown, key=lambda part: -part.value)
    return (*ordered, Part(rest, left, "grey")) if left else tuple(ordered)
