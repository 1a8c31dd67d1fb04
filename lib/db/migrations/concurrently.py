"""Indexes on tables in use: made beside the traffic, outside a transaction."""

import re

from alembic import op

# It waits for transactions that are older than itself, and holds nobody up meanwhile.
LONGEST = "30min"
NAME = re.compile(r"CREATE (?:UNIQUE )?INDEX CONCURRENTLY (\w+) ON ")


def index(statement: str) -> None:
    """Run `CREATE INDEX CONCURRENTLY name ON …`. What an interrupted try left behind is dropped first.

    The last thing in a revision: what stands before it is committed. Raises ValueError for another statement.
    """
    found = NAME.match(statement)
    if found is None:
        raise ValueError("write it as: CREATE INDEX CONCURRENTLY name ON table …")
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"SET statement_timeout = '{LONGEST}'")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {found[1]}")
        op.execute(statement)
        op.execute("RESET statement_timeout")
        op.execute("SET lock_timeout = 200")
