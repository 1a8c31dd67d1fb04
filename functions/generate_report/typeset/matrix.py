"""Affine transformations as PDF and SVG write them: a b c d e f."""

import math
import re

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
_STEP = re.compile(r"\s*(\w+)\s*\(([^)]*)\)\s*,?")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def times(inner: Matrix, outer: Matrix) -> Matrix:
    """First `inner`, then `outer`."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def transform(text: str) -> Matrix | None:
    """A `transform` attribute; None when there is a step in it that charts do not use."""
    found, at = IDENTITY, 0
    while at < len(text.rstrip()):
        step = _STEP.match(text, at)
        matrix = _step(step[1], [float(n) for n in _NUMBER.findall(step[2])]) if step else None
        if step is None or matrix is None:
            return None
        found, at = times(matrix, found), step.end()
    return found


def _step(name: str, given: list[float]) -> Matrix | None:
    match name, given:
        case "translate", [x, *rest]:
            return (1, 0, 0, 1, x, rest[0] if rest else 0)
        case "scale", [x, *rest]:
            return (x, 0, 0, rest[0] if rest else x, 0, 0)
        case "rotate", [angle]:
            return _turned(angle)
        case "rotate", [angle, x, y]:
            return times(times((1, 0, 0, 1, -x, -y), _turned(angle)), (1, 0, 0, 1, x, y))
        case "matrix", [a, b, c, d, e, f]:
            return (a, b, c, d, e, f)
    return None


def _turned(angle: float) -> Matrix:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return (cos, sin, -sin, cos, 0, 0)


def written(matrix: Matrix) -> str:
    """As operands."""
    return " ".join([number(each) for each in matrix])


def number(value: float) -> str:
    """Short enough, and never in a form that a PDF does not know."""
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"
