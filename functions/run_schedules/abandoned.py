"""Deliveries that nobody holds and no message speaks of: a net below the queue.

A queue that was purged, or a broker that lost its disk, must not leave a message without a final state.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from lib.db.schedule import claim_slots
from lib.queue.outbox import Outgoing, message

# Longer than any queue is late in good health; the message that comes twice finds the delivery settled.
PATIENCE = timedelta(minutes=10)
MOST = 1000
STALE = text(
    "SELECT id::text AS id, channel, attempts FROM deliveries "
    "WHERE (state IN ('queued', 'held', 'planned') AND coalesce(due_at, created_at) < :before "
    "AND updated_at < :before) OR (state = 'sending' AND lease_until < :before) ORDER BY id LIMIT :most"
)


def requeued(conn: Connection, now: datetime) -> Iterator[Outgoing]:
    """A fresh queue message for each delivery that has waited for more than ten minutes past its time."""
    rows = list(conn.execute(STALE, {"before": now - PATIENCE, "most": MOST}))
    slot = now - timedelta(minutes=now.minute % 10, seconds=now.second, microseconds=now.microsecond)
    mine = claim_slots(conn, [(f"requeue/{row.id}", slot) for row in rows])
    for row in rows:
        if (f"requeue/{row.id}", slot) in mine:
            event_id = f"{row.id}:requeued:{slot.isoformat()}"
            yield message(
                "delivery.due", event_id, {"delivery_id": row.id}, queue=f"notifications.{row.channel}"
            )
