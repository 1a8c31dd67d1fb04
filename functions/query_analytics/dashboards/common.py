"""What the pages of all roles have in common."""

from typing import Any

from sqlalchemy import Connection

from functions.query_analytics import homework, lessons
from functions.query_analytics.question import Question
from functions.query_analytics.rows import Groups, grouped_twice, only
from functions.query_analytics.subjects import SETS, figures, merged_series
from lib.errors import BadInput

Halves = tuple[Groups, Groups]


def lessons_and_homework(conn: Connection, question: Question) -> dict[str, Any]:
    """Summary, previous summary, series and subjects of the lessons and the homework that the caller sees."""
    taught = grouped_twice(conn, lessons.source_of(question), question, sets=SETS)
    work = grouped_twice(conn, homework.ROLLUP, question, sets=SETS)
    return {
        "summary": _summary(taught[1], work[1]),
        "previous": previous(question, _summary(taught[0], work[0])),
        "series": merged_series(question, taught[1][("bucket",)], work[1][("bucket",)]),
        "by_subject": [
            {"subject": row["subject"], **lessons.figures(row)} for row in taught[1][("subject",)]
        ],
    }


def _summary(taught: Groups, work: Groups) -> dict[str, Any]:
    return figures(only(taught[()]), only(work[()]))


def previous(question: Question, summary: dict[str, Any]) -> dict[str, Any]:
    """The previous period with its summary, as `compare=previous` shows it."""
    period = question.period.previous()
    return {"period": {"from": period.first, "to": period.last, "tz": period.tz}, "summary": summary}


def one_is_needed(value: object, name: str, whose: str) -> None:
    """Raises BadInput when nobody said whose page is meant."""
    if not value:
        raise BadInput(f"Give {name}: whose {whose} page?")
