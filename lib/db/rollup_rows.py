"""Writing roll-up differences, many rows a statement."""

from sqlalchemy import Connection, text

from lib.domain.rollups import ROLLUPS, Deltas, Rollup


def _statement(rollup: Rollup) -> str:
    keys, counts = list(rollup.keys), list(rollup.counts)
    casts = ["timestamptz[]" if k == "slot" else "text[]" for k in keys]
    casts += ["integer[]" if kind is int else "numeric[]" for kind in rollup.counts.values()]
    arrays = ", ".join(f"CAST(:{name} AS {cast})" for name, cast in zip(keys + counts, casts, strict=True))
    sums = ", ".join(f"{name} = {rollup.table}.{name} + excluded.{name}" for name in counts)
    return (
        # Names come from lib.domain.rollups, never from input.
        f"INSERT INTO {rollup.table} ({', '.join(keys + counts)}) SELECT * FROM unnest({arrays}) "  # noqa: S608
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sums}"
    )


ADD = {table: text(_statement(rollup)) for table, rollup in ROLLUPS.items()}


def add(conn: Connection, deltas: Deltas) -> None:
    """Add every difference to its row in the caller's transaction; absent rows begin at zero."""
    for table, rows in deltas.rows().items():
        rollup = ROLLUPS[table]
        columns: dict[str, list[object]] = {
            name: [key[i] for key, _ in rows] for i, name in enumerate(rollup.keys)
        }
        columns |= {name: [counts.get(name, 0) for _, counts in rows] for name in rollup.counts}
        conn.execute(ADD[table], columns)
