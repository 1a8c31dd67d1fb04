"""The pages of one family each: who may, which figures, which charts, which lists."""

from collections.abc import Mapping
from dataclasses import dataclass

EVERYBODY = ("admin", "tutor", "parent", "student")
STAFF = ("admin", "tutor")


@dataclass(frozen=True, slots=True)
class Page:
    """`source` is the analytics call of its figures, `family` whose tiles it shows; `charts` are (name, kind).

    `export` and `report` are what of it can be taken away; `list` is a list of the answer with its columns.
    """

    name: str
    source: str
    family: str
    charts: tuple[tuple[str, str], ...]
    roles: tuple[str, ...] = EVERYBODY
    list: str = ""
    columns: tuple[str, ...] = ()
    export: str = ""
    report: str = ""
    filters: tuple[str, ...] = ("subject", "tutor_id", "student_id")
    steps: bool = True


PAGES: Mapping[str, Page] = {
    page.name: page
    for page in (
        Page(
            "lessons",
            "lessons/stats",
            "lessons",
            (("lesson_completion", "bar"), ("lesson_completion", "heatmap"), ("lesson_completion", "pie")),
            list="by_tutor",
            columns=(
                "tutor_id",
                "scheduled",
                "completed",
                "excused",
                "unexcused",
                "cancelled",
                "attendance_rate",
            ),
            export="lessons",
            report="lesson",
        ),
        Page(
            "money",
            "payments/summary",
            "payments",
            (("revenue_trends", "line"), ("revenue_trends", "area"), ("revenue_trends", "pie")),
            export="payments",
            report="payment",
        ),
        Page(
            "users",
            "users/activity",
            "users",
            (("user_activity", "line"), ("user_activity", "heatmap"), ("retention", "heatmap")),
            STAFF,
            export="users",
            report="user",
            filters=("tutor_id", "student_id"),
        ),
        Page(
            "materials",
            "materials/usage",
            "materials",
            (("material_usage", "bar"), ("material_usage", "line"), ("material_usage", "pie")),
            list="popular",
            columns=("title", "subject", "accessed", "downloads", "unique_users"),
            export="materials",
            report="material",
        ),
        Page(
            "homework",
            "homework/stats",
            "homework",
            (("homework_scores", "bar"), ("homework_scores", "line"), ("homework_scores", "scatter")),
            export="homework",
            report="homework",
        ),
        Page(
            "subjects",
            "subjects/performance",
            "lessons",
            (("subject_performance", "bar"), ("subject_performance", "scatter")),
            list="by_subject",
            columns=(
                "subject",
                "scheduled",
                "completed",
                "attendance_rate",
                "graded",
                "average_score_percent",
            ),
            report="comprehensive",
        ),
        Page(
            "tutors",
            "tutors/earnings",
            "earnings",
            (("tutor_earnings", "bar"), ("tutor_earnings", "pie")),
            STAFF,
            report="tutor",
        ),
        Page(
            "overview",
            "overview",
            "",
            (("dashboard_overview", "bar"),),
            report="comprehensive",
            steps=False,
        ),
    )
}
# The headline figures of each role's first page; the rest are on the pages of the families.
HEADLINES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "admin": {
        "lessons": ("completed", "attendance_rate", "unexcused", "cancelled"),
        "payments": ("revenue", "net", "paying_students"),
        "users": ("registered", "deactivated"),
    },
    "tutor": {
        "earnings": ("earned",),
        "lessons": ("completed", "attendance_rate", "minutes", "unexcused"),
        "homework": ("average_score_percent", "on_time_rate", "graded"),
    },
    "parent": {
        "lessons": ("completed", "attendance_rate", "unexcused"),
        "homework": ("average_score_percent", "on_time_rate", "overdue"),
    },
    "student": {
        "lessons": ("completed", "attendance_rate", "unexcused"),
        "homework": ("average_score_percent", "on_time_rate", "overdue"),
    },
}
HOME_CHARTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "admin": (
        ("dashboard_overview", "line"),
        ("lesson_completion", "bar"),
        ("revenue_trends", "line"),
        ("subject_performance", "bar"),
        ("dashboard_overview", "heatmap"),
    ),
    "tutor": (
        ("dashboard_overview", "line"),
        ("subject_performance", "bar"),
        ("dashboard_overview", "heatmap"),
    ),
    "parent": (("student_progress", "line"), ("subject_performance", "bar")),
    "student": (("student_progress", "line"), ("subject_performance", "bar")),
}
