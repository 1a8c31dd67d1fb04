"""Several writers at once: each draws its batch up before its turn, and none loses what another wrote meanwhile."""

import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from lib.db import event_log, recomputations
from lib.db.engine import connect
from lib.domain.batches import decode_all
from lib.domain.events import Arrival, Event
from lib.testing.simulator.school import events as school

UNTIL = datetime(2026, 4, 10, tzinfo=UTC)


@pytest.fixture
def db(database_url: str) -> Iterator[Engine]:
    """A database of the test's own."""
    engine = connect(database_url, pool_size=8)
    yield engine
    engine.dispose()


def log() -> list[Event]:
    bodies = list(school(5, days=40, seed=9, until=UNTIL))
    return [
        e
        for n in range(0, len(bodies), 1000)
        for e in decode_all(bodies[n : n + 1000], Arrival(UNTIL)).events
    ]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(4))
def test_what_eight_writers_make_of_one_log_is_what_one_makes_of_it(db: Engine, seed: int) -> None:
    events = log()
    accepted: list[int] = []

    def write(chance: random.Random) -> None:
        # Everybody has most of the log, in an order and in batches of their own: entities and events are shared.
        mine = chance.sample(events, len(events) * 3 // 4)
        while mine:
            size = chance.choice((1, 3, 20, 60))
            batch, mine = mine[:size], mine[size:]
            with db.begin() as conn:
                accepted.append(len(event_log.append(conn, batch).new))

    threads = [threading.Thread(target=write, args=(random.Random(seed * 100 + n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.begin() as conn:
        positions = conn.execute(
            text("SELECT count(*), count(DISTINCT position), max(position) FROM events")
        ).one()
        run_id = str(recomputations.start(conn, "test").id)
    assert len(set(positions)) == 1
    assert sum(accepted) == positions[0] <= len(events)
    while recomputations.step(db, run_id):
        pass
    with db.connect() as conn:
        done = recomputations.get(conn, run_id)
        assert done is not None
        assert (done.equal, done.differences) == (True, {})
        assert conn.execute(text("SELECT count(*) FROM lessons")).scalar_one() > 0
