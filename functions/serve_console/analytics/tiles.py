"""Headline figures as tiles: the value, what it was in the period before, and the rows behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from functions.serve_console.analytics.asked import Asked

Kind = Literal["integer", "percent", "score", "rating", "minutes", "money"]
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A field of a summary. `better`: whether more of it is good (+1), bad (-1) or neither (0)."""

    key: str
    kind: Kind = "integer"
    better: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """`by`: a rate (0.12 is a tenth and a bit more), or points when the figure is a rate itself. `good` may be None."""

    by: float
    points: bool
    good: bool | None


@dataclass(frozen=True, slots=True)
class Tile:
    """`before` and `change` are None when nothing is compared."""

    key: str
    kind: Kind
    value: Any
    currency: str = ""
    compared: bool = False
    before: Any = None
    change: Change | None = None
    href: str = ""
    large: bool = False


LESSONS = (
    Figure("completed", better=1),
    Figure("attendance_rate", "percent", 1),
    Figure("scheduled"),
    Figure("unexcused", better=-1),
    Figure("excused", better=-1),
    Figure("cancelled", better=-1),
    Figure("minutes", "minutes", 1),
    Figure("average_rating", "rating", 1),
    Figure("confirmed", better=1),
    Figure("reschedule_asked"),
    Figure("declined", better=-1),
)
HOMEWORK = (
    Figure("average_score_percent", "score", 1),
    Figure("on_time_rate", "percent", 1),
    Figure("assigned"),
    Figure("submitted", better=1),
    Figure("graded", better=1),
    Figure("overdue", better=-1),
)
PAYMENTS = (
    Figure("revenue", "money", 1),
    Figure("net", "money", 1),
    Figure("refunded", "money", -1),
    Figure("payments", better=1),
    Figure("average_payment", "money"),
    Figure("paying_students", better=1),
    Figure("failed", better=-1),
)
EARNINGS = (
    Figure("earned", "money", 1),
    Figure("completed", better=1),
    Figure("minutes", "minutes", 1),
    Figure("unpriced", better=-1),
    Figure("tutors"),
)
USERS = (
    Figure("active", better=1),
    Figure("registered", better=1),
    Figure("logins", better=1),
    Figure("deactivated", better=-1),
)
MATERIALS = (
    Figure("accessed", better=1),
    Figure("downloads", better=1),
    Figure("unique_users", better=1),
    Figure("created", better=1),
)
FAMILIES: Mapping[str, tuple[Figure, ...]] = {
    "lessons": LESSONS,
    "payments": PAYMENTS,
    "homework": HOMEWORK,
    "users": USERS,
    "materials": MATERIALS,
    "earnings": EARNINGS,
}
# What lessons earned is their prices: the rows behind it are the lessons.
WITH_ROWS = ("lessons", "payments", "homework", "users", "materials")


def of_family(
    family: str, asked: Asked, now: Json, before: Json | None, keys: Sequence[str] = ()
) -> list[Tile]:
    """The tiles of a summary; of `keys` only, in their order, where any are named. Money has them by currency."""
    figures = {figure.key: figure for figure in FAMILIES[family]}
    chosen = [figures[key] for key in keys or figures if key in figures]
    if family in ("payments", "earnings"):
        return list(_by_currency(family, asked, now, before, chosen))
    found = (each for each in chosen if each.key in now)
    return [_tile(each, family, asked, now, before) for each in found]


def _by_currency(
    family: str, asked: Asked, now: Json, before: Json | None, figures: Sequence[Figure]
) -> Iterator[Tile]:
    """A currency that was not met in the period before had nothing then."""
    for code in sorted(
        now, key=lambda code: (-now[code].get("payments", now[code].get("completed", 0)), code)
    ):
        earlier = None if before is None else before.get(code, {})
        for figure in figures:
            yield _tile(figure, family, asked, now[code], earlier, code)


def _tile(figure: Figure, family: str, asked: Asked, now: Json, before: Json | None, code: str = "") -> Tile:
    value, earlier = now.get(figure.key), None if before is None else before.get(figure.key)
    return Tile(
        figure.key,
        figure.kind,
        value,
        code,
        before is not None,
        earlier,
        _change(figure, value, earlier),
        rows_of(asked, family, figure.key, **({"currency": code} if code else {})),
    )


def rows_of(asked: Asked, family: str, figure: str, **more: str) -> str:
    """Where the rows behind a figure are; nowhere for a family without rows."""
    if family == "earnings":
        return rows_of(asked, "lessons", "completed") if figure in ("earned", "completed") else ""
    if family not in WITH_ROWS:
        return ""
    return asked.url(f"/pages/rows/{family}", granularity=None, compare=None, figure=figure, **more)


def _change(figure: Figure, now: Any, before: Any) -> Change | None:
    """None where either is not known, or there was nothing before that a rate could be told of."""
    if now is None or before is None:
        return None
    value, earlier = Decimal(str(now)), Decimal(str(before))
    if figure.kind in ("percent", "score"):
        scale = 100 if figure.kind == "percent" else 1
        by, points = float((value - earlier) * scale), True
    elif earlier == 0:
        return None
    else:
        by, points = float((value - earlier) / abs(earlier)), False
    shown = round(by, 1 if points else 3)
    good = None if figure.better == 0 or shown == 0 else (shown > 0) == (figure.better > 0)
    return Change(shown, points, good)
