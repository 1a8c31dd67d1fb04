"""The cached answer is the uncached one, to the byte, after every event and in every trouble of Redis."""

import random
import signal
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event as on

from lib.cache.store import REST_S
from lib.local.servers.redis import RedisServer
from lib.runtime.settings import Settings
from lib.testing.simulator.school import events as school
from tests.clients import Client
from tests.integration.analytics.conftest import BATCH

PERIOD = "from=2026-03-01&to=2026-03-31"
QUESTIONS = (
    f"overview?{PERIOD}",
    f"dashboard/admin?{PERIOD}",
    f"lessons/stats?{PERIOD}&compare=previous&tz=Asia/Kolkata",
    f"lessons/stats?{PERIOD}&tutor_id=t-1",
    f"lessons/stats/rows?{PERIOD}&figure=completed&limit=5",
    f"payments/summary?{PERIOD}&granularity=week",
    f"homework/stats?{PERIOD}&student_id=s-2",
    f"users/activity?{PERIOD}",
    "users/retention?from=2026-01-01&to=2026-04-30",
    f"materials/usage?{PERIOD}",
    f"tutors/earnings?{PERIOD}",
    f"subjects/performance?{PERIOD}",
    f"money/leaks?{PERIOD}",
)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of this test's own, to be killed and stopped."""
    with RedisServer(tmp_path / "redis", program=Path("/usr/bin/redis-server")) as running:
        yield running
        if running.child.alive:
            running.child.send(signal.SIGCONT)


class Twice:
    """The same function with a cache and without one, over the same database."""

    def __init__(self, database_url: str, redis: RedisServer) -> None:
        plain = Settings(database_url=database_url, environment="test")
        self.door = Client("aggregate_events", plain)
        self.plain = Client("query_analytics", plain)
        self.cached = Client(
            "query_analytics", Settings(database_url=database_url, redis_url=redis.url(), environment="test")
        )

    def take(self, events: list[object]) -> None:
        answer = self.door.post("/api/v1/events", json=events, content_type=BATCH, role="service")
        assert answer.status_code == 202, answer.text

    def agree(self, question: str) -> None:
        path = f"/api/v1/analytics/{question}"
        first, again, plain = (client.get(path) for client in (self.cached, self.cached, self.plain))
        assert first.status_code == 200, first.text
        assert (first.data, first.headers["ETag"]) == (plain.data, plain.headers["ETag"]), question
        assert again.data == plain.data, question
        unchanged = self.cached.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert unchanged.status_code == 304


@pytest.fixture
def twice(database_url: str, redis: RedisServer) -> Twice:
    """Both of them, over an empty database."""
    return Twice(database_url, redis)


@pytest.mark.timeout(600)
def test_after_every_event_the_cached_answer_is_the_uncached_one(twice: Twice) -> None:
    events: list[object] = list(school(6, days=60, seed=9, until=date(2026, 4, 10)))
    chance = random.Random(9)
    chance.shuffle(events)
    twice.take(events[:-250])
    for number, event in enumerate(events[-250:]):
        twice.take([event])
        # Two of the questions at every step, each of them many times over all.
        for question in (QUESTIONS[number % len(QUESTIONS)], chance.choice(QUESTIONS)):
            twice.agree(question)


def test_an_event_of_another_month_or_family_leaves_the_answer_where_it_is(twice: Twice) -> None:
    events: list[object] = list(school(6, days=60, seed=9, until=date(2026, 4, 10)))
    twice.take(events)
    etags = {q: twice.cached.get(f"/api/v1/analytics/{q}").headers["ETag"] for q in QUESTIONS[2:6]}
    far = {"user_id": "u", "material_id": "m"}
    later = {"specversion": "1.0", "source": "test", "time": "2027-01-01T10:00:00Z", "data": far}
    twice.take(
        [{**later, "id": "1", "type": "user.login"}, {**later, "id": "2", "type": "material.accessed"}]
    )
    computed: list[str] = []
    on.listen(twice.cached.services.db, "before_cursor_execute", lambda *a: computed.append(a[2]))
    for question, etag in etags.items():
        assert twice.cached.get(f"/api/v1/analytics/{question}").headers["ETag"] == etag
    assert not [statement for statement in computed if "rollup" in statement or "lesson_slots" in statement]


@pytest.mark.timeout(300)
def test_while_redis_is_killed_hung_and_started_again_answers_stay_right(
    twice: Twice, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[object] = list(school(6, days=60, seed=9, until=date(2026, 4, 10)))
    twice.take(events[:-80])
    left = iter(events[-80:])
    clock = iter(range(10**6))
    # The rest after a failure is over at once, so that each trouble is met afresh.
    monkeypatch.setattr(twice.cached.services.cache, "_clock", lambda: next(clock) * REST_S)

    def some_more() -> None:
        for question in QUESTIONS[:6]:
            twice.take([next(left)])
            twice.agree(question)

    some_more()
    redis.child.send(signal.SIGSTOP)
    some_more()
    redis.child.send(signal.SIGCONT)
    some_more()
    redis.child.send(signal.SIGKILL)
    some_more()
    redis.start()
    some_more()


def test_many_who_ask_the_same_at_once_make_it_be_computed_once(twice: Twice) -> None:
    twice.take(list(school(6, days=60, seed=9, until=date(2026, 4, 10))))
    computed: list[str] = []
    on.listen(twice.cached.services.db, "before_cursor_execute", lambda *a: computed.append(a[2]))
    together = threading.Barrier(6)
    bodies: list[bytes] = []

    def ask() -> None:
        together.wait()
        bodies.append(twice.cached.get(f"/api/v1/analytics/lessons/stats?{PERIOD}").data)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(bodies)) == 1
    assert sum("INSERT INTO receipts" in statement for statement in computed) == 1
