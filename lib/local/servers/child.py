"""A server program as a direct child: it ends when we end, however we end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

NOBODY = 65534
"""The user and group `nobody`: there on every Debian, so that no account has to be made."""

POLL_SECONDS = 0.01
STOP_SECONDS = 15.0


class ServerError(RuntimeError):
    """The program ended, or was not ready in time; the text holds the end of its log."""


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether something accepts connections on the loopback's port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def bound(argv: Sequence[str], *, ends_by: signal.Signals, as_nobody: bool = False) -> list[str]:
    """`argv` wrapped so that the kernel sends `ends_by` to it when our thread ends, SIGKILL included.

    `as_nobody` steps down from root. The file capability is kept because a checkout below /root (0700)
    could not be read otherwise, not even the program itself.
    """
    wrapped = ["setpriv", "--pdeathsig", ends_by.name.removeprefix("SIG")]
    if as_nobody and os.geteuid() == 0:
        wrapped += [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        wrapped += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        # Without it access(2), by which initdb looks for its programs, would not count the capability.
        wrapped += ["--securebits=+no_setuid_fixup"]
    return [*wrapped, "--", *argv]


class Server(ABC):
    """What runs from `start` to `stop`, and may be used in a with statement."""

    @abstractmethod
    def start(self) -> object:
        """Start it; returns when it is ready."""

    @abstractmethod
    def stop(self) -> None:
        """End it. Stopping twice is harmless."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.stop()


class Child:
    """One running server program. Start it from a thread that lives as long as the server shall."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        log: Path,
        ends_by: signal.Signals = signal.SIGTERM,
        as_nobody: bool = False,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.log = log
        self._ends_by = ends_by
        with log.open("ab") as sink:
            self._process = subprocess.Popen(
                bound(argv, ends_by=ends_by, as_nobody=as_nobody),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                env=None if env is None else dict(env),
                cwd=cwd,
                # Ctrl-C on a terminal goes to the whole group; servers are stopped in order instead.
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it is still running."""
        return self._process.poll() is None

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Return as soon as `ready()` holds; ServerError when it ends first or `seconds` have passed."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive:
                raise ServerError(f"ended with status {self._process.returncode}:\n{self._log_end()}")
            if time.monotonic() > deadline:
                self.stop()
                raise ServerError(f"not ready after {seconds:g} s:\n{self._log_end()}")
            time.sleep(POLL_SECONDS)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def stop(self) -> None:
        """End it politely, then by SIGKILL after 15 s. Stopping twice is harmless."""
        if not self.alive:
            return
        self._process.send_signal(self._ends_by)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def ended(self, seconds: float = STOP_SECONDS) -> int:
        """Wait for its end; its exit status, negative for a signal. Raises subprocess.TimeoutExpired."""
        return self._process.wait(seconds)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()

    def _log_end(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]
