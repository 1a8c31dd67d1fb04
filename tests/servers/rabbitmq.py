"""A real RabbitMQ, alone in its folder, on free loopback ports."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
from pathlib import Path

from lib.local.servers.child import Child, Server, ServerError, answers, free_port

PROGRAMS = Path("/usr/lib/rabbitmq/bin")
START_SECONDS = 90.0
CTL_SECONDS = 60
GREETING = b"AMQP\x00\x00\x09\x01"


class RabbitServer(Server):
    """One node with a user of its own. `kill()` and a second `start()` are a broker's crash and return."""

    def __init__(self, directory: Path, *, measured: bool = False) -> None:
        """`measured`: it tells Prometheus of itself on the port `metrics_port`, as the official image does."""
        self._measured, self.metrics_port = measured, free_port()
        self._home = directory.resolve()
        self._node = f"rabbit{secrets.token_hex(4)}@127.0.0.1"
        self._password = secrets.token_urlsafe(16)
        self.port = free_port()
        self._dist_port = free_port()
        self._epmd_port = free_port()
        self._child: Child | None = None
        self._epmd: Child | None = None

    def start(self) -> str:
        """Start it, with what it held before; its `amqp://` URL."""
        if not (PROGRAMS / "rabbitmq-server").exists():
            raise ServerError("RabbitMQ is not installed: run deploy/machine/install.sh test")
        for name in ("mnesia", "log", "home"):
            (self._home / name).mkdir(parents=True, exist_ok=True)
        self._write_configuration()
        self._start_epmd()
        self._child = Child(
            [str(PROGRAMS / "rabbitmq-server")],
            log=self._home / "console.log",
            env=self._environment(),
            cwd=self._home,
        )
        self._child.wait_until(self._greets, seconds=START_SECONDS)
        return self.url()

    def url(self, vhost: str = "%2F") -> str:
        """The `amqp://` URL of a virtual host."""
        return f"amqp://repitbot:{self._password}@127.0.0.1:{self.port}/{vhost}"

    def add_vhost(self, name: str) -> None:
        """Make an empty virtual host for our user, in one call, since each start of the tool costs 0.5 s."""
        vhost, user, everything = f'<<"{name}">>', '<<"repitbot">>', '<<".*">>'
        rights = f"{user}, {vhost}, {everything}, {everything}, {everything}, {user}"
        self.ctl(
            "eval",
            f"rabbit_vhost:add({vhost}, {user}), rabbit_auth_backend_internal:set_permissions({rights}).",
        )

    @property
    def child(self) -> Child:
        """The running node."""
        if self._child is None:
            raise ServerError("RabbitMQ was not started")
        return self._child

    def ctl(self, *arguments: str) -> str:
        """Run `rabbitmqctl` on this node; what it printed. Raises CalledProcessError."""
        command = [str(PROGRAMS / "rabbitmqctl"), "-q", "-l", "-n", self._node, *arguments]
        done = subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, check=True, timeout=CTL_SECONDS
        )
        return done.stdout

    def stop(self) -> None:
        """End the node, then its port mapper. By SIGKILL: an orderly end takes seconds."""
        self.kill()
        if self._epmd:
            self._epmd.kill()

    def kill(self) -> None:
        """End the node as a power cut would."""
        if self._child:
            self._child.kill()

    def _start_epmd(self) -> None:
        """Erlang would start its port mapper as a daemon and leave it behind; ours is a child."""
        if self._epmd and self._epmd.alive:
            return
        self._epmd = Child(
            ["epmd", "-address", "127.0.0.1", "-port", str(self._epmd_port)],
            log=self._home / "epmd.log",
            ends_by=signal.SIGKILL,
            env=self._environment(),
        )
        # A node that finds no port mapper yet starts one of its own, which would stay behind.
        self._epmd.wait_until(lambda: answers(self._epmd_port), seconds=START_SECONDS)

    def _write_configuration(self) -> None:
        lines = [f"listeners.tcp.1 = 127.0.0.1:{self.port}"]
        lines += ["default_user = repitbot", f"default_pass = {self._password}"]
        lines += ["disk_free_limit.absolute = 50MB", "log.console = false", "log.file = rabbit.log"]
        if self._measured:
            lines += ["prometheus.tcp.ip = 127.0.0.1", f"prometheus.tcp.port = {self.metrics_port}"]
        (self._home / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
        plugins = "[rabbitmq_prometheus]." if self._measured else "[]."
        (self._home / "enabled_plugins").write_text(f"{plugins}\n")

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("RABBITMQ_", "ERL_"))}
        dist = "-kernel inet_dist_use_interface {127,0,0,1}"
        return kept | {
            "HOME": str(self._home / "home"),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": self._node,
            # A name that needs no resolving: containers often have no /etc/hosts.
            "RABBITMQ_USE_LONGNAME": "true",
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_CONFIG_FILE": str(self._home / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self._home / "none"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self._home / "none.config"),
            "RABBITMQ_MNESIA_BASE": str(self._home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self._home / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._home / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self._home / "config"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": dist,
            # Makes the start script become the node instead of its parent, so that signals reach the node.
            "detached": "true",
            "LC_ALL": "C.UTF-8",
        }

    def _greets(self) -> bool:
        """Ready means that it answers AMQP's first bytes; the port alone is open seconds earlier."""
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.port), 5.0) as connection,
        ):
            connection.sendall(GREETING)
            return connection.recv(1) == b"\x01"
        return False
