"""GET /api/v1/analytics/subjects/performance."""

from typing import Any

from sqlalchemy import Connection

from functions.query_analytics import homework, lessons
from functions.query_analytics.question import Metric, Question
from functions.query_analytics.rows import Row, grouped, only

SETS: list[tuple[str, ...]] = [(), ("bucket",), ("subject",)]


def figures(lesson: Row | None, work: Row | None) -> dict[str, Any]:
    """The figures of lessons and of homework side by side: no name is in both."""
    return {**lessons.figures(lesson), **homework.figures(work)}


def performance(conn: Connection, question: Question) -> dict[str, Any]:
    """Each subject's lessons and homework, by the local day of each fact."""
    taught = grouped(conn, lessons.source_of(question), question, sets=SETS)
    work = grouped(conn, homework.ROLLUP, question, sets=SETS)
    return {
        "summary": figures(only(taught[()]), only(work[()])),
        "series": merged_series(question, taught[("bucket",)], work[("bucket",)]),
        "by_subject": _by_subject(taught[("subject",)], work[("subject",)]),
    }


PERFORMANCE = Metric("subjects.performance", performance, dated=("lessons", "homework"))


def merged_series(question: Question, taught: list[Row], work: list[Row]) -> list[dict[str, Any]]:
    """One object a bucket with the figures of both."""
    lesson_of = {row["bucket"]: row for row in taught}
    work_of = {row["bucket"]: row for row in work}
    return [
        {"date": day.isoformat(), **figures(lesson_of.get(i), work_of.get(i))}
        for i, day in enumerate(question.period.buckets(question.granularity))
    ]


def _by_subject(taught: list[Row], work: list[Row]) -> list[dict[str, Any]]:
    lesson_of = {row["subject"]: row for row in taught}
    work_of = {row["subject"]: row for row in work}
    names = sorted({*lesson_of, *work_of})
    return [{"subject": name, **figures(lesson_of.get(name), work_of.get(name))} for name in names]
