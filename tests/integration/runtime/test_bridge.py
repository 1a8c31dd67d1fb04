"""The bridge between queues, schedules and functions: over the embedded queue and over RabbitMQ alike."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pika
import pytest
from sqlalchemy import create_engine, text

from lib.queue import outbox
from lib.runtime.bridge import Bridge
from lib.runtime.settings import Settings
from lib.runtime.ticker import tick
from lib.stack.model import FunctionSpec, Resources, Scale, Stack
from tests.integration.runtime.listener import Answer, Listener, Request

QUEUE = "notifications.email"


def function(name: str, queue: str | None = None, schedule: str | None = None) -> FunctionSpec:
    some = Resources("64Mi", "50m")
    module = name.replace("-", "_")
    return FunctionSpec(
        name, module, "i:1", (), queue, schedule, 2, 5, (), (), (), some, some, Scale(1, 1, False)
    )


STACK = Stack((function("send-email", QUEUE), function("aggregate-events", "analytics.events")))


class School:
    """A bridge over a database of its own, in front of a listener that plays every function."""

    def __init__(
        self,
        database_url: str,
        rabbitmq_url: str,
        listener: Listener,
        stack: Stack = STACK,
        *,
        queues: bool = True,
    ) -> None:
        self.listener = listener
        self.rabbitmq_url = rabbitmq_url
        self._engine = create_engine(database_url)
        settings = {"database_url": database_url, "rabbitmq_url": rabbitmq_url, "environment": "test"}
        told = Settings(**settings, function_url=listener.template)  # type: ignore[arg-type]  # texts all
        self.bridge = Bridge(told, stack, queues=queues)

    def say(self, event_id: str = "e-1", **data: Any) -> None:
        """Write one event into the outbox, as a function does."""
        with self._engine.begin() as conn:
            outbox.add(conn, [outbox.message("delivery.due", event_id, data, queue=QUEUE)])

    def rows(self, statement: str) -> list[Any]:
        """What the database says."""
        with self._engine.connect() as conn:
            return [tuple(row) for row in conn.execute(text(statement))]

    def waiting(self) -> int:
        """Messages in the outbox and in the queue."""
        return int(self.rows("SELECT count(*) FROM outbox")[0][0]) + self.bridge._broker.depth(QUEUE)

    def heard(self, path: str = "/function/send-email/") -> list[Request]:
        """What the function was asked."""
        return [request for request in self.listener.requests if request.path == path]

    def __enter__(self) -> "School":
        self.bridge.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.bridge.close(10)
        self._engine.dispose()


def eventually(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


@pytest.fixture(params=["embedded", "rabbitmq"])
def broker_url(request: pytest.FixtureRequest) -> str:
    """RABBITMQ_URL: empty for the embedded queue."""
    return "" if request.param == "embedded" else str(request.getfixturevalue("rabbitmq_url"))


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Every function; it says 200 until told otherwise."""
    with Listener() as running:
        yield running


@pytest.fixture
def school(database_url: str, broker_url: str, listener: Listener) -> Iterator[School]:
    """A running bridge."""
    with School(database_url, broker_url, listener) as running:
        yield running


def test_what_is_written_into_the_outbox_reaches_its_function_once_and_is_gone(school: School) -> None:
    for number in range(20):
        school.say(f"e-{number}", n=number)
    eventually(lambda: len(school.heard()) >= 20 and school.waiting() == 0)
    assert sorted(r.headers["x-message-id"] for r in school.heard()) == sorted(f"e-{n}" for n in range(20))
    first = school.heard()[0]
    assert (first.headers["content-type"], first.headers["x-topic"]) == (
        "application/cloudevents+json",
        QUEUE,
    )
    assert first.headers["x-routing-key"] == QUEUE
    assert first.headers["x-message-id"].encode() in first.body
    assert school.rows("SELECT * FROM dead_letters") == []


def test_beside_a_platforms_connector_it_fills_the_queue_and_lists_what_is_dead(
    database_url: str, broker_url: str, listener: Listener
) -> None:
    with School(database_url, broker_url, listener, queues=False) as school:
        school.say()
        with school._engine.begin() as conn:
            outbox.add(conn, [outbox.message("delivery.due", "e-dead", {}, queue=f"{QUEUE}.dead")])
        eventually(lambda: school.rows("SELECT queue FROM dead_letters") == [(QUEUE,)])
        eventually(lambda: school.bridge._broker.depth(QUEUE) == 1)
        assert school.heard() == []


def test_a_503_brings_the_message_back_after_the_time_it_names_and_blames_nobody(school: School) -> None:
    times: list[float] = []

    def decide(_: Request) -> Answer:
        times.append(time.monotonic())
        return Answer(200) if len(times) > 2 else Answer(503, retry_after=1)

    school.listener.decide = decide
    school.say()
    eventually(lambda: len(times) == 3 and school.waiting() == 0)
    assert all(0.95 <= later - earlier < 4 for earlier, later in pairwise(times))
    assert {r.headers["x-message-id"] for r in school.heard()} == {"e-1"}
    assert school.rows("SELECT * FROM dead_letters") == []


@contextmanager
def both(new_database: Callable[[], str], rabbitmq_url: str, decide: Any) -> Iterator[list[School]]:
    with (
        Listener(decide) as one,
        Listener(decide) as other,
        School(new_database(), "", one) as embedded,
        School(new_database(), rabbitmq_url, other) as rabbit,
    ):
        yield [embedded, rabbit]


def test_a_message_that_fails_five_times_is_put_where_people_look_with_its_reason(
    new_database: Callable[[], str], rabbitmq_url: str
) -> None:
    with both(new_database, rabbitmq_url, lambda _: Answer(500)) as schools:
        for school in schools:
            school.say(n=1)
        parked = "SELECT queue, reason, headers ->> 'message_id', body FROM dead_letters"
        eventually(lambda: all(school.rows(parked) for school in schools), 60)
        for school in schools:
            ((queue, reason, message_id, body),) = school.rows(parked)
            assert (queue, reason, message_id) == (QUEUE, "the function answered 500, 5 times", "e-1")
            assert body.encode() == school.heard()[0].body
            assert len(school.heard()) == 5
            eventually(lambda school=school: school.waiting() == 0)  # type: ignore[misc]  # bound here on purpose


def test_while_the_function_is_away_the_message_waits_and_no_try_is_counted(
    database_url: str, broker_url: str, free_port: int
) -> None:
    away = Listener(port=free_port)
    away.server_close()
    with School(database_url, broker_url, away) as school:
        school.say()
        eventually(lambda: school.rows("SELECT count(*) FROM outbox") == [(0,)])
        # It is back after some refusals: the pause between them grows from half a second.
        assert not school.bridge.stop.wait(2)
        with Listener(port=free_port) as back:
            eventually(lambda: len(back.requests) == 1 and school.waiting() == 0, 40)
        assert school.rows("SELECT * FROM dead_letters") == []


def test_one_message_that_waits_holds_up_no_other(school: School) -> None:
    def decide(request: Request) -> Answer:
        return Answer(503, retry_after=60) if request.headers["x-message-id"] == "e-0" else Answer(200)

    school.listener.decide = decide
    for number in range(10):
        school.say(f"e-{number}")
    eventually(
        lambda: {r.headers["x-message-id"] for r in school.heard()} == {f"e-{n}" for n in range(10)}, 10
    )


def test_an_ending_bridge_finishes_what_it_holds(database_url: str, broker_url: str) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def decide(_: Request) -> Answer:
        arrived.set()
        go_on.wait(10)
        return Answer(200)

    with Listener(decide) as listener:
        school = School(database_url, broker_url, listener)
        with school:
            school.say()
            assert arrived.wait(20)
            closing = threading.Thread(target=school.bridge.close, args=(10,))
            closing.start()
            eventually(school.bridge.stop.is_set)
            go_on.set()
            closing.join(15)
            assert not closing.is_alive()
            assert (len(school.heard()), school.waiting()) == (1, 0)


def test_a_publishers_event_in_binary_mode_keeps_its_attributes_and_its_routing_key(
    database_url: str, rabbitmq_url: str, listener: Listener
) -> None:
    with School(database_url, rabbitmq_url, listener) as school:
        school.bridge._broker.depth(QUEUE)
        attributes = {
            "cloudEvents:specversion": "1.0",
            "cloudEvents:id": "b-1",
            "cloudEvents:type": "lesson.created",
        }
        properties = pika.BasicProperties(
            headers=attributes, content_type="application/json", message_id="m-1"
        )
        connection = pika.BlockingConnection(pika.URLParameters(rabbitmq_url))
        connection.channel().basic_publish("repitbot_events", "lesson.created", b"{}", properties)
        connection.close()
        eventually(lambda: len(school.heard("/function/aggregate-events/")) == 1)
        headers = school.heard("/function/aggregate-events/")[0].headers
    assert (headers["ce-specversion"], headers["ce-id"], headers["ce-type"]) == (
        "1.0",
        "b-1",
        "lesson.created",
    )
    assert (headers["x-message-id"], headers["x-routing-key"]) == ("m-1", "lesson.created")


def test_what_the_broker_itself_puts_aside_is_listed_too(
    database_url: str, rabbitmq_url: str, listener: Listener
) -> None:
    with School(database_url, rabbitmq_url, listener) as school:
        school.bridge._broker.depth(QUEUE)
        connection = pika.BlockingConnection(pika.URLParameters(rabbitmq_url))
        connection.channel().basic_publish(
            "", f"{QUEUE}.dead", b"poison", pika.BasicProperties(message_id="m-1")
        )
        connection.close()
        eventually(lambda: len(school.rows("SELECT * FROM dead_letters")) == 1)
        assert school.rows("SELECT queue, reason, body FROM dead_letters") == [
            (QUEUE, "the broker's delivery limit was reached", "poison")
        ]


def test_a_schedule_rings_its_function_at_the_start(database_url: str, listener: Listener) -> None:
    stack = Stack((function("run-schedules", schedule="0 0 1 1 *"),))
    with School(database_url, "", listener, stack) as school:
        eventually(lambda: len(school.heard("/function/run-schedules/")) == 1)
        (ring,) = school.heard("/function/run-schedules/")
    assert (ring.headers["x-topic"], ring.body) == ("cron-function", b"")


def test_a_schedule_rings_at_every_time_of_its_expression_until_it_is_stopped() -> None:
    rings: list[float] = []
    stop = threading.Event()
    # Six fields: the last one counts seconds.
    thread = threading.Thread(target=tick, args=("* * * * * *", lambda: rings.append(time.time()), stop))
    thread.start()
    eventually(lambda: len(rings) >= 4)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert all(moment % 1 < 0.5 for moment in rings[1:4])
    assert [int(later) - int(earlier) for earlier, later in pairwise(rings[1:4])] == [
        1,
        1,
    ]
