"""How much waits in RabbitMQ."""

from functions.serve_console.queues import QUEUES, depths
from lib.queue.outbox import Outgoing
from lib.queue.rabbit import RabbitBroker
from lib.stack import Stack
from lib.stack.topology import topology


def test_what_waits_is_counted_with_what_waits_for_another_try(rabbitmq_url: str, stack: Stack) -> None:
    broker = RabbitBroker(rabbitmq_url, topology(stack))
    for name in ("notifications.email", "notifications.email", "notifications.email.retry"):
        broker.publish([Outgoing("", name, "m", "application/json", "{}")])
    broker.close()
    found = depths(rabbitmq_url)
    assert found == dict.fromkeys(QUEUES, 0) | {"notifications.email": 3}


def test_while_the_broker_is_away_nothing_is_said(free_port: int) -> None:
    assert depths(f"amqp://guest:guest@127.0.0.1:{free_port}/") == {}
