"""Deliveries that nobody holds and no message speaks of: a net below the queue.

A queue that was purged, or a broker that lost its disk, must not leave a message without a final state.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from lib.db import fence
from lib.db.schedule import claim_slots
from lib.domain.timing import GATHERED
from lib.queue.outbox import Outgoing
from lib.runtime import dispatching

# Longer than any queue is late in good health; the message that comes twice finds the delivery settled.
PATIENCE = timedelta(minutes=10)
MOST = 1000
STALE = text(
    "SELECT id::text AS id, user_id, channel, state, reason FROM deliveries "
    "WHERE (state IN ('queued', 'held', 'planned') AND coalesce(due_at, created_at) < :before "
    "AND updated_at < :before) OR (state = 'sending' AND lease_until < :before) ORDER BY id LIMIT :most"
)


def requeued(conn: Connection, now: datetime) -> Iterator[Outgoing]:
    """A fresh queue message for each delivery that has waited for more than ten minutes past its time."""
    if fence.is_closed(conn):
        return
    rows = list(conn.execute(STALE, {"before": now - PATIENCE, "most": MOST}))
    slot = now - timedelta(minutes=now.minute % 10, seconds=now.second, microseconds=now.microsecond)
    mine = claim_slots(conn, [(f"requeue/{row.id}", slot) for row in rows])
    for row in rows:
        if (f"requeue/{row.id}", slot) in mine:
            yield _turn(row, f"requeued:{slot.isoformat()}")


def _turn(row: Row[Any], tag: str) -> Outgoing:
    """To where it was to go: what is gathered goes through the dispatcher."""
    if row.state == "held" and row.reason in GATHERED:
        return dispatching.gathering(row.id, row.user_id, row.channel, tag, None)
    return dispatching.due(row.id, row.channel, tag, due_at=None, priority="normal")
