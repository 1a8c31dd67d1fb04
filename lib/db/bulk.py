"""Many rows in one statement and one parameter: about twice as fast as a list of parameters for each."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, TextClause, text
from sqlalchemy.dialects.postgresql import dialect


@lru_cache(maxsize=32)
def _statement(table: Table, columns: tuple[str, ...]) -> TextClause:
    engine = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its dialects untyped
    types = ", ".join(f"{name} {table.columns[name].type.compile(dialect=engine)}" for name in columns)
    names = ", ".join(columns)
    return text(
        f"INSERT INTO {table.name} ({names}) SELECT {names} "  # noqa: S608 - names come from our own tables
        f"FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS rows ({types})"
    )


def insert_all(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the columns of the first one; the other columns take their defaults."""
    if rows:
        encoded = json.dumps(rows, ensure_ascii=False, default=_plain)
        conn.execute(_statement(table, tuple(rows[0])), {"rows": encoded})


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"cannot store {type(value).__name__}")
