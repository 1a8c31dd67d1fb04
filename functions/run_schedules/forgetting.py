"""After an erasure: when every answer that was under way is out, the cache is emptied once more.

Receipts of such answers go with it: they were computed from a snapshot in which the person was still there. A
cache that is away keeps its keys for their hour; it is emptied at the first tick after it is back.
"""

from sqlalchemy import Connection, text

from lib.cache.store import FIGURES, Cache

# Longer than any request may take.
OPEN = text(
    "SELECT EXISTS (SELECT FROM erasures WHERE cache_cleared_at IS NULL AND erased_at < now() - interval '1 minute')"
)
CLOSE = text(
    "UPDATE erasures SET cache_cleared_at = now() "
    "WHERE cache_cleared_at IS NULL AND erased_at < now() - interval '1 minute'"
)
RECEIPTS = text(
    "DELETE FROM receipts r USING erasures e WHERE e.cache_cleared_at IS NULL "
    "AND r.created_at BETWEEN e.erased_at - interval '5 minutes' AND e.erased_at + interval '5 minutes' "
    "AND (erasure_token(r.tutor_id) = e.token "
    "  OR e.token IN (SELECT erasure_token(s) FROM unnest(r.student_ids) AS s))"
)


def forget(conn: Connection, cache: Cache) -> None:
    """Empty the cache of figures, if somebody was erased and that has not been done since."""
    if conn.execute(OPEN).scalar_one() and cache.forget(FIGURES):
        conn.execute(RECEIPTS)
        conn.execute(CLOSE)
