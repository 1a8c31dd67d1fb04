"""Names for the ids in an analytics answer, by one query of the directory.

Only for an answer that analytics has just given to whoever will see it: an id in it is within their row scope, so its
name may be shown. An answer that a caller brings along says nothing about what they may see.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from lib.db import recipients

ONE_OF = ("tutor_id", "student_id")


def of_ids(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The names of those whom the directory can name, by id."""
    return {each.user_id: each.name for each in recipients.by_ids(conn, ids).values() if each.name}


def with_names(conn: Connection, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with a `name` in each row of its lists that is about one tutor or one student."""
    named = {key: _column(rows) for key, rows in answer.items()}
    columns = {key: column for key, column in named.items() if column}
    known = of_ids(
        conn, {row[column] for key, column in columns.items() for row in answer[key] if row[column]}
    )
    return {**answer, **{key: _named(answer[key], column, known) for key, column in columns.items()}}


def _column(rows: Any) -> str | None:
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], Mapping):
        return None
    found = [column for column in ONE_OF if column in rows[0]]
    return found[0] if len(found) == 1 else None


def _named(rows: list[dict[str, Any]], column: str, known: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{**row, "name": known[row[column]]} if row[column] in known else row for row in rows]
