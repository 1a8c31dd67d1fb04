"""A real Nginx with the project's configuration, its functions on loopback ports."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path

from lib.local.servers.child import Child, Server, ServerError, answers, free_port
from lib.stack import Stack
from lib.stack.render.nginx import COMPOSE, Place, nginx

PROGRAM = Path("/usr/sbin/nginx")


class NginxServer(Server):
    """`upstreams` maps a function's dashed name to `host:port`; `ports[p]` is where port p of stack.yml listens.

    `like` is the place whose paths and hosts it asks for. With a `resolver`, `host` may be a name.
    """

    def __init__(
        self,
        directory: Path,
        stack: Stack,
        upstreams: Mapping[str, str],
        like: Place = COMPOSE,
        *,
        resolver: str = "",
    ) -> None:
        self._home = directory.resolve()
        self.ports = {port: free_port() for port in (8000, 8006, 8007)}
        self._place = Place(
            address=lambda f: upstreams.get(f.name, "127.0.0.1:9"),
            listen=lambda port: f"127.0.0.1:{self.ports[port]}",
            temporary=str(self._home),
            access_log=str(self._home / "access.log"),
            host=like.host,
            path=like.path,
            resolver=resolver,
        )
        self._stack = stack
        self._child: Child | None = None

    def start(self) -> None:
        """Start it."""
        if not PROGRAM.exists():
            raise ServerError("Nginx is not installed: run deploy/machine/install.sh test")
        configuration = self._home / "nginx.conf"
        configuration.write_text(nginx(self._stack, self._place))
        # As root it would hand its workers to nobody, who may not write into a test's folder.
        argv = [str(PROGRAM), "-p", str(self._home), "-c", str(configuration), "-g", "daemon off; user root;"]
        self._child = Child(argv, log=self._home / "error.log", ends_by=signal.SIGQUIT, cwd=self._home)
        self._child.wait_until(lambda: all(map(answers, self.ports.values())), seconds=10)

    def stop(self) -> None:
        """End it."""
        if self._child:
            self._child.stop()
