"""The only way to a template that somebody wrote: through a process with limits, kept warm."""

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from lib.domain.own_templates import Own
from lib.errors import FieldError
from lib.templates.model import Reader, Rendered, Surroundings
from lib.templates.own.limits import WALL_S, Tripped

ROOT = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-m", "lib.templates.own.worker")
# The worker keeps the time itself; this is for one that does not answer at all, and covers its start.
PATIENCE_S = WALL_S + 8.0


class Failed(Exception):
    """The template raised, or made something that cannot be sent; the sentence names its line."""


class Sandbox:
    """One worker for the process, started at the first need and again after it is gone."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def render(self, own: Own, reader: Reader, data: Mapping[str, Any], around: Surroundings) -> Rendered:
        """The message. Raises Failed and Tripped."""
        answer = self._ask(own, reader, data, around)
        if "failed" in answer:
            raise Failed(answer["failed"])
        return Rendered(**answer["rendered"])

    def complaints(self, own: Own, reader: Reader, around: Surroundings) -> list[FieldError]:
        """What is wrong with a template. Raises Tripped."""
        return cast(list[FieldError], self._ask(own, reader, None, around)["complaints"])

    def _ask(
        self, own: Own, reader: Reader, data: Mapping[str, Any] | None, around: Surroundings
    ) -> dict[str, Any]:
        asked = {
            "own": asdict(own),
            "reader": {
                "locale": reader.locale,
                "zone": reader.zone.key,
                "role": reader.role,
                "name": reader.name,
            },
            "around": {
                "now": around.now.isoformat(),
                "currency": around.currency,
                "unsubscribe_url": around.unsubscribe_url,
                "answer_urls": dict(around.answer_urls) if around.answer_urls else None,
            },
            "data": data,
        }
        line = json.dumps(asked, default=str).encode() + b"\n"
        with self._turn:
            answer = self._exchange(line)
        if "tripped" in answer:
            raise Tripped(answer["tripped"])
        return answer

    def _exchange(self, line: bytes) -> dict[str, Any]:
        worker = self._running()
        said = None
        with contextlib.suppress(OSError):
            asking = cast(IO[bytes], worker.stdin)
            asking.write(line)
            asking.flush()
            said = self._said(cast(IO[bytes], worker.stdout))
        if said is None:
            self.stop()
            raise Tripped("crash")
        return cast(dict[str, Any], json.loads(said))

    def _said(self, answers: IO[bytes]) -> bytes | None:
        """One line; None when the worker has ended or keeps silent."""
        said = b""
        while not said.endswith(b"\n"):
            if not select.select([answers], [], [], PATIENCE_S)[0]:
                return None
            piece = os.read(answers.fileno(), 65536)
            if not piece:
                return None
            said += piece
        return said

    def _running(self) -> subprocess.Popen[bytes]:
        if self._worker is None or self._owner != os.getpid() or self._worker.poll() is not None:
            self._worker = subprocess.Popen(  # noqa: S603 - our own module
                COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=ROOT,
                # No secret of ours: it only needs to find what this process can import.
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LANG": "C.UTF-8"},
                start_new_session=True,
            )
            self._owner = os.getpid()
            atexit.register(self.stop)
        return self._worker

    def stop(self) -> None:
        """End the worker and what it may be doing; the next request starts another."""
        worker, self._worker = self._worker, None
        if worker is None or self._owner != os.getpid():
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                pipe.close()


SANDBOX = Sandbox()
