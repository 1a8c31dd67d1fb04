"""The outbox: written with what it speaks of, relayed at its time, kept until the broker has it."""

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from lib.errors import Temporary
from lib.queue import outbox, relay
from lib.queue.outbox import Outgoing
from lib.queue.waker import Waker


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A pool over the test's own database."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


class Sink:
    """A publisher that keeps what it is given; `known` are the queues it has."""

    def __init__(self, known: Sequence[str] = ("q",)) -> None:
        self.known = known
        self.got: list[Outgoing] = []
        self.away = False

    def __call__(self, conn: Connection, messages: Sequence[Outgoing]) -> list[bool]:
        del conn
        if self.away:
            raise Temporary("away")
        self.got += [m for m in messages if m.routing_key in self.known]
        return [m.routing_key in self.known for m in messages]

    @property
    def ids(self) -> list[str]:
        return [m.message_id for m in self.got]


def waiting(engine: Engine) -> int:
    with engine.connect() as conn:
        return int(conn.execute(text("SELECT count(*) FROM outbox")).scalar_one())


def add(engine: Engine, number: int, queue: str = "q", **more: Any) -> None:
    with engine.begin() as conn:
        outbox.add(conn, [outbox.message("t", str(number), {"n": number}, queue=queue, **more)])


def test_what_is_rolled_back_is_never_said(engine: Engine) -> None:
    sink = Sink()
    with engine.connect() as conn:
        outbox.add(conn, [outbox.message("t", "1", {}, queue="q")])
        conn.rollback()
    assert relay.relay_once(engine, sink) == 0


def test_rows_stay_while_the_broker_is_away_and_leave_when_it_has_them(engine: Engine) -> None:
    sink = Sink()
    add(engine, 1)
    sink.away = True
    with pytest.raises(Temporary):
        relay.relay_once(engine, sink)
    assert waiting(engine) == 1
    sink.away = False
    assert relay.relay_once(engine, sink) == 1
    assert (waiting(engine), sink.ids) == (0, ["1"])


def test_a_message_for_a_missing_queue_stays_and_lets_the_others_pass(engine: Engine) -> None:
    sink = Sink()
    add(engine, 1, queue="gone")
    add(engine, 2)
    assert relay.relay_once(engine, sink) == 1
    assert (waiting(engine), sink.ids) == (1, ["2"])


def test_the_urgent_go_first(engine: Engine) -> None:
    sink = Sink()
    add(engine, 1)
    add(engine, 2, priority=9)
    relay.relay_once(engine, sink)
    assert sink.ids == ["2", "1"]


def test_a_row_goes_out_at_its_time_and_not_before(engine: Engine, database_url: str) -> None:
    sink, stop, waker = Sink(), threading.Event(), Waker(database_url)
    threads = [
        threading.Thread(target=waker.run, args=(stop,)),
        threading.Thread(target=relay.run, args=(engine, sink, waker, stop)),
    ]
    for thread in threads:
        thread.start()
    due = datetime.now(UTC) + timedelta(seconds=1.2)
    add(engine, 1, due_at=due)
    add(engine, 2)
    deadline = time.monotonic() + 10
    while len(sink.got) < 2 and time.monotonic() < deadline:
        time.sleep(0.005)
    late = (datetime.now(UTC) - due).total_seconds()
    stop.set()
    waker.wake_all()
    for thread in threads:
        thread.join()
    assert sink.ids == ["2", "1"]
    assert 0 <= late < 1


def test_two_relays_at_once_send_each_row_once(engine: Engine) -> None:
    sink = Sink()
    with engine.begin() as conn:
        outbox.add(conn, [outbox.message("t", str(i), {}, queue="q") for i in range(500)])
    threads = [threading.Thread(target=_drain, args=(engine, sink)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sink.ids, key=int) == [str(i) for i in range(500)]


def _drain(engine: Engine, sink: Sink) -> None:
    while relay.relay_once(engine, sink):
        pass
