"""The embedded queue: RabbitMQ's part played by the database, for one machine without a broker."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Row, exc, text

from lib.errors import Temporary
from lib.queue.model import Again, Dead, Delivered, Done, Handle, Outcome, TopologyShape
from lib.queue.outbox import Outgoing
from lib.queue.waker import Waker

# Longer than any function may take; a bridge that was killed gives its messages back when it starts again.
LEASE_S = 150
IDLE_S = 1.0
AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)

CLAIM = text(
    "UPDATE queue_messages SET lease_until = now() + make_interval(secs => :lease), attempts = attempts + 1 "
    "WHERE id = (SELECT id FROM queue_messages WHERE queue = :queue AND due_at <= now() AND priority >= :least "
    "AND (lease_until IS NULL OR lease_until < now()) ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED) "
    "RETURNING id, body, content_type, message_id, routing_key, headers"
)
INSERT = text(
    "INSERT INTO queue_messages (queue, message_id, routing_key, content_type, body, priority, headers) "
    "VALUES (:queue, :message_id, :routing_key, :content_type, :body, :priority, CAST(:headers AS jsonb))"
)


class EmbeddedBroker:
    """The interface of `lib.queue.model.Broker` over the table queue_messages."""

    def __init__(self, engine: Engine, topology: TopologyShape, waker: Waker) -> None:
        self._engine = engine
        self._queues = {queue.name for queue in topology.queues}
        self._bindings = [(binding.exchange, binding.queue) for binding in topology.bindings]
        self._waker = waker

    def publish(self, messages: Sequence[Outgoing]) -> list[bool]:
        """All or none, durable when it returns; see `Broker`."""
        with _reachable(), self._engine.begin() as conn:
            return [self.put(conn, message) for message in messages]

    def put(self, conn: Connection, message: Outgoing) -> bool:
        """Publish in the caller's transaction; False when the queue named does not exist."""
        targets = [queue for exchange, queue in self._bindings if exchange == message.exchange]
        if message.exchange == "":
            targets = [message.routing_key]
        if not self._queues.issuperset(targets):
            return False
        for queue in targets:
            conn.execute(INSERT, {**_columns(message), "queue": queue, "headers": "{}"})
            conn.execute(text("SELECT pg_notify('queue', :queue)"), {"queue": queue})
        return True

    def consume(self, queue: str, handle: Handle, stop: threading.Event, *, least: int = 0) -> None:
        """Claim, handle, settle, until `stop`; nothing of a priority below `least`."""
        wake = self._waker.event(f"queue:{queue}")
        while not stop.is_set():
            wake.clear()
            try:
                worked = self._one(queue, handle, least)
            except AWAY:
                worked = False
            if not worked:
                wake.wait(IDLE_S)

    def _one(self, queue: str, handle: Handle, least: int) -> bool:
        with self._engine.begin() as conn:
            row = conn.execute(CLAIM, {"queue": queue, "lease": LEASE_S, "least": least}).first()
        if row is None:
            return False
        message = _delivered(queue, row)
        outcome = handle(message)
        with self._engine.begin() as conn:
            _settle(conn, row.id, message, outcome)
        return True

    def release(self) -> None:
        """Give back what a killed bridge had claimed. Only for a sole bridge, at its start."""
        with self._engine.begin() as conn:
            conn.execute(text("UPDATE queue_messages SET lease_until = NULL WHERE lease_until IS NOT NULL"))

    def depth(self, queue: str) -> int:
        """Messages in `queue`, waiting or claimed."""
        with _reachable(), self._engine.connect() as conn:
            count = conn.execute(text("SELECT count(*) FROM queue_messages WHERE queue = :q"), {"q": queue})
            return int(count.scalar_one())

    def ping(self) -> None:
        """Raises Temporary when the database does not answer."""
        with _reachable(), self._engine.connect() as conn:
            conn.execute(text("SELECT 1"))


def _columns(message: Outgoing) -> dict[str, object]:
    return {
        "message_id": message.message_id,
        "routing_key": message.routing_key,
        "content_type": message.content_type,
        "body": message.body,
        "priority": message.priority,
    }


def _delivered(queue: str, row: Row[tuple[object, ...]]) -> Delivered:
    headers = row.headers
    return Delivered(
        queue=queue,
        body=row.body.encode(),
        content_type=row.content_type,
        message_id=row.message_id,
        routing_key=row.routing_key,
        headers={k: str(v) for k, v in headers.items()},
        failures=int(headers.get("failures", 0)),
        waits=int(headers.get("waits", 0)),
    )


def _settle(conn: Connection, row_id: int, message: Delivered, outcome: Outcome) -> None:
    match outcome:
        case Done():
            conn.execute(text("DELETE FROM queue_messages WHERE id = :id"), {"id": row_id})
        case Again(after_s, counted):
            headers = {"failures": message.failures + int(counted), "waits": message.waits + 1}
            conn.execute(
                text(
                    "UPDATE queue_messages SET lease_until = NULL, headers = CAST(:headers AS jsonb), "
                    "due_at = now() + make_interval(secs => :after) WHERE id = :id"
                ),
                {"id": row_id, "after": after_s, "headers": json.dumps(headers)},
            )
        case Dead(reason):
            conn.execute(
                text(
                    "UPDATE queue_messages SET lease_until = NULL, queue = queue || '.dead', "
                    "headers = jsonb_build_object('x-reason', CAST(:reason AS text)) WHERE id = :id"
                ),
                {"id": row_id, "reason": reason},
            )


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except AWAY as error:
        raise Temporary("The database does not answer now.") from error
