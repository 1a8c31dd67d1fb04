"""Forked children of the local runner: the functions, the bridge, the gateway.

The runner imports what all of them need once and forks, so that twelve functions start in the time of two
and share the memory. It must stay free of threads for that: a fork copies only the thread that forks.
"""

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

SET_PARENT_DEATH_SIGNAL = 1
STOP_S = 30.0
# A child that dies at once is given a pause before the next try, doubled up to this, in seconds.
LONGEST_PAUSE_S = 10.0


def die_with_parent(number: signal.Signals) -> None:
    """Ask the kernel to send us `number` when the thread that made us is gone (prctl(2))."""
    ctypes.CDLL(None, use_errno=True).prctl(SET_PARENT_DEATH_SIGNAL, int(number), 0, 0, 0)


class Offspring:
    """One forked child with a log of its own. `run` is called in it and its return ends it."""

    def __init__(self, name: str, run: Callable[[], None], log: Path) -> None:
        self.name = name
        self._run = run
        self._log = log
        self._pid = 0
        self._born = 0.0
        self._pause = 0.25
        self._not_before = 0.0

    def start(self) -> None:
        """Fork it."""
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid, self._born = os.fork(), time.monotonic()
        if self._pid == 0:
            self._live(parent)

    def _live(self, parent: int) -> None:
        status = 1
        try:
            # A session of its own: Ctrl-C reaches the runner alone, which stops the others in order.
            os.setsid()
            die_with_parent(signal.SIGTERM)
            if os.getppid() != parent:
                return
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            sink = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(sink, 1)
            os.dup2(sink, 2)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            self._run()
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except BaseException:  # noqa: BLE001 - the last frame of a process: what is not printed here is lost
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    @property
    def alive(self) -> bool:
        """Whether it is running; reaps it when it is not."""
        if self._pid == 0:
            return False
        try:
            ended, _ = os.waitpid(self._pid, os.WNOHANG)
        except ChildProcessError:
            ended = self._pid
        if ended:
            self._pid = 0
        return self._pid != 0

    def revive(self) -> bool:
        """Start it again when it died, not faster than a growing pause allows; True when it was started."""
        now = time.monotonic()
        if self.alive:
            return False
        if self._not_before <= self._born:
            self._pause = 0.25 if now - self._born > 30 else min(LONGEST_PAUSE_S, self._pause * 2)
            self._not_before = now + self._pause
        if now < self._not_before:
            return False
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """SIGTERM; returns at once."""
        if self.alive:
            os.kill(self._pid, signal.SIGTERM)

    def wait(self, seconds: float = STOP_S) -> None:
        """Wait for its end; SIGKILL after `seconds`."""
        deadline = time.monotonic() + seconds
        while self.alive:
            if time.monotonic() > deadline:
                os.killpg(self._pid, signal.SIGKILL)
                deadline += 5
            time.sleep(0.02)
