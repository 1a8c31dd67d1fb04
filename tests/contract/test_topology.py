"""definitions.json and what our own code declares are the same to a real broker: it refuses any difference."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pika

from functions.serve_console.queues import QUEUES
from lib.queue.rabbit import declare
from lib.stack import Stack, topology
from lib.stack.render.broker import definitions
from tests.servers.rabbitmq import RabbitServer


def test_the_broker_takes_our_declarations_over_the_imported_definitions(
    rabbitmq: RabbitServer, rabbitmq_url: str, stack: Stack, tmp_path: Path
) -> None:
    vhost = rabbitmq_url.rsplit("/", 1)[1]
    (tmp_path / "definitions.json").write_text(definitions(stack, vhost))
    rabbitmq.ctl("import_definitions", str(tmp_path / "definitions.json"))
    listed = rabbitmq.ctl("list_queues", "-p", vhost, "--no-table-headers", "name").split()
    assert sorted(listed) == sorted(queue.name for queue in topology(stack).queues)
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(rabbitmq_url))) as connection:
        declare(connection.channel(), topology(stack))


def test_an_event_reaches_both_sides_and_a_refused_message_ends_in_the_dead_queue(
    rabbitmq_url: str, stack: Stack
) -> None:
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(rabbitmq_url))) as connection:
        channel = connection.channel()
        declare(channel, topology(stack))
        channel.confirm_delivery()
        channel.basic_publish("repitbot_events", "lesson.created", b"{}", mandatory=True)
        channel.basic_publish("", "notifications.email", b"poison", mandatory=True)
        assert [
            body for _, _, body in (first(channel, q) for q in ("analytics.events", "notifications.events"))
        ] == [
            b"{}",
            b"{}",
        ]
        method, _, _ = first(channel, "notifications.email")
        channel.basic_reject(method.delivery_tag, requeue=False)
        assert first(channel, "notifications.email.dead")[2] == b"poison"


def test_a_message_in_the_retry_queue_comes_back_after_its_time(rabbitmq_url: str, stack: Stack) -> None:
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(rabbitmq_url))) as connection:
        channel = connection.channel()
        declare(channel, topology(stack))
        channel.confirm_delivery()
        soon = pika.BasicProperties(expiration="50")
        channel.basic_publish("", "notifications.email.retry", b"again", soon, mandatory=True)
        assert first(channel, "notifications.email")[2] == b"again"


def first(
    channel: pika.channel.Channel, queue: str
) -> tuple[pika.spec.Basic.Deliver, pika.BasicProperties, bytes]:
    """The first message that arrives within 10 s."""
    for method, properties, body in channel.consume(queue, inactivity_timeout=10):
        channel.cancel()
        assert body is not None, f"nothing came to {queue}"
        return method, properties, body
    raise AssertionError(queue)


def test_the_console_measures_the_queues_of_the_stack(stack: Stack) -> None:
    assert set(QUEUES) == set(stack.queues)
