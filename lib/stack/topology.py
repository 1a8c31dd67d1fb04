"""What the broker must hold, as plain data: exchanges, queues with their arguments, bindings."""

from dataclasses import dataclass, field

from lib.stack.model import Stack

EVENTS = "repitbot_events"
NOTIFICATIONS = "repitbot_notifications"
DELIVERY_LIMIT = 20
"""A net for messages that kill their consumer: RabbitMQ before 4.0 would deliver them for ever."""


@dataclass(frozen=True)
class Exchange:
    """A durable exchange."""

    name: str
    kind: str = "topic"


@dataclass(frozen=True)
class Queue:
    """A durable queue and its `x-…` arguments."""

    name: str
    arguments: dict[str, str | int] = field(hash=False)


@dataclass(frozen=True)
class Binding:
    """Messages of `exchange` under `routing_key` go to `queue`."""

    exchange: str
    queue: str
    routing_key: str


@dataclass(frozen=True)
class Topology:
    """Everything that is declared."""

    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...]


def topology(stack: Stack) -> Topology:
    """The topology that the functions' queues need; queues called `….events` take every platform event."""
    return Topology(
        exchanges=(Exchange(EVENTS), Exchange(NOTIFICATIONS)),
        queues=tuple(queue for name in stack.queues for queue in _family(name)),
        bindings=tuple(Binding(EVENTS, name, "#") for name in stack.queues if name.endswith(".events")),
    )


def _family(name: str) -> tuple[Queue, Queue, Queue]:
    """A queue, where its messages wait for another try, and where they end."""
    main = _dead_lettered_to(f"{name}.dead") | {"x-delivery-limit": DELIVERY_LIMIT}
    retry = _dead_lettered_to(name)
    return Queue(name, main), Queue(f"{name}.retry", retry), Queue(f"{name}.dead", {"x-queue-type": "quorum"})


def _dead_lettered_to(name: str) -> dict[str, str | int]:
    return {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": name,
        "x-dead-letter-strategy": "at-least-once",
        # With the default overflow, drop-head, at-least-once silently becomes at-most-once.
        "x-overflow": "reject-publish",
    }
