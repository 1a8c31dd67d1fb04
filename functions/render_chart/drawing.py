"""From a figure to a picture, in a process of its own that is kept warm, watched, and ended when it does not answer.

One thread owns one drawing process and gives it one order after the other: a core draws some 20 pictures a second.
A process that dies, hangs or is stopped is killed and its order tried once more with another.
"""

import atexit
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog

import functions
from functions.render_chart.engine import Canvas
from functions.render_chart.frames import Closed, receive, send
from lib.errors import BadInput, Temporary

log = structlog.get_logger()
# An answer within 10 s, whatever happens: starting a process takes about 1.5 s, a picture some 0.1 s.
DEADLINE_S = 9.5
ATTEMPT_S = 4.0
# Before the first request nobody waits.
WARMING_S = 90.0
# Pictures at scale 4 leave memory behind that Python does not give back; a new process costs a second.
MOST_RESIDENT_BYTES = 300 * 1024 * 1024
ROOT = Path(functions.__file__).parent.parent
# The process sees none of our settings and secrets.
PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True, slots=True)
class Order:
    """`figure` is JSON with `data` and `layout`; `format` svg, png, jpeg or pdf; `scale` for pixels only."""

    figure: str
    canvas: Canvas
    format: str = "svg"
    scale: float = 1.0


class Process:
    """A drawing process and our end of the socket to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self._line = ours
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "functions.render_chart.worker"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
            )

    def greet(self, until: float) -> None:
        """Wait until it can draw. Raises Closed or TimeoutError."""
        receive(self._line, until=until)

    def draw(self, order: Order, until: float) -> tuple[dict[str, Any], bytes]:
        """What it says and the picture. Raises Closed or TimeoutError."""
        wanted = {"canvas": asdict(order.canvas), "format": order.format, "scale": order.scale}
        send(self._line, wanted, order.figure.encode(), until=until)
        return receive(self._line, until=until)

    def end(self) -> None:
        """Kill it, stopped or not."""
        self._child.kill()
        self._child.wait()
        self._line.close()


class Drawer(threading.Thread):
    """The owner of the drawing process; it lives as long as this process does."""

    def __init__(self) -> None:
        super().__init__(name="drawing", daemon=True)
        self._asked: queue.SimpleQueue[tuple[Order | None, float, Future[bytes]] | None] = queue.SimpleQueue()
        self._process: Process | None = None
        atexit.register(self.close)
        self.start()

    def ask(self, order: Order | None, deadline_s: float) -> bytes:
        """The picture; None only starts the process. Raises BadInput or Temporary."""
        until, answer = time.monotonic() + deadline_s, Future[bytes]()
        self._asked.put((order, until, answer))
        try:
            return answer.result(deadline_s + 0.4)
        except Late:
            raise _busy() from None

    def close(self) -> None:
        """End the process and the thread."""
        atexit.unregister(self.close)
        self._asked.put(None)
        self.join()

    def run(self) -> None:
        """One order after the other, until closed."""
        while (asked := self._asked.get()) is not None:
            order, until, answer = asked
            try:
                answer.set_result(self._served(order, until))
            except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
                answer.set_exception(error)
        self._throw_away()

    def _served(self, order: Order | None, until: float) -> bytes:
        if time.monotonic() > until:
            raise _busy()
        for attempt in (1, 2):
            try:
                process = self._ready(until)
                if order is None:
                    return b""
                said, picture = process.draw(order, min(until, time.monotonic() + ATTEMPT_S))
            except (Closed, TimeoutError, OSError) as error:
                log.warning("picture_not_drawn", attempt=attempt, why=type(error).__name__)
                self._throw_away()
                continue
            return self._taken(said, picture)
        raise Temporary(
            "The picture could not be drawn in time. Draw fewer points, or try again.", retry_after=3
        )

    def _ready(self, until: float) -> Process:
        if self._process is None:
            self._process = Process()
            self._process.greet(until)
        return self._process

    def _taken(self, said: Mapping[str, Any], picture: bytes) -> bytes:
        if said["rss"] > MOST_RESIDENT_BYTES:
            self._throw_away()
        if "refused" in said:
            raise BadInput(f"The figure cannot be drawn: {said['refused']}", status=422)
        return picture

    def _throw_away(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end()


_lock = threading.Lock()
_drawer: Drawer | None = None


def _present() -> Drawer:
    global _drawer
    with _lock:
        _drawer = _drawer or Drawer()
        return _drawer


def warm() -> None:
    """Start the process before anybody waits for it. When that fails, the first picture tries again."""
    try:
        _present().ask(None, WARMING_S)
    except Exception:  # a function that cannot draw can still say so
        log.warning("drawing_not_warm", exc_info=True)


def draw(order: Order) -> bytes:
    """The picture, within 10 s.

    Raises BadInput (422) with plotly.js's reason when the figure is at fault, and Temporary when the drawing process
    died, hung, or had too much to do.
    """
    return _present().ask(order, DEADLINE_S)


def close() -> None:
    """End the drawing process, if there is one; the next picture starts another."""
    global _drawer
    with _lock:
        drawer, _drawer = _drawer, None
    if drawer is not None:
        drawer.close()


def _busy() -> Temporary:
    return Temporary("Too many pictures are being drawn. Try again.", retry_after=5)


def content(figure: Mapping[str, Any]) -> str:
    """The part of a figure that is drawn, as JSON with sorted keys: equal text, equal picture."""
    layout = {key: value for key, value in figure.get("layout", {}).items() if key != "meta"}
    return json.dumps({"data": figure.get("data", []), "layout": layout}, ensure_ascii=False, sort_keys=True)
