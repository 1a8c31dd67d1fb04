"""Whose logins and readings a question is about: they have a user, and neither tutor nor subject."""

from dataclasses import replace

from sqlalchemy import Connection, text

from functions.query_analytics.question import Filters, Question

STUDENTS = text(
    "SELECT DISTINCT student_id FROM lessons "
    "WHERE tutor_id = :tutor AND student_id IS NOT NULL AND starts_at IS NOT NULL AND NOT deleted"
)


def people(conn: Connection, filters: Filters) -> list[str] | None:
    """User ids in order, None for all. A tutor's people are the tutor and the students of the tutor's lessons."""
    if filters.tutor_id is None:
        return None if filters.student_ids is None else sorted(filters.student_ids)
    found = {row.student_id for row in conn.execute(STUDENTS, {"tutor": filters.tutor_id})}
    known = {filters.tutor_id, *found}
    return sorted(known if filters.student_ids is None else known & set(filters.student_ids))


def about_people(conn: Connection, question: Question) -> Question:
    """The same question, asked of those people."""
    return among(question, Filters(student_ids=people(conn, question.filters)))


def among(question: Question, filters: Filters) -> Question:
    """The same question with other filters."""
    return replace(question, filters=filters)
