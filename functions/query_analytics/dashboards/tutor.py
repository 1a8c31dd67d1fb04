"""A tutor's own page."""

from typing import Any

from sqlalchemy import Connection

from functions.query_analytics import agenda, earnings, homework, lessons
from functions.query_analytics.dashboards.common import lessons_and_homework, one_is_needed
from functions.query_analytics.question import Metric, Question
from functions.query_analytics.rows import grouped

SHOWN = 10


def page(conn: Connection, question: Question) -> dict[str, Any]:
    """The tutor's figures with the previous period's, students, earnings, what is next and what is left to do.

    Raises BadInput when an admin does not say whose page is meant.
    """
    tutor = question.filters.tutor_id
    one_is_needed(tutor, "tutor_id", "tutor's")
    return {
        "tutor_id": tutor,
        **lessons_and_homework(conn, question),
        "earnings": earnings.headline(conn, question),
        "students": _students(conn, question),
        "by_weekday_hour": lessons.by_weekday_hour(conn, question),
        "upcoming": agenda.upcoming(conn, question, SHOWN),
        "unmarked": {
            "lessons": agenda.count_unmarked(conn, question),
            "items": agenda.unmarked(conn, question, SHOWN),
        },
        "to_grade": agenda.to_grade(conn, question, SHOWN),
    }


PAGE = Metric("dashboard.tutor", page, undated=("lessons", "homework"), clock=True, previous=True)


def _students(conn: Connection, question: Question) -> list[dict[str, Any]]:
    by: list[tuple[str, ...]] = [("student_id",)]
    taught = grouped(conn, lessons.source_of(question), question, sets=by)[("student_id",)]
    work = grouped(conn, homework.ROLLUP, question, sets=by)[("student_id",)]
    lesson_of = {row["student_id"]: row for row in taught}
    work_of = {row["student_id"]: row for row in work}
    return [
        {
            "student_id": student,
            **lessons.figures(lesson_of.get(student)),
            **homework.figures(work_of.get(student)),
        }
        for student in sorted({*lesson_of, *work_of})
    ]
