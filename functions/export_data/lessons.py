"""The lessons of a period, row by row, from a server-side cursor."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from lib.db.tables import lessons

COLUMNS = (
    lessons.c.lesson_id,
    lessons.c.starts_at,
    lessons.c.duration_minutes,
    lessons.c.student_id,
    lessons.c.tutor_id,
    lessons.c.subject,
    lessons.c.topic,
    lessons.c.outcome,
    lessons.c.outcome_reason,
    lessons.c.actual_minutes,
    lessons.c.student_rating,
    lessons.c.tutor_rating,
    lessons.c.price,
    lessons.c.currency,
    lessons.c.marked_at,
)
HEADER = tuple(column.name for column in COLUMNS)
BATCH = 1000


def conditions(
    start: datetime, end: datetime, tutor_id: str | None, student_ids: list[str] | None, subject: str | None
) -> list[ColumnElement[bool]]:
    """Lessons that start in [start, end), within the row scope and the caller's filters."""
    wanted = [lessons.c.starts_at >= start, lessons.c.starts_at < end, ~lessons.c.deleted]
    if tutor_id is not None:
        wanted.append(lessons.c.tutor_id == tutor_id)
    if student_ids is not None:
        wanted.append(lessons.c.student_id.in_(student_ids))
    if subject is not None:
        wanted.append(lessons.c.subject == subject)
    return wanted


def count(conn: Connection, wanted: list[ColumnElement[bool]]) -> int:
    """How many rows there will be."""
    return int(conn.execute(select(func.count()).select_from(lessons).where(*wanted)).scalar_one())


def rows(conn: Connection, wanted: list[ColumnElement[bool]]) -> Iterator[Sequence[Any]]:
    """The rows in the order of their start; never more than a thousand in memory."""
    ordered = select(*COLUMNS).where(*wanted).order_by(lessons.c.starts_at, lessons.c.lesson_id)
    yield from conn.execution_options(stream_results=True, max_row_buffer=BATCH).execute(ordered)
