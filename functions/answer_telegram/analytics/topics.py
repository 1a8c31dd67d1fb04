"""What /analytics shows: where each topic's figures come from, which chart and report belong to it, and for whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from functions.answer_telegram.analytics import figures
from functions.answer_telegram.words.speech import Speech

ADMIN, TUTOR, PARENT, STUDENT = "admin", "tutor", "parent", "student"
EVERYBODY = (ADMIN, TUTOR, PARENT, STUDENT)
DAYS = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class Topic:
    """`path` below /api/v1/analytics may hold {page} (the reader's role) and {student_id}. `course` is the figure of
    the series that stands for the chart when it cannot be drawn. `report` is the quick report's name, if there is one.
    """

    name: str
    path: str
    chart: str
    lines: Callable[[Speech, dict[str, Any]], list[str]]
    roles: tuple[str, ...] = EVERYBODY
    report: str | None = None
    course: str | None = None


def _by_name(*topics: Topic) -> Mapping[str, Topic]:
    return MappingProxyType({topic.name: topic for topic in topics})


TOPICS = _by_name(
    Topic(
        "overview",
        "dashboard/{page}",
        "dashboard_overview",
        figures.overview,
        report="lesson",
        course="completed",
    ),
    Topic(
        "lessons", "lessons/stats", "lesson_completion", figures.lessons, report="lesson", course="completed"
    ),
    Topic(
        "money",
        "payments/summary",
        "revenue_trends",
        figures.money,
        roles=(ADMIN, PARENT),
        report="payment",
    ),
    Topic("earnings", "tutors/earnings", "tutor_earnings", figures.earnings, roles=(TUTOR,)),
    Topic(
        "users",
        "users/activity",
        "user_activity",
        figures.users,
        roles=(ADMIN,),
        report="user",
        course="active",
    ),
    Topic(
        "materials",
        "materials/usage",
        "material_usage",
        figures.materials,
        roles=(ADMIN, TUTOR, STUDENT),
        report="material",
        course="accessed",
    ),
    Topic(
        "homework",
        "homework/stats",
        "homework_scores",
        figures.homework,
        report="homework",
        course="submitted",
    ),
    Topic("tutors", "tutors/earnings", "tutor_earnings", figures.earnings, roles=(ADMIN,)),
    Topic(
        "progress",
        "students/{student_id}/progress",
        "student_progress",
        figures.progress,
        roles=(PARENT, STUDENT),
        course="completed",
    ),
)


def of_role(role: str) -> list[Topic]:
    """In the order of the menu."""
    return [topic for topic in TOPICS.values() if role in topic.roles]
