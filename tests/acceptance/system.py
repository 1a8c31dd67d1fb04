"""The whole system, started as a user starts it, on ports and in a folder of a test's own."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import urllib3

from lib.auth.tokens import mint
from lib.local.servers.child import Server, free_port
from lib.runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
MARK = "REPITBOT_TEST_RUN"
# As a script's shell starts what it puts in the background: SIGINT is ignored, until the program says otherwise.
IN_BACKGROUND = ("sh", "-c", "trap '' INT; exec \"$@\"", "sh")
# The child's environment is ours without what would point it at other servers than the test's.
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")


def eventually(holds: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until `holds()` is true; its value. Fails the test after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
    return found


class System(Server):
    """`python -m lib.local` as a child. Starting again keeps ports and data."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str] | None = None, *, demo: bool = False
    ) -> None:
        self.folder = folder
        self.demo = demo
        self.ports = {name: free_port() for name in ("NOTIFICATION_PORT", "ANALYTICS_PORT", "BOT_PORT")}
        self._mark = secrets.token_hex(8)
        self._environment = {
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            **{name: str(port) for name, port in self.ports.items()},
            **(environment or {}),
            MARK: self._mark,
            "DEMO": "1" if demo else "0",
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> str:
        """What it has printed."""
        path = self.folder / "output"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        (self.folder / "output").unlink(missing_ok=True)
        with (self.folder / "output").open("wb") as sink:
            self._process = subprocess.Popen(
                [*IN_BACKGROUND, sys.executable, "-m", "lib.local", "--var", str(self.folder / "var")],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
            )
        eventually(self._is_ready, 100)

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.output
        return "Ctrl-C stops everything" in self.output

    def stop(self) -> None:
        """Ctrl-C."""
        self.interrupt()

    def interrupt(self) -> int:
        """Ctrl-C, and wait for its end; its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(60)

    def kill(self) -> None:
        """SIGKILL to the one process that was started."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def processes(self) -> list[int]:
        """Every living process that it started, directly or not: they inherit the mark."""
        mark = f"{MARK}={self._mark}".encode()
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if mark in _environment_of(entry)]

    def url(self, port: str, path: str) -> str:
        """The address of `path` on the port of that name."""
        return f"http://127.0.0.1:{self.ports[port]}{path}"

    def ask(
        self, method: str, port: str, path: str, *, role: str = "admin", body: Any = None, **headers: str
    ) -> Any:
        """One request with a token of `role`; the urllib3 answer."""
        token = mint(Settings(), role=role, sub=f"{role}-1")
        named = {"Authorization": f"Bearer {token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if body is not None:
            named.setdefault("Content-Type", "application/json")
        data = None if body is None else json.dumps(body).encode()
        return urllib3.request(
            method, self.url(port, path), body=data, headers=named, timeout=60, retries=False
        )

    def get(self, port: str, path: str, **more: Any) -> Any:
        """GET."""
        return self.ask("GET", port, path, **more)

    def take(self, events: list[dict[str, Any]]) -> Any:
        """Send events by HTTP; the urllib3 answer."""
        batch = "application/cloudevents-batch+json"
        return self.ask(
            "POST", "ANALYTICS_PORT", "/api/v1/events", role="service", body=events, Content_Type=batch
        )

    def ledger(self) -> dict[str, Any]:
        """The ledger's balance of the last days."""
        balance: dict[str, Any] = self.get("NOTIFICATION_PORT", "/api/v1/ledger/balance").json()
        return balance

    def settled(self, planned: int) -> bool:
        """Whether that many deliveries are planned and each has its final state."""
        balance = self.ledger()
        return bool(balance["planned"] == planned and balance["open"] == 0)


def _environment_of(entry: Path) -> bytes:
    try:
        return (entry / "environ").read_bytes()
    except OSError:
        return b""
