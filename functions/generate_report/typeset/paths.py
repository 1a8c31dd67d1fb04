"""SVG path data as PDF operators."""

import math
import re
from collections.abc import Iterator

from functions.generate_report.typeset.matrix import number

_TOKEN = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4, "A": 7, "Z": 0}
Point = tuple[float, float]


def operators(data: str) -> str | None:
    """The same path; None when there is a command in it that charts do not use."""
    parts: list[str] = []
    here = start = (0.0, 0.0)
    for command, given in _commands(data):
        upper = command.upper()
        if upper not in _TAKES:
            return None
        x, y = here if command.islower() else (0.0, 0.0)
        match upper:
            case "M" | "L":
                here = (given[0] + x, given[1] + y)
                parts.append(_to(here, "m" if upper == "M" else "l"))
                start = here if upper == "M" else start
            case "H":
                here = (given[0] + x, here[1])
                parts.append(_to(here, "l"))
            case "V":
                here = (here[0], given[0] + y)
                parts.append(_to(here, "l"))
            case "C":
                points = [(given[i] + x, given[i + 1] + y) for i in (0, 2, 4)]
                here = points[2]
                parts.append(_curve(*points))
            case "Q":
                bend, end = (given[0] + x, given[1] + y), (given[2] + x, given[3] + y)
                parts.append(_curve(_towards(here, bend), _towards(end, bend), end))
                here = end
            case "A":
                end = (given[5] + x, given[6] + y)
                parts += [_curve(*points) for points in arc(here, given, end)]
                here = end
            case "Z":
                parts.append("h")
                here = start
    return "\n".join(parts)


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    """Each command with its numbers; one that is repeated is written once."""
    letter = ""
    numbers: list[float] = []
    for command, value in _TOKEN.findall(data):
        if command:
            letter, numbers = command, []
            if letter in "Zz":
                yield letter, []
            continue
        numbers.append(float(value))
        if len(numbers) == _TAKES.get(letter.upper(), 1):
            yield letter, numbers
            numbers = []
            # More pairs after a move are lines.
            letter = {"M": "L", "m": "l"}.get(letter, letter)


def _to(point: Point, operator: str) -> str:
    return f"{number(point[0])} {number(point[1])} {operator}"


def _curve(one: Point, two: Point, end: Point) -> str:
    return f"{number(one[0])} {number(one[1])} {number(two[0])} {number(two[1])} {_to(end, 'c')}"


def _towards(end: Point, bend: Point) -> Point:
    return (end[0] + (bend[0] - end[0]) * 2 / 3, end[1] + (bend[1] - end[1]) * 2 / 3)


def arc(start: Point, given: list[float], end: Point) -> Iterator[tuple[Point, Point, Point]]:
    """An elliptic arc as Bézier curves of at most a quarter turn (SVG 1.1, F.6)."""
    rx, ry, turn = abs(given[0]), abs(given[1]), math.radians(given[2])
    if start == end or not rx or not ry:
        yield start, end, end
        return
    cos, sin = math.cos(turn), math.sin(turn)
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x, y = cos * dx + sin * dy, cos * dy - sin * dx
    grow = math.sqrt(max(1.0, (x / rx) ** 2 + (y / ry) ** 2))
    rx, ry = rx * grow, ry * grow
    square = (rx * y) ** 2 + (ry * x) ** 2
    factor = math.sqrt(max(0.0, ((rx * ry) ** 2 - square) / square)) * (
        -1 if bool(given[3]) == bool(given[4]) else 1
    )
    cx, cy = factor * rx * y / ry, -factor * ry * x / rx
    centre = (cos * cx - sin * cy + (start[0] + end[0]) / 2, sin * cx + cos * cy + (start[1] + end[1]) / 2)
    first = math.atan2((y - cy) / ry, (x - cx) / rx)
    sweep = math.atan2((-y - cy) / ry, (-x - cx) / rx) - first
    if given[4] and sweep < 0:
        sweep += 2 * math.pi
    elif not given[4] and sweep > 0:
        sweep -= 2 * math.pi
    pieces = max(1, math.ceil(abs(sweep) / (math.pi / 2) - 1e-9))
    step = sweep / pieces
    bow = 4 / 3 * math.tan(step / 4)

    def at(px: float, py: float) -> Point:
        return (cos * rx * px - sin * ry * py + centre[0], sin * rx * px + cos * ry * py + centre[1])

    for i in range(pieces):
        one, two = first + i * step, first + (i + 1) * step
        c1, s1, c2, s2 = math.cos(one), math.sin(one), math.cos(two), math.sin(two)
        yield at(c1 - bow * s1, s1 + bow * c1), at(c2 + bow * s2, s2 - bow * c2), at(c2, s2)
