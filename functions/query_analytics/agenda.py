"""Single lessons and pieces of homework, as a page lists them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from functions.query_analytics.question import Filters, Question
from lib.domain.metrics import money

LESSON = (
    "lesson_id, student_id, tutor_id, subject, topic, starts_at, duration_minutes, actual_minutes, outcome, "
    "price, currency"
)
WORK = "homework_id, student_id, tutor_id, subject, due_at, assigned_at, submitted_at, graded_at, percent"


def upcoming(conn: Connection, question: Question, limit: int) -> list[dict[str, Any]]:
    """The next lessons that nobody has called off, soonest first."""
    return _lessons(
        conn,
        question,
        "starts_at > :now AND outcome IS NULL",
        "starts_at, lesson_id",
        limit,
    )


def last_lessons(conn: Connection, question: Question, limit: int) -> list[dict[str, Any]]:
    """The last lessons that have begun, latest first."""
    return _lessons(conn, question, "starts_at <= :now", "starts_at DESC, lesson_id DESC", limit)


def unmarked(conn: Connection, question: Question, limit: int) -> list[dict[str, Any]]:
    """Lessons of the period that are over and that nobody has marked, oldest first."""
    wanted = f"{OVER} AND starts_at >= :start AND starts_at < :end"
    return _lessons(conn, question, wanted, "starts_at, lesson_id", limit)


OVER = "outcome IS NULL AND starts_at + make_interval(mins => duration_minutes) <= :now"


def count_unmarked(conn: Connection, question: Question) -> int:
    """How many lessons of the period are over and not marked."""
    conditions, values = where(question)
    found = conn.execute(
        text(
            "SELECT count(*) FROM lessons WHERE NOT deleted AND starts_at >= :start AND starts_at < :end "  # noqa: S608
            f"AND {OVER}{conditions}"
        ),
        values,
    )
    return int(found.scalar_one())


def _lessons(
    conn: Connection, question: Question, wanted: str, order: str, limit: int
) -> list[dict[str, Any]]:
    conditions, values = where(question)
    statement = f"SELECT {LESSON} FROM lessons WHERE NOT deleted AND {wanted}{conditions} ORDER BY {order} LIMIT :limit"  # noqa: S608
    return [priced(row) for row in conn.execute(text(statement), {**values, "limit": limit}).mappings()]


def priced(row: Any) -> dict[str, Any]:
    """A row whose price is written as money is."""
    shown = dict(row)
    if shown["price"] is not None:
        shown["price"] = money(shown["price"], shown["currency"] or "")
    return shown


def graded(conn: Connection, question: Question, limit: int) -> list[dict[str, Any]]:
    """Homework graded in the period, latest first."""
    return _homework(
        conn,
        question,
        "graded_at >= :start AND graded_at < :end",
        "graded_at DESC, homework_id DESC, student_id DESC",
        limit,
    )


def to_do(conn: Connection, question: Question, limit: int) -> list[dict[str, Any]]:
    """Homework given and not handed in, the one that is due first first."""
    wanted = "assigned_at IS NOT NULL AND submitted_at IS NULL AND graded_at IS NULL"
    return _homework(conn, question, wanted, "due_at NULLS LAST, homework_id, student_id", limit)


def to_grade(conn: Connection, question: Question, limit: int) -> list[dict[str, Any]]:
    """Homework handed in and not graded, the one that waits longest first."""
    wanted = "submitted_at IS NOT NULL AND graded_at IS NULL"
    return _homework(conn, question, wanted, "submitted_at, homework_id, student_id", limit)


def _homework(
    conn: Connection, question: Question, wanted: str, order: str, limit: int
) -> list[dict[str, Any]]:
    conditions, values = where(question)
    statement = f"SELECT {WORK} FROM homeworks WHERE {wanted}{conditions} ORDER BY {order} LIMIT :limit"  # noqa: S608
    rows = conn.execute(text(statement), {**values, "limit": limit}).mappings()
    return [{**row, "percent": _percent(row["percent"])} for row in rows]


def _percent(value: Any) -> float | None:
    return None if value is None else float(value)


def where(question: Question) -> tuple[str, dict[str, Any]]:
    """The question's filters over a state table, and all values that the lists above name."""
    filters, period = question.filters, question.period
    wanted = [
        (filters.tutor_id, " AND tutor_id = :tutor_id"),
        (filters.student_ids, " AND student_id = ANY(CAST(:student_ids AS text[]))"),
        (filters.subject, " AND coalesce(subject, '') = :subject"),
    ]
    conditions = "".join(sql for value, sql in wanted if value is not None)
    return conditions, {**_values(filters), "start": period.start, "end": period.end, "now": question.now}


def _values(filters: Filters) -> dict[str, Any]:
    students: Iterable[str] = filters.student_ids or ()
    return {"tutor_id": filters.tutor_id, "student_ids": list(students), "subject": filters.subject}
