"""Writing roll-up differences, many rows a statement."""

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import Connection, TextClause, text

from lib.db.arrays import Statement, columns, numbers, run, upsert
from lib.domain.rollups import COARSE, DAY_NAME, ROLLUPS, Count, Deltas, Rollup

KEY_TYPES = {"slot": "timestamptz", DAY_NAME: "date"}


def types(rollup: Rollup) -> dict[str, str]:
    """The columns of a roll-up, keys first, with their types in PostgreSQL."""
    keys = {name: KEY_TYPES.get(name, "text") for name in rollup.keys}
    return keys | {name: "integer" if kind is int else "numeric" for name, kind in rollup.counts.items()}


def _emptied(rollup: Rollup) -> TextClause:
    keys = {name: KEY_TYPES.get(name, "text") for name in rollup.keys}
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in keys.items())
    zero = " AND ".join(f"{name} = 0" for name in rollup.counts)
    names = ", ".join(keys)
    return text(
        f"DELETE FROM {rollup.table} WHERE ({names}) IN (SELECT * FROM unnest({arrays})) AND {zero}"  # noqa: S608 - our names
    )


ADD = {table: upsert(table, types(rollup), rollup.keys, add=True) for table, rollup in ROLLUPS.items()}
EMPTIED = {table: _emptied(rollup) for table, rollup in ROLLUPS.items()}


def add(conn: Connection, deltas: Deltas) -> None:
    """Add every difference to its row in the caller's transaction."""
    run(conn, list(added(deltas)))


def added(deltas: Deltas, *, coarse: bool = True) -> Iterator[Statement]:
    """Statements that add every difference to its row; absent rows begin at zero, and a row that comes back to
    zero goes. Without `coarse`, the coarse roll-ups are left to `sum_coarse`."""
    for table, rows in deltas.rows(coarse=coarse).items():
        rollup = ROLLUPS[table]
        values = columns(rollup.keys, [key for key, _ in rows])
        for name, kind in rollup.counts.items():
            counts = (row.get(name, 0) for _, row in rows)
            values[name] = numbers(counts if kind is int else map(_plain, counts))
        yield ADD[table], values
        if lessened := [key for key, row in rows if min(row.values()) < 0]:
            yield EMPTIED[table], columns(rollup.keys, lessened)


def sum_coarse(conn: Connection) -> None:
    """Fill the coarse roll-ups, which must be empty, from the fine ones."""
    for rollup in COARSE.values():
        fine = rollup.of.table if rollup.of else ""
        keys = ["CAST(slot AT TIME ZONE 'UTC' AS date)" if k == DAY_NAME else k for k in rollup.keys]
        sums = ", ".join(f"sum({name})" for name in rollup.counts)
        wanted = " OR ".join(f"{name} <> 0" for name in rollup.counts)
        conn.execute(
            text(
                f"INSERT INTO {rollup.table} ({', '.join((*rollup.keys, *rollup.counts))}) "  # noqa: S608 - our names
                f"SELECT {', '.join(keys)}, {sums} FROM {fine} WHERE {wanted} GROUP BY {', '.join(keys)} "
                # As they come in when lessons are held: a month read later lies on few pages, not on all of them.
                f"ORDER BY {', '.join(keys)}"
            )
        )


def _plain(count: Count) -> Count:
    """Without trailing zeros, here and in the sum: equal figures are then equal bytes, however they came about."""
    return count.normalize() if type(count) is Decimal else count
