"""The whole system on one machine: embedded servers, functions, gateway and bridge as one process tree."""

import asyncio
import importlib
import os
import signal
import socket
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import urllib3
from rich.console import Console

from lib.local.gateway import run as run_gateway
from lib.local.offspring import Offspring, die_with_parent
from lib.local.servers.child import free_port
from lib.runtime import bridge
from lib.runtime.logs import configure
from lib.runtime.serve import serve
from lib.runtime.settings import Settings, load
from lib.stack import Stack

PORTS_FREE_S = 30.0
READY_S = 120.0
THREADS = 8


class PortTaken(Exception):
    """Somebody else listens on a port that we need."""


def wait_for_ports(settings: Settings, console: Console) -> None:
    """Wait for an earlier run to let go of its ports. Raises PortTaken with a sentence that says what to do."""
    names = {"NOTIFICATION_PORT": settings.notification_port, "ANALYTICS_PORT": settings.analytics_port}
    names["BOT_PORT"] = settings.bot_port
    deadline, told = time.monotonic() + PORTS_FREE_S, False
    for name, port in names.items():
        while _taken(port):
            if time.monotonic() > deadline:
                raise PortTaken(
                    f"Port {port} is in use. Stop what listens there, or set {name} to another port."
                )
            if not told:
                console.print(f"Waiting for port {port} to be free …")
                told = True
            time.sleep(0.1)


def _taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


class Family:
    """The forked part of the tree. Keep this process free of threads as long as it lives."""

    def __init__(self, stack: Stack, settings: Settings, var: Path) -> None:
        logs = var / "log"
        self.ports = {function.name: free_port() for function in stack.functions}
        self._internal = free_port()
        os.environ["FUNCTION_URL"] = f"http://127.0.0.1:{self._internal}/function/{{name}}"
        self.functions = [
            Offspring(f.name, _serving(f.module, self.ports[f.name]), logs / f"{f.module}.log")
            for f in stack.functions
        ]
        self.gateway = Offspring("gateway", lambda: self._gateway(stack, settings), logs / "gateway.log")
        self.bridge = Offspring("bridge", lambda: _bridging(stack), logs / "bridge.log")
        # No webhook reaches this machine. With one set, as for a bot that is used elsewhere, it waits.
        self.polling = Offspring("polling", _polling, logs / "polling.log")

    @property
    def all(self) -> list[Offspring]:
        """Everybody, in the order of starting."""
        return [*self.functions, self.gateway, self.bridge, self.polling]

    def _gateway(self, stack: Stack, settings: Settings) -> None:
        ports = {8006: settings.notification_port, 8007: settings.analytics_port, 8000: settings.bot_port}
        upstreams = {name: f"http://127.0.0.1:{port}" for name, port in self.ports.items()}
        asyncio.run(run_gateway(stack, ports, upstreams, self._internal))

    def start(self) -> None:
        """Fork everybody."""
        for child in self.all:
            child.start()

    def stop(self) -> None:
        """The door first, then what works behind it."""
        for group in ([self.gateway, self.polling], [self.bridge], self.functions):
            for child in group:
                child.ask_to_stop()
            for child in group:
                child.wait()


def _serving(module: str, port: int) -> Callable[[], None]:
    return lambda: serve(module, host="127.0.0.1", port=port, threads=THREADS)


def _polling() -> None:
    # By its name: the library knows no function.
    importlib.import_module("functions.answer_telegram.polling").main()


def _bridging(stack: Stack) -> None:
    settings = load()
    configure(settings)
    bridge.run(settings, stack, sole=True)


def wait_until_healthy(settings: Settings, family: Family) -> None:
    """Wait for both services' `/health`. Raises TimeoutError after two minutes."""
    _wait(family, [(port, "/health") for port in (settings.notification_port, settings.analytics_port)])


def wait_until_warm(family: Family) -> None:
    """Wait until every function answers; some make themselves warm first. Raises TimeoutError after two minutes."""
    _wait(family, [(port, "/_/health") for port in family.ports.values()])


def _wait(family: Family, asked: Iterable[tuple[int, str]]) -> None:
    deadline = time.monotonic() + READY_S
    for port, path in asked:
        while _status(port, path) != 200:
            for child in family.all:
                child.revive()
            if time.monotonic() > deadline:
                raise TimeoutError(f"http://localhost:{port}{path} is not 200 yet; see var/log.")
            time.sleep(0.05)


def _status(port: int, path: str) -> int:
    try:
        answer = urllib3.request("GET", f"http://127.0.0.1:{port}{path}", timeout=10.0, retries=False)
    except urllib3.exceptions.HTTPError:
        return 0
    return answer.status


def watch(family: Family, stopped: Callable[[], bool], console: Console) -> None:
    """Start again whoever dies, until `stopped()`."""
    while not stopped():
        for child in family.all:
            if child.revive():
                console.print(f"[yellow]{child.name} had ended and was started again; see var/log.[/yellow]")
        time.sleep(0.25)


def follow_make() -> None:
    """Under make, end when make is killed: a person who kills what they started means all of it."""
    if os.environ.get("MAKELEVEL"):
        die_with_parent(signal.SIGTERM)
