"""How often a delivery came into each state, by channel and type: counted by triggers, whoever writes.

The counts only grow: an erasure or a retry adds to one state and takes from none.
"""

from sqlalchemy import Connection, text

# One statement, so one snapshot: a change that is just being folded is seen in one table or in the other.
ENTERED = text(
    "SELECT channel, type, state, sum(entered)::bigint AS entered FROM "
    "(SELECT * FROM delivery_counts UNION ALL SELECT * FROM delivery_changes) AS every GROUP BY 1, 2, 3"
)
FOLD = text(
    "WITH folded AS (DELETE FROM delivery_changes RETURNING channel, type, state, entered) "
    "INSERT INTO delivery_counts SELECT channel, type, state, sum(entered) FROM folded GROUP BY 1, 2, 3 "
    "ORDER BY 1, 2, 3 ON CONFLICT (channel, type, state) "
    "DO UPDATE SET entered = delivery_counts.entered + excluded.entered"
)


def entered(conn: Connection) -> dict[tuple[str, str, str], int]:
    """(channel, type, state) → how many times a delivery came into that state."""
    return {(row.channel, row.type, row.state): row.entered for row in conn.execute(ENTERED)}


def fold(conn: Connection) -> None:
    """Take what was appended into the counts. Needed for speed alone: `entered` says the same before and after."""
    conn.execute(FOLD)
