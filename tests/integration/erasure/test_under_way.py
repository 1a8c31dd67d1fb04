"""Erasing while everything goes on: all of it or nothing, and nothing that was under way brings anybody back."""

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from lib.cache.store import REST_S, Cache
from lib.db import recomputations
from lib.local.servers.redis import RedisServer
from tests.integration.erasure.archive import NAME, WHO, Archive, a_year, at, told
from tests.integration.erasure.everywhere import live

WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def lived(archive: Archive) -> Archive:
    """A school with a year behind it, and the person everywhere."""
    live(archive)
    return archive


def until(look: Callable[[], bool]) -> None:
    """Wait for something to be so, for ten seconds at most."""
    end = time.monotonic() + 10
    while not look():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_connection_cut_in_the_middle_leaves_everything_as_it_was(lived: Archive) -> None:
    before = without_cache(lived.dump())
    with lived.services.db.begin() as conn, ThreadPoolExecutor(1) as thread:
        # Nearly everything else has been done when it comes to these.
        conn.execute(text("LOCK schedule_runs"))
        answer = thread.submit(lived.erase)
        until(lambda: bool(lived.sql(WAITING)))
        lived.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :pid", **lived.sql(WAITING)[0]
        )
        assert answer.result().status_code == 503
    assert without_cache(lived.dump()) == before
    lived.erased()
    assert lived.remains() == []


def without_cache(rows: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """What the database holds: the cache may forget at any time."""
    return sorted(row for row in rows if row[0] != "redis")


def test_events_requests_and_sending_at_the_same_time_bring_nobody_back(archive: Archive) -> None:
    archive.take(a_year())
    stop = threading.Event()

    def traffic(number: int, act: Callable[[str], object]) -> int:
        rounds = 0
        while not stop.is_set():
            act(f"{number}-{rounds}")
            rounds += 1
        return rounds

    acts = (
        lambda n: archive.take([lesson(n), told("user.updated", {"user_id": WHO, "name": NAME}, n)]),
        lambda n: archive.event(lesson(n), told("balance.low", {"student_id": WHO, "balance": 1}, n)),
        lambda n: archive.call(
            "POST",
            "/api/v1/notifications",
            {"type": "custom", "user_ids": [WHO, "p-anna"], "data": {"message": f"{n}", "student_id": WHO}},
            headers={"Idempotency-Key": f"{n}/{WHO}"},
        ),
        lambda _: archive.send_all(),
    )
    with ThreadPoolExecutor(len(acts)) as threads:
        running = [threads.submit(traffic, n, act) for n, act in enumerate(acts)]
        until(lambda: len(archive.rows("notifications")) > 60)
        first = archive.erase()
        while first.status_code == 503:
            first = archive.erase()
        planned = len(archive.rows("notifications"))
        until(lambda: len(archive.rows("notifications")) > planned + 20)
        stop.set()
        assert all(each.result() > 0 for each in running)
    assert first.status_code == 200
    archive.send_all()
    # What was published meanwhile is out of our hands once it is relayed.
    archive.sql("DELETE FROM outbox WHERE exchange <> ''")
    assert archive.remains() == []
    assert archive.ok("GET", "/api/v1/ledger/balance")["balanced"]


def lesson(n: str) -> dict[str, object]:
    """A new lesson of the person."""
    data = {
        "lesson_id": f"l-{n}",
        "student_id": WHO,
        "tutor_id": "t-olga",
        "starts_at": at(days=-3),
        "topic": NAME,
    }
    return told("lesson.created", data, f"{n}/{WHO}", minutes=3)


def test_two_who_ask_at_once_get_the_same_act(lived: Archive) -> None:
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: lived.erase(), range(2)))
    acts = [each.get_json() for each in answers if each.status_code == 200]
    assert acts
    assert all(each == lived.erased() for each in acts)
    assert {each.status_code for each in answers} <= {200, 503}


def test_whoever_began_to_store_before_is_waited_for(archive: Archive) -> None:
    archive.take(a_year())
    with archive.services.db.begin() as conn, ThreadPoolExecutor(1) as thread:
        assert conn.execute(text("SELECT somebody_erased()")).scalar_one() is False
        answer = thread.submit(archive.erase)
        until(lambda: bool(archive.sql(WAITING)))
        conn.execute(
            text("INSERT INTO inbox (consumer, source, id) VALUES ('late', 'test', 'of/' || :who)"),
            {"who": WHO},
        )
        conn.commit()
        assert answer.result().status_code == 200
    assert archive.remains() == []


def test_a_rebuilding_of_the_figures_that_was_under_way_is_given_up(archive: Archive) -> None:
    archive.take(a_year())
    with archive.services.db.begin() as conn:
        run = recomputations.start(conn, "admin:a-1")
    assert recomputations.step(archive.services.db, str(run.id))
    archive.erased()
    with archive.services.db.begin() as conn:
        after = recomputations.get(conn, str(run.id))
    assert after is not None
    assert after.state == "failed"
    assert recomputations.step(archive.services.db, str(run.id)) is False
    assert archive.sql("SELECT count(*) AS n FROM pg_namespace WHERE nspname = 'rebuilt'") == [{"n": 0}]


def test_an_answer_that_was_cached_too_late_goes_with_the_next_tick(archive: Archive) -> None:
    archive.take(a_year())
    archive.erased()
    archive.services.cache.put("analytics:late", WHO.encode(), ttl_s=3600)
    archive.sql(
        "INSERT INTO receipts (id, metric, definition, asked, position, hash) VALUES ('other', 'm', '1', '{}', 1, 'h')"
    )
    archive.sql("ALTER TABLE receipts DISABLE TRIGGER receipts_of_erased")
    archive.sql(
        "INSERT INTO receipts (id, metric, definition, asked, position, hash, student_ids) "
        "VALUES ('late', 'm', '1', '{}', 1, 'h', ARRAY[:who])",
        who=WHO,
    )
    archive.tick()
    assert {place for place, _ in archive.remains()} == {"redis", "receipts"}
    archive.sql("UPDATE erasures SET erased_at = erased_at - interval '61 seconds'")
    archive.tick()
    assert archive.remains() == []
    assert archive.sql("SELECT id FROM receipts") == [{"id": "other"}]


def test_a_cache_that_is_away_is_emptied_when_it_is_back(archive: Archive, redis: RedisServer) -> None:
    clock = [0.0]
    archive.services.cache = Cache(redis.url(), clock=lambda: clock[0])
    archive.take(a_year())
    archive.services.cache.put("analytics:1", json.dumps([WHO]).encode(), ttl_s=3600)
    redis.child.send(signal.SIGSTOP)
    try:
        archive.erased()
        archive.sql("UPDATE erasures SET erased_at = erased_at - interval '61 seconds'")
        archive.tick()
    finally:
        redis.child.send(signal.SIGCONT)
    assert archive.sql("SELECT cache_cleared_at FROM erasures") == [{"cache_cleared_at": None}]
    assert {place for place, _ in archive.remains()} == {"redis"}
    clock[0] += REST_S + 1
    archive.tick()
    assert archive.remains() == []
