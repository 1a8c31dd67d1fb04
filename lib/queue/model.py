"""What a queue hands over, what may become of it, and the interface both brokers have."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lib.queue.outbox import Outgoing


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message. `failures` counts earlier tries that failed for a reason of the message's own."""

    queue: str
    body: bytes
    content_type: str
    message_id: str | None = None
    routing_key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    failures: int = 0
    waits: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """An outcome is recorded; the message may go."""


@dataclass(frozen=True, slots=True)
class Again:
    """Try again in `after_s` seconds. `counted`: the message, not its surroundings, seems to be at fault."""

    after_s: float
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Dead:
    """Put it aside with a reason."""

    reason: str


class ExchangeShape(Protocol):
    """A durable exchange."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...


class QueueShape(Protocol):
    """A durable queue and its `x-…` arguments."""

    @property
    def name(self) -> str: ...
    @property
    def arguments(self) -> Mapping[str, str | int]: ...


class BindingShape(Protocol):
    """Messages of `exchange` under `routing_key` go to `queue`."""

    @property
    def exchange(self) -> str: ...
    @property
    def queue(self) -> str: ...
    @property
    def routing_key(self) -> str: ...


class TopologyShape(Protocol):
    """What a broker must hold. `lib.stack.topology` derives it from stack.yml."""

    @property
    def exchanges(self) -> Sequence[ExchangeShape]: ...
    @property
    def queues(self) -> Sequence[QueueShape]: ...
    @property
    def bindings(self) -> Sequence[BindingShape]: ...


Outcome = Done | Again | Dead
Handle = Callable[[Delivered], Outcome]


class Broker(Protocol):
    """Publishing is confirmed when it returns; consuming blocks until `stop` is set."""

    def publish(self, messages: Sequence[Outgoing]) -> list[bool]:
        """For each message in order: whether the broker has it. Raises Temporary when it is away."""
        ...

    def consume(self, queue: str, handle: Handle, stop: threading.Event) -> None:
        """Hand messages to `handle`, one at a time in this thread, and record the outcome before the next."""
        ...

    def depth(self, queue: str) -> int:
        """How many messages wait. Raises Temporary when the broker is away."""
        ...

    def ping(self) -> None:
        """Raises Temporary when the broker does not answer."""
        ...
