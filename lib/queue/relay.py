"""The outbox relay: what is due goes to the broker, and leaves the table only when the broker has it."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, exc, text

from lib.errors import Temporary
from lib.queue.outbox import Outgoing
from lib.queue.waker import OUTBOX, Waker

# State + SKIP LOCKED: reading by "id > last" misses rows of transactions that commit late.
DUE = text(
    "SELECT id, exchange, routing_key, message_id, content_type, body, priority FROM outbox "
    # Behind the send fence (`lib.db.fence`) nothing leaves.
    "WHERE due_at <= now() AND NOT EXISTS (SELECT FROM send_fence WHERE opened_at IS NULL) "
    "ORDER BY priority DESC, due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED"
)
NEXT = text("SELECT min(due_at) AS at, now() AS now FROM outbox WHERE due_at > now()")
BATCH = 200
AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
IDLE_S = 1.0
Publish = Callable[[Connection, Sequence[Outgoing]], Sequence[bool]]
log = structlog.get_logger()


def relay_once(engine: Engine, publish: Publish) -> int:
    """Relay up to one batch; returns how many rows left the outbox.

    Raises Temporary when the broker is away; the rows stay.
    """
    with engine.begin() as conn:
        rows = conn.execute(DUE, {"limit": BATCH}).all()
        if not rows:
            return 0
        confirmed = publish(conn, [_outgoing(row) for row in rows])
        gone = [row.id for row, ok in zip(rows, confirmed, strict=True) if ok]
        conn.execute(text("DELETE FROM outbox WHERE id = ANY(:ids)"), {"ids": gone})
        refused = [row for row in rows if row.id not in set(gone)]
        if refused:
            _postpone(conn, refused)
        return len(gone)


def _postpone(conn: Connection, rows: Sequence[Row[Any]]) -> None:
    """A missing queue must not stop the others; the row waits here, and the operator hears of it."""
    log.error("unroutable", queues=sorted({row.routing_key for row in rows}), messages=len(rows))
    conn.execute(
        text("UPDATE outbox SET due_at = now() + interval '5 seconds' WHERE id = ANY(:ids)"),
        {"ids": [row.id for row in rows]},
    )


def _outgoing(row: Row[Any]) -> Outgoing:
    return Outgoing(row.exchange, row.routing_key, row.message_id, row.content_type, row.body, row.priority)


def run(engine: Engine, publish: Publish, waker: Waker, stop: threading.Event) -> None:
    """Relay until `stop`: at every NOTIFY, at every due time, and at least once a second."""
    wake = waker.event(OUTBOX)
    while not stop.is_set():
        wake.clear()
        try:
            if relay_once(engine, publish):
                continue
            pause = _pause(engine)
        except (Temporary, *AWAY) as error:
            log.warning("relay waits", error=type(error).__name__)
            stop.wait(1.0)
            continue
        wake.wait(pause)


def _pause(engine: Engine) -> float:
    """Seconds until the next row is due, at most `IDLE_S`."""
    with engine.connect() as conn:
        row = conn.execute(NEXT).one()
    due: datetime | None = row.at
    return IDLE_S if due is None else max(0.001, min(IDLE_S, (due - row.now).total_seconds()))
