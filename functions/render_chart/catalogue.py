"""The named charts: where their figures come from, and how they may be asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions.render_chart.figures import lesson_completion

Build = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Chart:
    """`source` is the analytics call whose answer `build` turns into a figure."""

    name: str
    title: dict[str, str]
    kinds: tuple[str, ...]
    source: str
    build: Build


CHARTS = {
    chart.name: chart
    for chart in (
        Chart(
            "lesson_completion",
            {"ru": "Уроки и посещаемость", "en": "Lessons and attendance"},
            ("bar", "line"),
            "/api/v1/analytics/lessons/stats",
            lesson_completion.figure,
        ),
    )
}
FORMATS = ("json", "svg", "png")
ROLES = ("admin", "tutor", "student", "parent", "service")
