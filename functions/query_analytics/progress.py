"""GET /api/v1/analytics/students/{id}/progress."""

from typing import Any

from sqlalchemy import Connection, text

from functions.query_analytics import agenda, balances, homework, lessons
from functions.query_analytics.question import Metric, Question
from functions.query_analytics.rows import grouped, named, only
from functions.query_analytics.subjects import SETS, figures, merged_series
from lib.errors import not_found

SCORES, LAST = 100, 10
# A tutor knows a student by the lessons, the homework and the payments between them.
OWN = "student_id = :student AND (CAST(:tutor AS text) IS NULL OR tutor_id = :tutor)"
KNOWN = text(
    f"SELECT EXISTS (SELECT FROM lessons WHERE {OWN} AND NOT deleted) "  # noqa: S608 - our names only
    f"OR EXISTS (SELECT FROM homeworks WHERE {OWN}) OR EXISTS (SELECT FROM payments WHERE {OWN}) "
    "OR (CAST(:tutor AS text) IS NULL "
    "AND EXISTS (SELECT FROM users WHERE user_id = :student AND role = 'student'))"
)


def progress(conn: Connection, question: Question) -> dict[str, Any]:
    """One student's lessons, homework and balance. Raises BadInput (404): unknown, or not the caller's."""
    filters = question.filters
    student = (filters.student_ids or ("",))[0]
    if not conn.execute(KNOWN, {"student": student, "tutor": filters.tutor_id}).scalar():
        raise not_found()
    return {"student_id": student, **figures_of(conn, question)}


PROGRESS = Metric(
    "students.progress",
    progress,
    dated=("homework",),
    undated=("lessons", "payments", "charges", "users"),
    clock=True,
)


def figures_of(conn: Connection, question: Question) -> dict[str, Any]:
    """What a page about some students shows."""
    taught = grouped(conn, lessons.source_of(question), question, sets=SETS)
    work = grouped(conn, homework.ROLLUP, question, sets=SETS)
    return {
        "summary": figures(only(taught[()]), only(work[()])),
        "series": merged_series(question, taught[("bucket",)], work[("bucket",)]),
        "by_subject": named(taught[("subject",)], "subject", lessons.figures),
        "homework_scores": agenda.graded(conn, question, SCORES),
        "balance": balances.total(conn, question.filters),
        "last_lessons": agenda.last_lessons(conn, question, LAST),
    }
