"""The pages of a student, and of a parent with all children."""

from typing import Any

from sqlalchemy import Connection

from functions.query_analytics import agenda, balances
from functions.query_analytics.dashboards.common import lessons_and_homework, one_is_needed
from functions.query_analytics.people import among
from functions.query_analytics.question import Filters, Metric, Question
from lib.errors import BadInput

FAMILIES = ("lessons", "homework", "payments", "charges")
SHOWN, SCORES = 5, 50


def student_page(conn: Connection, question: Question) -> dict[str, Any]:
    """One student's figures with the previous period's, what is next, what is left to do, the balance.

    Raises BadInput when an admin does not say whose page is meant.
    """
    students = question.filters.student_ids
    one_is_needed(students and len(students) == 1, "student_id", "student's")
    return _of_student(conn, question)


STUDENT = Metric("dashboard.student", student_page, undated=FAMILIES, clock=True, previous=True)


def parent_page(conn: Connection, question: Question) -> dict[str, Any]:
    """All children together with the previous period, then each child's own page.

    Raises BadInput when an admin does not say whose page is meant.
    """
    children = question.filters.student_ids
    if children is None:
        raise BadInput("Give student_id: which child's page?")
    filters = question.filters
    pages = [
        _of_student(conn, among(question, Filters(filters.tutor_id, [child], filters.subject)))
        for child in sorted(children)
    ]
    return {**lessons_and_homework(conn, question), "children": pages}


PARENT = Metric("dashboard.parent", parent_page, undated=FAMILIES, clock=True, previous=True)


def _of_student(conn: Connection, question: Question) -> dict[str, Any]:
    return {
        "student_id": (question.filters.student_ids or ("",))[0],
        **lessons_and_homework(conn, question),
        "balance": balances.total(conn, question.filters),
        "homework_scores": agenda.graded(conn, question, SCORES),
        "to_do": agenda.to_do(conn, question, SHOWN),
        "upcoming": agenda.upcoming(conn, question, SHOWN),
        "last_lessons": agenda.last_lessons(conn, question, SHOWN),
    }
