"""Names for the ids in an analytics answer, by one query of the directory.

Only for an answer that analytics has just given to whoever will see it: an id that analytics put into it is within
their row scope, so its name may be shown. Ids among its `filters` may be of the asker's own typing and get no name,
and so does an answer that a caller brings along: it says nothing about what they may see.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from lib.db import recipients

PEOPLE = ("tutor_id", "student_id", "user_id")
OF_ROWS = ("tutor_id", "student_id")


def of_ids(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The names of those whom the directory can name, by id."""
    return {each.user_id: each.name for each in recipients.by_ids(conn, ids).values() if each.name}


def ids_in(*answers: Any) -> set[str]:
    """Whom the answers tell of."""
    return {each for answer in answers for each in _ids(answer)}


def named(conn: Connection, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as charts take it; see `with_names`."""
    return with_names(answer, of_ids(conn, ids_in(answer)))


def with_names(answer: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """The answer with a `name` in each row of its lists that is about one tutor or one student."""
    columns = {key: column for key, rows in answer.items() if (column := _column(rows))}
    return {**answer, **{key: _named(answer[key], column, known) for key, column in columns.items()}}


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            if key in PEOPLE and isinstance(each, str) and each:
                yield each
            elif key != "filters":
                yield from _ids(each)
    elif isinstance(value, list):
        for each in value:
            yield from _ids(each)


def _column(rows: Any) -> str | None:
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], Mapping):
        return None
    found = [column for column in OF_ROWS if column in rows[0]]
    return found[0] if len(found) == 1 else None


def _named(rows: list[dict[str, Any]], column: str, known: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{**row, "name": known[row[column]]} if row[column] in known else row for row in rows]
