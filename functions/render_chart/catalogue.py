"""The named charts: where their figures come from, and how they may be asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from functions.render_chart.figures import (
    dashboard_overview,
    homework_scores,
    lesson_completion,
    material_usage,
    retention,
    revenue_trends,
    student_progress,
    subject_performance,
    tutor_earnings,
    user_activity,
)
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.words import word

Build = Callable[[dict[str, Any], Look], dict[str, Any]]
EVERYBODY = ("admin", "tutor", "student", "parent", "service")


@dataclass(frozen=True, slots=True)
class Chart:
    """`source` is the analytics call whose answer `build` turns into a figure; the first kind is the usual one.

    `source` may hold {student_id}, and {page}: the caller's own dashboard. `needs` are parameters that have to be
    given.
    """

    name: str
    title: dict[str, str]
    kinds: tuple[str, ...]
    source: str
    build: Build
    roles: tuple[str, ...] = EVERYBODY
    needs: tuple[str, ...] = ()


def source_of(chart: Chart, *, role: str, student_id: str | None) -> str:
    """The path to ask: a service has the page of the school."""
    page = "admin" if role == "service" else role
    return chart.source.format(student_id=quote(student_id or "", safe=""), page=page)


def _title(family: str) -> dict[str, str]:
    return {locale: word(locale, f"{family}.title") for locale in ("ru", "en")}


CHARTS = {
    chart.name: chart
    for chart in (
        Chart(
            "lesson_completion",
            _title("lessons"),
            ("bar", "line", "pie", "heatmap"),
            "/api/v1/analytics/lessons/stats",
            lesson_completion.figure,
        ),
        Chart(
            "subject_performance",
            _title("subjects"),
            ("bar", "scatter", "treemap"),
            "/api/v1/analytics/subjects/performance",
            subject_performance.figure,
        ),
        Chart(
            "revenue_trends",
            _title("money"),
            ("line", "bar", "area", "pie"),
            "/api/v1/analytics/payments/summary",
            revenue_trends.figure,
        ),
        Chart(
            "tutor_earnings",
            _title("earnings"),
            ("bar", "treemap", "pie"),
            "/api/v1/analytics/tutors/earnings",
            tutor_earnings.figure,
        ),
        Chart(
            "user_activity",
            _title("users"),
            ("line", "bar", "heatmap"),
            "/api/v1/analytics/users/activity",
            user_activity.figure,
        ),
        Chart(
            "material_usage",
            _title("materials"),
            ("bar", "treemap", "pie", "line"),
            "/api/v1/analytics/materials/usage",
            material_usage.figure,
        ),
        Chart(
            "homework_scores",
            _title("homework"),
            ("bar", "line", "scatter"),
            "/api/v1/analytics/homework/stats",
            homework_scores.figure,
        ),
        Chart(
            "retention",
            _title("retention"),
            ("heatmap", "line"),
            "/api/v1/analytics/users/retention",
            retention.figure,
        ),
        Chart(
            "student_progress",
            _title("student"),
            ("line", "bar", "scatter"),
            "/api/v1/analytics/students/{student_id}/progress",
            student_progress.figure,
            needs=("student_id",),
        ),
        Chart(
            "dashboard_overview",
            _title("overview"),
            ("bar", "line", "heatmap"),
            "/api/v1/analytics/dashboard/{page}",
            dashboard_overview.figure,
        ),
    )
}
