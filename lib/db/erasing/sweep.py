"""Rewriting the rows of a table that hold something of somebody, found by a look at every row."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from lib.db.arrays import columns, literal
from lib.db.erasing.looking import Looked, look_again
from lib.db.erasing.person import Person
from lib.db.erasures import scrubbed_body
from lib.domain.erasure import renamed_people, scrubbed

# A column's value, the row and the person → what may stay of it.
Clean = Callable[[Any, Row[Any], Person], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is cleaned; `kind` is its type in PostgreSQL."""

    clean: Clean
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Changed:
    """A row as it was, and the columns that are others now."""

    row: Row[Any]
    new: Mapping[str, Any]


WORDS = Column(lambda value, _, person: person.erased.redacted(value))
# A message as it came or as it goes out.
BODY = Column(lambda value, _, person: scrubbed_body(value, person.erased))
DATA = Column(lambda value, _, person: scrubbed(value, person.erased), "jsonb")
# Our own records, in which nothing is written by people.
RECORD = Column(lambda value, _, person: renamed_people(value, person.erased), "jsonb")


def sweep(
    conn: Connection, person: Person, table: str, cleaned: Mapping[str, Column], looked: Looked
) -> list[Changed]:
    """Clean these columns wherever something of the person stands in them; the rows are locked until the commit."""
    places = look_again(conn, person, table, cleaned, looked)
    rows = conn.execute(_read(table), {"places": literal(places)}).all() if places else []
    changed = [each for row in rows if (each := _changed(row, cleaned, person)).new]
    if changed:
        _write(conn, table, cleaned, changed)
    return changed


def _read(table: str) -> Any:
    return text(
        f"SELECT CAST(ctid AS text) AS place, * FROM {table} "  # noqa: S608 - names are ours
        "WHERE ctid = ANY(CAST(:places AS tid[])) FOR UPDATE"
    )


def _changed(row: Row[Any], cleaned: Mapping[str, Column], person: Person) -> Changed:
    new = {}
    for name, column in cleaned.items():
        before = getattr(row, name)
        after = None if before is None else column.clean(before, row, person)
        if after != before:
            new[name] = after
    return Changed(row, new)


def _write(conn: Connection, table: str, cleaned: Mapping[str, Column], changed: Sequence[Changed]) -> None:
    types = {"place": "tid", **{name: column.kind for name, column in cleaned.items()}}
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in types.items())
    sets = ", ".join(f"{name} = n.{name}" for name in cleaned)
    statement = (
        f"UPDATE {table} t SET {sets} FROM unnest({arrays}) AS n({', '.join(types)}) WHERE t.ctid = n.place"  # noqa: S608
    )
    rows = [
        (each.row.place, *(_encoded(each, name, column) for name, column in cleaned.items()))
        for each in changed
    ]
    conn.execute(text(statement), columns(list(types), rows))


def _encoded(changed: Changed, name: str, column: Column) -> Any:
    value = changed.new.get(name, getattr(changed.row, name))
    return json.dumps(value, ensure_ascii=False) if column.kind == "jsonb" and value is not None else value
