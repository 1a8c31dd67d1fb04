"""The cache: answers stay right and come soon while Redis is killed, hung or absent."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import RedisError

from lib.cache.store import REST_S, Cache
from lib.local.servers.redis import RedisServer

SOON_S = 0.3
AT_ONCE_S = 0.02


class Clock:
    """Shows what the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of this test's own, to be killed and stopped."""
    with RedisServer(tmp_path / "redis", program=Path("/usr/bin/redis-server")) as running:
        yield running
        if running.child.alive:
            running.child.send(signal.SIGCONT)


def timed(act: Callable[[], bytes | None]) -> tuple[bytes | None, float]:
    started = time.perf_counter()
    return act(), time.perf_counter() - started


def test_what_is_put_can_be_got_until_its_time_is_over(redis_url: str) -> None:
    cache = Cache(redis_url)
    assert cache.get("k") is None
    cache.put("k", b"\x00\xff value", ttl_s=60)
    assert cache.get("k") == b"\x00\xff value"
    assert Cache(redis_url).get("k") == b"\x00\xff value"
    cache.put("k", b"newer", ttl_s=1)
    assert cache.get("k") == b"newer"
    deadline = time.monotonic() + 5
    while cache.get("k") is not None:
        assert time.monotonic() < deadline, "it outlived its time"
        time.sleep(0.02)


def test_without_an_address_it_holds_nothing_and_says_so_when_asked() -> None:
    cache = Cache("")
    cache.put("k", b"v", ttl_s=60)
    assert cache.get("k") is None
    with pytest.raises(RedisError):
        cache.ping()


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
@pytest.mark.parametrize("connected", [True, False])
def test_a_redis_that_is_gone_or_hung_costs_a_moment_once_and_then_nothing(
    server: RedisServer, fault: signal.Signals, connected: bool
) -> None:
    cache = Cache(server.url())
    if connected:
        cache.put("k", b"v", ttl_s=60)
        assert cache.get("k") == b"v"
    server.child.send(fault)
    found, seconds = timed(lambda: cache.get("k"))
    assert (found, seconds < SOON_S) == (None, True), seconds
    for _ in range(20):
        found, seconds = timed(lambda: cache.get("k"))
        assert (found, seconds < AT_ONCE_S) == (None, True), seconds
    _, seconds = timed(lambda: cache.put("k", b"w", ttl_s=60))
    assert seconds < AT_ONCE_S
    started = time.perf_counter()
    with pytest.raises(RedisError):
        cache.ping()
    assert time.perf_counter() - started < SOON_S


def test_after_a_rest_it_is_asked_again(server: RedisServer) -> None:
    clock = Clock()
    cache = Cache(server.url(), clock=clock)
    cache.put("k", b"v", ttl_s=60)
    server.child.send(signal.SIGSTOP)
    assert cache.get("k") is None
    server.child.send(signal.SIGCONT)
    assert cache.get("k") is None
    clock.now += REST_S
    assert cache.get("k") == b"v"


def test_a_late_answer_to_one_question_is_never_taken_for_the_answer_to_the_next(server: RedisServer) -> None:
    clock = Clock()
    cache = Cache(server.url(), clock=clock)
    cache.put("a", b"of a", ttl_s=60)
    cache.put("b", b"of b", ttl_s=60)
    server.child.send(signal.SIGSTOP)
    assert cache.get("a") is None
    server.child.send(signal.SIGCONT)
    clock.now += REST_S
    assert [cache.get("b") for _ in range(5)] == [b"of b"] * 5


def test_a_wrong_password_and_a_wrong_type_are_a_miss_too(server: RedisServer) -> None:
    assert Cache(f"redis://:wrong@127.0.0.1:{server.port}/0").get("k") is None
