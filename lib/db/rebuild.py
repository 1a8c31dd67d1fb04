"""Telling the log again into empty tables beside the live ones.

The same code that keeps the live tables fills the others: only the search path differs. So what is compared
afterwards is one and the same definition, told at once and told bit by bit.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, text

from lib.db import event_log
from lib.db.entity_states import STATES
from lib.domain.events import Event
from lib.domain.rollups import ROLLUPS
from lib.domain.stories import FACTS

SCHEMA = "rebuilt"
DAY = timedelta(days=1)
CHUNK = 5_000
Span = tuple[datetime, datetime]
VERSIONS = "figure_versions"
TABLES = (*(state.table for state in STATES.values()), *ROLLUPS)

LAST_ENTITY = text("SELECT entity FROM event_keys WHERE entity > :after ORDER BY entity OFFSET :size LIMIT 1")
ENTITIES = text(
    "SELECT k.entity, e.source, e.id, e.type, e.occurred_at, e.data FROM event_keys k CROSS JOIN LATERAL "
    "(SELECT * FROM events e WHERE e.position = k.position AND e.received_at = k.received_at LIMIT 1) AS e "
    "WHERE k.entity > :after AND (CAST(:last AS text) IS NULL OR k.entity <= :last) AND k.position <= :upto "
    "ORDER BY k.entity"
)
FACT_ROWS = text(
    "SELECT source, id, type, occurred_at, data FROM events "
    "WHERE position > :after AND position <= :upto AND type = ANY(CAST(:types AS text[]))"
)
TOUCHED = text(
    "SELECT DISTINCT entity FROM event_keys WHERE entity IS NOT NULL AND position > :after AND position <= :upto"
)
OF_TYPES = text(
    "SELECT DISTINCT k.entity FROM event_keys k JOIN events e ON e.position = k.position "
    "AND e.received_at = k.received_at WHERE k.entity IS NOT NULL AND k.position <= :upto "
    "AND e.type = ANY(CAST(:types AS text[])) ORDER BY 1"
)
ABOUT = text(
    "SELECT DISTINCT k.entity FROM event_keys k JOIN events e ON e.position = k.position "
    "AND e.received_at = k.received_at WHERE k.entity IS NOT NULL AND k.position <= :upto "
    "AND e.type = ANY(CAST(:types AS text[])) AND (e.occurred_at >= :first AND e.occurred_at < :last "
    "OR e.data ->> 'starts_at' BETWEEN :first_day AND :last_day "
    "OR e.data ->> 'submitted_at' BETWEEN :first_day AND :last_day) ORDER BY 1"
)
FACTS_OF = text(
    "SELECT source, id, type, occurred_at, data FROM events WHERE position <= :upto "
    "AND type = ANY(CAST(:types AS text[])) AND (CAST(:first AS timestamptz) IS NULL "
    "OR occurred_at >= :first AND occurred_at < :last)"
)


def begin(conn: Connection) -> None:
    """Empty tables in a schema of their own, with the indexes of the live ones."""
    conn.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
    conn.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    for table in (*TABLES, VERSIONS):
        conn.execute(text(f"CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)"))


def aim(conn: Connection) -> None:
    """From here to the end of the transaction, states and roll-ups are those of the schema beside."""
    conn.execute(text(f"SET LOCAL search_path = {SCHEMA}, public"))


def begin_for_this_transaction(conn: Connection) -> None:
    """The same as temporary tables that shadow the live ones and vanish with the transaction."""
    for table in (*TABLES, VERSIONS):
        conn.execute(text(f"CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING ALL) ON COMMIT DROP"))


def tell_entities(conn: Connection, after: str, upto: int, size: int) -> tuple[str | None, int]:
    """Tell about `size` events' worth of entities that come after `after` by name, as of position `upto`.

    The coarse roll-ups are left to `rollup_rows.sum_coarse`. Returns the last entity told (None: there are no
    more) and how many events that took.
    """
    last: str | None = conn.execute(LAST_ENTITY, {"after": after, "size": size}).scalar()
    rows = conn.execute(ENTITIES, {"after": after, "last": last, "upto": upto}).all()
    told = {entity: list(map(_event, group)) for entity, group in groupby(rows, attrgetter("entity"))}
    event_log.retell(conn, {}, told, position=upto, coarse=False)
    return last, len(rows)


def tell_facts(conn: Connection, after: int, upto: int) -> int:
    """Tell the facts of their own at positions in (after, upto]; how many there were."""
    rows = conn.execute(FACT_ROWS, {"after": after, "upto": upto, "types": list(FACTS)}).all()
    event_log.retell(conn, {}, {}, facts=list(map(_event, rows)), position=upto)
    return len(rows)


def catch_up(conn: Connection, since: int, upto: int, size: int = 5_000) -> int:
    """Bring tables that are told up to `since` to `upto`; how many events that took."""
    for start in range(since, upto, size):
        end = min(start + size, upto)
        touched = [row.entity for row in conn.execute(TOUCHED, {"after": start, "upto": end})]
        before, after = (event_log.stories(conn, touched, at) for at in (start, end))
        event_log.retell(conn, before, after, position=end)
        tell_facts(conn, start, end)
    return upto - since


def _event(row: "Row[Any]") -> Event:
    return Event(row.source, row.id, row.type, row.occurred_at, row.data)


def analyze(conn: Connection) -> None:
    """Tell the planner of the rebuilt tables: swapped in without, the first questions would be planned blindly."""
    for table in TABLES:
        conn.execute(text(f"ANALYZE {SCHEMA}.{table}"))


def differences(conn: Connection) -> dict[str, int]:
    """Rows that only the live or only the rebuilt table has, by table; tables that are equal are left out."""
    found = {table: int(conn.execute(text(_unequal(table))).scalar_one()) for table in TABLES}
    return {table: rows for table, rows in found.items() if rows}


def _unequal(table: str) -> str:
    # As texts: equal values with different digits after the point would not be equal bytes.
    live, rebuilt = (
        f"SELECT CAST(t AS text) FROM {schema}.{table} t"  # noqa: S608 - names are ours
        for schema in ("public", SCHEMA)
    )
    return (
        f"SELECT count(*) FROM (({live} EXCEPT ALL {rebuilt}) UNION ALL ({rebuilt} EXCEPT ALL {live})) AS d"  # noqa: S608
    )


def swap(conn: Connection) -> None:
    """Put the rebuilt tables where the live ones are and drop those, in the caller's transaction."""
    for table in TABLES:
        names = _index_names(conn, "public", table)
        conn.execute(text(f"DROP TABLE public.{table}"))
        conn.execute(text(f"ALTER TABLE {SCHEMA}.{table} SET SCHEMA public"))
        for definition, name in _index_names(conn, "public", table).items():
            if names[definition] != name:
                conn.execute(text(f"ALTER INDEX public.{name} RENAME TO {names[definition]}"))
    discard(conn)


def discard(conn: Connection) -> None:
    """Forget what was being rebuilt."""
    conn.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))


def _index_names(conn: Connection, schema: str, table: str) -> dict[str, str]:
    """Index names by what the index is: the same words from USING on."""
    rows = conn.execute(
        text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = :schema AND tablename = :table"),
        {"schema": schema, "table": table},
    )
    return {row.indexdef.partition(" USING ")[2]: row.indexname for row in rows}


def tell_again(conn: Connection, types: Sequence[str], span: Span | None, upto: int) -> None:
    """Tell what events of these types come to, as of position `upto`, into the tables the search path shows first.

    `span` [start, end) leaves out entities of which nothing happens in it or points into it: they cannot count
    there. None tells all. Reads every event of the log once.
    """
    asked = {"types": list(types), "upto": upto, "first": None, "last": None}
    if span:
        first, last = span
        # Instants in data are texts with or without a fraction, which sort alike only by the day.
        days = {"first_day": str((first - DAY).date()), "last_day": str((last + 2 * DAY).date())}
        asked |= {"first": first, "last": last, **days}
    names = [row.entity for row in conn.execute(ABOUT if span else OF_TYPES, asked)]
    for start in range(0, len(names), CHUNK):
        chunk = names[start : start + CHUNK]
        event_log.retell(conn, {}, event_log.stories(conn, chunk, upto), position=upto)
    rows = conn.execute(FACTS_OF, asked | {"types": [t for t in types if t in FACTS]})
    event_log.retell(conn, {}, {}, facts=list(map(_event, rows)), position=upto)
