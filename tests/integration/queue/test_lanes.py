"""The embedded queue keeps a consumer free for what is urgent."""

import threading
from dataclasses import replace

from sqlalchemy import create_engine, text

from lib.queue.embedded import EmbeddedBroker
from lib.queue.model import Delivered, Done, Outcome
from lib.queue.outbox import Outgoing
from lib.queue.waker import Waker
from lib.stack import Stack
from lib.stack.topology import topology

QUEUE = "notifications.email"


def test_a_consumer_of_the_urgent_lane_leaves_the_rest_to_the_others(database_url: str, stack: Stack) -> None:
    engine = create_engine(database_url)
    broker = EmbeddedBroker(engine, topology(stack), Waker(database_url))
    usual = Outgoing("", QUEUE, "usual", "application/json", "{}", priority=4)
    broker.publish([usual, replace(usual, message_id="urgent", priority=9)])
    seen: list[str | None] = []
    stop = threading.Event()

    def handle(message: Delivered) -> Outcome:
        seen.append(message.message_id)
        # Whatever else it might take, it would have taken by its next look.
        stop.set()
        return Done()

    broker.consume(QUEUE, handle, stop, least=6)
    assert seen == ["urgent"]
    with engine.connect() as conn:
        assert conn.execute(text("SELECT message_id FROM queue_messages")).scalars().all() == ["usual"]
    engine.dispose()
