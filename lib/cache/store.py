"""The cache (Redis): answers stay right and come soon when it is away."""

import time
from collections.abc import Callable

import redis
from prometheus_client import Counter
from redis.backoff import NoBackoff
from redis.retry import Retry

# redis-py waits 4 s and more for a hung server unless told otherwise.
DEADLINE_S = 0.1
# After a failure the cache is left alone for this long, so the price is paid once and not per request.
REST_S = 5.0
# What keys of answers with figures begin with; people's ids are in the answers.
FIGURES = "analytics:"
REQUESTS = Counter("cache_requests", "Look-ups by result.", ["result"])


class Cache:
    """Bytes by key. `url` "" is a cache that holds nothing."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = _client(url) if url else None
        self._clock = clock
        self._resting_until = float("-inf")

    def get(self, key: str) -> bytes | None:
        """The value, or None: absent, expired, or the cache is away."""
        found = self._try(lambda client: client.get(key))
        REQUESTS.labels("hit" if isinstance(found, bytes) else "miss").inc()
        return found if isinstance(found, bytes) else None

    def put(self, key: str, value: bytes, *, ttl_s: int) -> None:
        """Keep a value for at most `ttl_s` seconds; losing it is allowed."""
        self._try(lambda client: client.set(key, value, ex=ttl_s))

    def claim(self, key: str, *, ttl_s: int) -> bool:
        """Whether the caller is the one to do the work that `key` names; True, too, when the cache is away."""
        return self._try(lambda client: client.set(key, b"1", nx=True, ex=ttl_s) or b"taken") != b"taken"

    def release(self, key: str) -> None:
        """The work is done, or given up: let another do it."""
        self._try(lambda client: client.delete(key))

    def forget(self, prefix: str) -> bool:
        """Delete every key that begins so; False when the server is away and they may still be there."""
        return self._client is None or self._try(lambda client: _deleted(client, prefix)) is not None

    def size(self) -> int | None:
        """Bytes the server holds, None when it is away."""
        memory = self._try(lambda client: client.info("memory"))
        return int(memory["used_memory"]) if isinstance(memory, dict) else None

    def ping(self) -> None:
        """Raises redis.RedisError when the server does not answer, or ConnectionError when none is set."""
        if self._client is None:
            raise redis.ConnectionError("no cache is configured")
        self._client.ping()

    def _try(self, act: Callable[["redis.Redis"], object]) -> object:
        if self._client is None or self._clock() < self._resting_until:
            return None
        try:
            return act(self._client)
        except redis.RedisError:
            self._resting_until = self._clock() + REST_S
            return None


def _deleted(client: "redis.Redis", prefix: str) -> int:
    """Page by page: KEYS would stop the server for everybody while it looks."""
    deleted = 0
    for key in client.scan_iter(match=prefix.replace("*", r"\*") + "*", count=1000):
        deleted += int(client.unlink(key))
    return deleted


def _client(url: str) -> "redis.Redis":
    return redis.Redis.from_url(
        url,
        socket_timeout=DEADLINE_S,
        socket_connect_timeout=DEADLINE_S,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )
