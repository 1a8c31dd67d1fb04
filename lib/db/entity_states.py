"""Writing folded states: the lessons and users that reminders, exports and the row scope read."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert

from lib.db.tables import lessons, users
from lib.domain.stories import Outcome

TABLES = {"lesson": lessons, "user": users}


def write(conn: Connection, outcomes: Iterable[Outcome]) -> None:
    """Replace each entity's row by its new state, in the caller's transaction."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for outcome in outcomes:
        if outcome.kind in TABLES and outcome.state is not None:
            rows.setdefault(outcome.kind, []).append(asdict(outcome.state))
    for kind, states in rows.items():
        _replace(conn, TABLES[kind], states)


def _replace(conn: Connection, table: Table, states: list[dict[str, Any]]) -> None:
    statement = insert(table)
    key = table.primary_key.columns.keys()
    changed = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in key}
    conn.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), states)
