"""`python -m lib.runtime.bridge`: queues and schedules → HTTP, outbox → queue.

What OpenFaaS' and Knative's connectors do there, for Compose and for one machine. It keeps no state: every
message it holds is claimed from the broker and settled only after the function answered.
"""

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine

from lib.db import dead_letters
from lib.db.engine import connect
from lib.domain.catalogue import PRIORITIES
from lib.queue import relay
from lib.queue.embedded import EmbeddedBroker
from lib.queue.model import Again, Broker, Delivered, Done, Outcome
from lib.queue.outbox import Outgoing
from lib.queue.rabbit import RabbitBroker
from lib.queue.waker import Waker
from lib.runtime import liveness
from lib.runtime.courier import Courier
from lib.runtime.logs import configure
from lib.runtime.settings import Settings, SettingsError, load
from lib.runtime.ticker import tick
from lib.stack import Stack
from lib.stack import load as load_stack
from lib.stack.topology import topology

log = structlog.get_logger()


class Bridge:
    """All consumers, the outbox relay and the schedules, each in a thread of its own."""

    def __init__(self, settings: Settings, stack: Stack, *, sole: bool = False, queues: bool = True) -> None:
        """`sole`: no other bridge runs, so that what the embedded queue holds as taken is free. `queues`: bring the
        queues' messages to the functions; not where a platform's own connector does."""
        self._stack = stack
        self._queues = queues
        self._engine: Engine = connect(settings.database_url, pool_size=16)
        self._waker = Waker(settings.database_url)
        self._embedded: EmbeddedBroker | None = None
        if not settings.rabbitmq_url:
            self._embedded = EmbeddedBroker(self._engine, topology(stack), self._waker)
            if sole:
                self._embedded.release()
        self._broker: Broker = self._embedded or RabbitBroker(settings.rabbitmq_url, topology(stack))
        self._courier = Courier(settings.function_url)
        self.stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start every thread; returns at once."""
        self._spawn("waker", lambda: self._waker.run(self.stop))
        self._spawn("relay", lambda: relay.run(self._engine, self._publish, self._waker, self.stop))
        for function in self._stack.functions:
            if function.queue:
                deliver = self._courier.delivering_to(function.name, timeout_s=function.timeout_seconds)
                for number in range(function.concurrency if self._queues else 0):
                    # The others may all be waiting for a turn with what is not urgent.
                    least = PRIORITIES["high"] if 0 < number == function.concurrency - 1 else 0
                    self._consume(f"{function.queue}-{number}", function.queue, deliver, least)
                self._consume(f"{function.queue}.dead", f"{function.queue}.dead", self._park)
            if function.schedule:
                ring = self._courier.ringing(function.name, timeout_s=function.timeout_seconds)
                self._spawn(f"schedule-{function.name}", _ticking(function.schedule, ring, self.stop))

    def missing(self) -> list[str]:
        """The names of the threads that have ended though nobody asked them to."""
        return [thread.name for thread in self._threads if not thread.is_alive() and not self.stop.is_set()]

    def close(self, timeout_s: float = 25.0) -> None:
        """Let every thread finish what it holds, for at most `timeout_s` each."""
        self.stop.set()
        self._waker.wake_all()
        for thread in self._threads:
            thread.join(timeout_s)

    def _consume(self, name: str, queue: str, handle: Callable[[Delivered], Outcome], least: int = 0) -> None:
        if self._embedded is not None:
            embedded = self._embedded
            self._spawn(name, lambda: embedded.consume(queue, handle, self.stop, least=least))
        else:
            # Quorum queues of RabbitMQ 3 know no priorities: there every consumer takes what comes.
            self._spawn(name, lambda: self._broker.consume(queue, handle, self.stop))

    def _spawn(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=_guarded(name, run), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _publish(self, conn: Connection, messages: Sequence[Outgoing]) -> Sequence[bool]:
        """Into the embedded queue in the relay's own transaction; to RabbitMQ with confirms."""
        if self._embedded is not None:
            return [self._embedded.put(conn, message) for message in messages]
        return self._broker.publish(messages)

    def _park(self, message: Delivered) -> Outcome:
        """What the broker put aside goes where people look: the table that the API lists."""
        reason = message.headers.get("x-reason") or "the broker's delivery limit was reached"
        try:
            with self._engine.begin() as conn:
                dead_letters.park(
                    conn,
                    queue=message.queue.removesuffix(".dead"),
                    reason=reason,
                    body=message.body,
                    content_type=message.content_type,
                    message_id=message.message_id,
                    routing_key=message.routing_key,
                )
        except relay.AWAY:
            return Again(5.0)
        return Done()


def _guarded(name: str, run: Callable[[], None]) -> Callable[[], None]:
    def guarded() -> None:
        try:
            run()
        except Exception:
            # A bridge that lost a thread looks alive and is not: better to end and be started again.
            log.exception("bridge thread died", thread=name)
            signal.raise_signal(signal.SIGTERM)
            raise

    return guarded


def _ticking(schedule: str, ring: Callable[[], None], stop: threading.Event) -> Callable[[], None]:
    return lambda: tick(schedule, ring, stop)


def run(
    settings: Settings, stack: Stack, *, sole: bool = False, queues: bool = True, port: int | None = None
) -> None:
    """Bridge until SIGTERM or SIGINT; with a port, tell there how it is. Raises OSError when it is taken."""
    bridge = Bridge(settings, stack, sole=sole, queues=queues)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: bridge.stop.set())
    bridge.start()
    if port is not None:
        liveness.serve(port, bridge.missing)
    bridge.stop.wait()
    bridge.close()


def main() -> int:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m lib.runtime.bridge", description=__doc__)
    parser.add_argument("--stack", type=Path, default=Path("stack.yml"), help="default: stack.yml")
    parser.add_argument(
        "--without-queues",
        action="store_true",
        help="leave the queues to a platform's own connector; relay the outbox, ring the schedules, list what is dead",
    )
    parser.add_argument("--port", type=int, help="answer /_/health and /_/metrics there; default: nowhere")
    arguments = parser.parse_args()
    try:
        settings = load()
        configure(settings)
        if not settings.database_url:
            raise SettingsError("DATABASE_URL is not set: the bridge relays the outbox from there.")
        run(settings, load_stack(arguments.stack), queues=not arguments.without_queues, port=arguments.port)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
