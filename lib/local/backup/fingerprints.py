"""How many rows each table has and what they add up to: the same in the backup's snapshot and after a restore."""

from collections.abc import Callable

from sqlalchemy import Connection, text

from lib.local.backup.manifest import Rows

# Two halves of a hash of each row's text, added up: no order, no page, no number of a row plays a part.
SETTINGS = (
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO'",
    "SET LOCAL IntervalStyle = 'postgres'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL search_path = pg_catalog",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
    "SET LOCAL max_parallel_workers_per_gather = 2",
)
TABLES = text(
    "SELECT format('%I.%I', n.nspname, c.relname) AS name "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\\_%' "
    "AND n.nspname <> 'information_schema' ORDER BY 1"
)
ADDED_UP = (
    "SELECT count(*) AS rows, coalesce(sum(('x' || left(h, 16))::bit(64)::bigint::numeric), 0) AS one, "
    "coalesce(sum(('x' || right(h, 16))::bit(64)::bigint::numeric), 0) AS two "
    "FROM (SELECT md5(t::text) AS h FROM {table} AS t) AS hashes"
)
# It keeps the restored system from sending, so it differs by design.
FENCE = "public.send_fence"


def tables(conn: Connection) -> list[str]:
    """Every table of ours, a partitioned one as a whole, with its schema and quoted where needed."""
    return list(conn.execute(TABLES).scalars())


def taken(conn: Connection, tell: Callable[[str], None]) -> dict[str, Rows]:
    """Of every table but the fence, as the connection's transaction sees them; tells each name first."""
    for setting in SETTINGS:
        conn.execute(text(setting))
    found = {}
    for name in tables(conn):
        if name != FENCE:
            tell(name)
            # A name from the catalogue, quoted by format().
            row = conn.execute(text(ADDED_UP.format(table=name).replace(":", r"\:"))).one()
            found[name] = Rows(count=row.rows, sum=f"{row.one}:{row.two}")
    return found
