"""Both brokers do the same: the same tests over RabbitMQ and over the embedded queue."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pika
import pytest
from sqlalchemy import create_engine

from lib.queue.embedded import EmbeddedBroker
from lib.queue.model import Again, Broker, Dead, Delivered, Done, Outcome
from lib.queue.outbox import Outgoing
from lib.queue.rabbit import RabbitBroker
from lib.queue.waker import Waker
from lib.stack import Stack
from lib.stack.topology import topology

QUEUE = "notifications.email"


@pytest.fixture(params=["rabbitmq", "embedded"])
def broker(request: pytest.FixtureRequest, stack: Stack) -> Iterator[Broker]:
    """One of the two, with the project's topology."""
    if request.param == "rabbitmq":
        found: Broker = RabbitBroker(request.getfixturevalue("rabbitmq_url"), topology(stack))
        found.publish([])
        yield found
        return
    url = request.getfixturevalue("database_url")
    waker, stop = Waker(url), threading.Event()
    listener = threading.Thread(target=waker.run, args=(stop,))
    listener.start()
    yield EmbeddedBroker(create_engine(url), topology(stack), waker)
    stop.set()
    listener.join()


class Consumer:
    """Consumes in a thread; `decide` says what becomes of each message."""

    def __init__(self, broker: Broker, queue: str, decide: Callable[[Delivered], Outcome]) -> None:
        self.seen: list[Delivered] = []
        self._decide = decide
        self._stop = threading.Event()
        self._thread = threading.Thread(target=broker.consume, args=(queue, self._handle, self._stop))

    def _handle(self, message: Delivered) -> Outcome:
        self.seen.append(message)
        return self._decide(message)

    def __enter__(self) -> "Consumer":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._stop.set()
        self._thread.join()

    def wait_for(self, count: int, seconds: float = 15) -> list[Delivered]:
        """Wait until `count` messages were seen."""
        eventually(lambda: len(self.seen) >= count, seconds)
        return self.seen


def eventually(holds: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)


def outgoing(number: int = 1, routing_key: str = QUEUE, exchange: str = "") -> Outgoing:
    return Outgoing(exchange, routing_key, f"m-{number}", "application/json", f'{{"n": {number}}}')


def test_a_message_arrives_with_its_id_type_and_body(broker: Broker) -> None:
    assert broker.publish([outgoing()]) == [True]
    with Consumer(broker, QUEUE, lambda _: Done()) as consumer:
        (message,) = consumer.wait_for(1)
        assert (message.message_id, message.content_type, message.body) == (
            "m-1",
            "application/json",
            b'{"n": 1}',
        )
        eventually(lambda: broker.depth(QUEUE) == 0)


def test_an_event_on_the_exchange_reaches_both_bound_queues_with_its_routing_key(broker: Broker) -> None:
    assert broker.publish([outgoing(routing_key="lesson.created", exchange="repitbot_events")]) == [True]
    for queue in ("analytics.events", "notifications.events"):
        with Consumer(broker, queue, lambda _: Done()) as consumer:
            assert consumer.wait_for(1)[0].routing_key == "lesson.created"


def test_a_message_for_a_queue_that_does_not_exist_is_never_confirmed(broker: Broker) -> None:
    assert broker.publish([outgoing(1, "no.such.queue"), outgoing(2)]) == [False, True]


def test_an_announcement_that_nobody_listens_to_is_done(broker: Broker) -> None:
    assert broker.publish([outgoing(routing_key="notification.sent", exchange="repitbot_notifications")]) == [
        True
    ]


def test_again_brings_it_back_after_its_time_and_counts_only_what_is_its_own_fault(broker: Broker) -> None:
    def decide(message: Delivered) -> Outcome:
        outcomes: list[Outcome] = [Again(0.3), Again(0.1, counted=True), Done()]
        return outcomes[message.waits]

    broker.publish([outgoing()])
    started = time.monotonic()
    with Consumer(broker, QUEUE, decide) as consumer:
        seen = consumer.wait_for(3)
        assert time.monotonic() - started >= 0.4
        assert [(m.waits, m.failures) for m in seen] == [(0, 0), (1, 0), (2, 1)]
        assert {m.message_id for m in seen} == {"m-1"}


def test_a_waiting_message_does_not_hold_up_the_next_one(broker: Broker) -> None:
    broker.publish([outgoing(1), outgoing(2)])
    with Consumer(broker, QUEUE, lambda m: Again(60) if m.message_id == "m-1" else Done()) as consumer:
        assert [m.message_id for m in consumer.wait_for(2, seconds=5)] == ["m-1", "m-2"]


def test_dead_moves_it_to_the_dead_letters_with_its_reason(broker: Broker) -> None:
    broker.publish([outgoing()])
    with Consumer(broker, QUEUE, lambda _: Dead("cannot be read")) as consumer:
        consumer.wait_for(1)
    with Consumer(broker, f"{QUEUE}.dead", lambda _: Done()) as dead:
        (message,) = dead.wait_for(1)
        assert (message.body, message.headers["x-reason"]) == (b'{"n": 1}', "cannot be read")


def test_several_consumers_share_the_work_and_each_message_is_handled_once(broker: Broker) -> None:
    broker.publish([outgoing(i) for i in range(60)])
    consumers = [Consumer(broker, QUEUE, lambda _: Done()) for _ in range(4)]
    for consumer in consumers:
        consumer.__enter__()
    eventually(lambda: sum(len(c.seen) for c in consumers) >= 60)
    eventually(lambda: broker.depth(QUEUE) == 0)
    for consumer in consumers:
        consumer.__exit__()
    assert sorted(m.message_id or "" for c in consumers for m in c.seen) == sorted(
        f"m-{i}" for i in range(60)
    )


def test_a_strangers_value_in_our_headers_counts_as_nothing(rabbitmq_url: str, stack: Stack) -> None:
    broker = RabbitBroker(rabbitmq_url, topology(stack))
    broker.publish([])
    with pika.BlockingConnection(pika.URLParameters(rabbitmq_url)) as connection:
        headers = {"x-failures": "many", "x-waits": -3}
        connection.channel().basic_publish("", QUEUE, b"{}", pika.BasicProperties(headers=headers))
    with Consumer(broker, QUEUE, lambda _: Done()) as consumer:
        (message,) = consumer.wait_for(1)
        assert (message.failures, message.waits) == (0, 0)
