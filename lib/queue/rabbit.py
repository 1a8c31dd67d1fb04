"""RabbitMQ: topology, confirmed publishing, consuming with retry and dead-letter queues.

Each queue Q is a quorum queue with Q.retry (messages wait there for their time, then come back) and Q.dead.
"""

import threading
from collections.abc import Sequence
from typing import Any

import pika
import structlog
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPError, NackError, UnroutableError

from lib.errors import Temporary
from lib.queue.model import Again, Dead, Delivered, Done, Handle, Outcome, TopologyShape
from lib.queue.outbox import Outgoing

# pika waits past 45 s on a stopped broker without these; in seconds.
TIMEOUTS = {"socket_timeout": 3, "stack_timeout": 5, "blocked_connection_timeout": 5}
PUBLISHER_HEARTBEAT_S, CONSUMER_HEARTBEAT_S = 10, 60
PERSISTENT = 2
FAILURES, WAITS, REASON = "x-failures", "x-waits", "x-reason"
AWAY = (AMQPError, OSError)
log = structlog.get_logger()


def declare(channel: BlockingChannel, topology: TopologyShape) -> None:
    """Declare exchanges, queues and bindings; declaring what exists does nothing."""
    for exchange in topology.exchanges:
        channel.exchange_declare(exchange.name, exchange.kind, durable=True)
    for queue in topology.queues:
        channel.queue_declare(queue.name, durable=True, arguments=dict(queue.arguments))
    for binding in topology.bindings:
        channel.queue_bind(binding.queue, binding.exchange, binding.routing_key)


class RabbitBroker:
    """One connection a thread; each is opened at need and thrown away at the first error.

    `topology` is declared on every connection; None when another does that.
    """

    def __init__(self, url: str, topology: TopologyShape | None = None) -> None:
        self._url = url
        self._topology = topology
        self._local = threading.local()

    def publish(self, messages: Sequence[Outgoing]) -> list[bool]:
        """Publish persistently with confirms and `mandatory`; see `Broker`."""
        try:
            channel = self._publisher()
            return [_published(channel, message) for message in messages]
        except AWAY as error:
            self._forget()
            raise Temporary("The message broker does not answer now.", retry_after=2) from error

    def consume(self, queue: str, handle: Handle, stop: threading.Event) -> None:
        """Consume until `stop`; reconnects with a pause when the broker goes away."""
        while not stop.is_set():
            try:
                connection = self._connect(CONSUMER_HEARTBEAT_S)
            except AWAY:
                stop.wait(1.0)
                continue
            try:
                _consume(connection, queue, handle, stop)
            except AWAY as error:
                log.warning("broker away", queue=queue, error=type(error).__name__)
                stop.wait(0.5)
            finally:
                _close(connection)

    def depth(self, queue: str) -> int:
        """Messages ready in `queue`."""
        try:
            answer = self._publisher().queue_declare(queue, passive=True)
        except AWAY as error:
            self._forget()
            raise Temporary("The message broker does not answer now.") from error
        return int(answer.method.message_count)

    def ping(self) -> None:
        """A connection that answers; raises Temporary."""
        try:
            _close(self._connect(PUBLISHER_HEARTBEAT_S))
        except AWAY as error:
            raise Temporary("The message broker does not answer now.") from error

    def close(self) -> None:
        """Close this thread's publishing connection, if there is one."""
        self._forget()

    def _connect(self, heartbeat_s: int) -> BlockingConnection:
        parameters = pika.URLParameters(self._url)
        parameters.heartbeat = heartbeat_s
        for name, value in TIMEOUTS.items():
            setattr(parameters, name, value)
        parameters.connection_attempts = 1
        connection = BlockingConnection(parameters)
        if self._topology is not None:
            declare(connection.channel(), self._topology)
        return connection

    def _publisher(self) -> BlockingChannel:
        channel: BlockingChannel | None = getattr(self._local, "channel", None)
        if channel is not None and channel.is_open:
            channel.connection.process_data_events(0)
            return channel
        channel = self._connect(PUBLISHER_HEARTBEAT_S).channel()
        channel.confirm_delivery()
        self._local.channel = channel
        return channel

    def _forget(self) -> None:
        channel: BlockingChannel | None = getattr(self._local, "channel", None)
        self._local.channel = None
        if channel is not None:
            _close(channel.connection)


def _published(channel: BlockingChannel, message: Outgoing) -> bool:
    properties = pika.BasicProperties(
        content_type=message.content_type,
        message_id=message.message_id,
        delivery_mode=PERSISTENT,
        priority=message.priority,
    )
    try:
        channel.basic_publish(
            message.exchange, message.routing_key, message.body.encode(), properties, mandatory=True
        )
    except UnroutableError:
        # An exchange without a subscriber is nobody listening; a queue that is gone would be a loss.
        return message.exchange != ""
    except NackError:
        return False
    return True


def _consume(connection: BlockingConnection, queue: str, handle: Handle, stop: threading.Event) -> None:
    channel = connection.channel()
    channel.basic_qos(prefetch_count=4)
    channel.confirm_delivery()
    for method, properties, body in channel.consume(queue, inactivity_timeout=0.5):
        if stop.is_set():
            channel.cancel()
            return
        if method is None or properties is None or body is None:
            continue
        message = _delivered(queue, method, properties, body)
        _settle(channel, method.delivery_tag, message, properties, handle(message))


def _delivered(queue: str, method: Any, properties: pika.BasicProperties, body: bytes) -> Delivered:
    headers = dict(properties.headers or {})
    return Delivered(
        queue=queue,
        body=body,
        content_type=properties.content_type or "application/json",
        message_id=properties.message_id or None,
        routing_key=str(headers.get("x-routing-key") or method.routing_key),
        headers={k: str(v) for k, v in headers.items() if isinstance(v, str | int | float)},
        failures=_count(headers.get(FAILURES)),
        waits=_count(headers.get(WAITS)),
    )


def _count(value: object) -> int:
    """A header of ours; whatever else a publisher put there counts as nothing."""
    return value if isinstance(value, int) and value >= 0 else 0


def _settle(
    channel: BlockingChannel, tag: int, message: Delivered, properties: pika.BasicProperties, outcome: Outcome
) -> None:
    """Publish the copy first, acknowledge after: a crash between the two repeats, and never loses."""
    headers = {**(properties.headers or {}), "x-routing-key": message.routing_key}
    properties.delivery_mode = PERSISTENT
    match outcome:
        case Done():
            pass
        case Again(after_s, counted):
            headers |= {FAILURES: message.failures + int(counted), WAITS: message.waits + 1}
            properties.headers, properties.expiration = headers, str(max(1, int(after_s * 1000)))
            channel.basic_publish("", f"{message.queue}.retry", message.body, properties, mandatory=True)
        case Dead(reason):
            properties.headers, properties.expiration = {**headers, REASON: reason}, None
            channel.basic_publish("", f"{message.queue}.dead", message.body, properties, mandatory=True)
    channel.basic_ack(tag)


def _close(connection: BlockingConnection) -> None:
    try:
        connection.close()
    except AWAY:
        return
