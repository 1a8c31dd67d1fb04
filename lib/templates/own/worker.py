"""`python -m lib.templates.own.worker`: renders what somebody wrote, each time in a process of its own.

Jinja's sandbox stops neither `'a' * 10**9` nor nested loops; a process with limits does. Requests and answers
are lines of JSON on stdin and stdout. This process keeps everything imported and forks for each request, so
that nothing of one rendering is left for the next.
"""

import json
import os
import select
import signal
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from lib.domain.own_templates import Own
from lib.templates.engine import LOCALES
from lib.templates.model import Reader, Surroundings
from lib.templates.own import checking, limits
from lib.templates.own.writing import warm, written
from lib.templates.rendering import render
from lib.templates.variables import sample

OUT_OF_MEMORY, BROKEN = 3, 4
_ENDS = {-signal.SIGXCPU: "cpu", -signal.SIGKILL: "cpu", OUT_OF_MEMORY: "memory"}


def main() -> None:
    """Serve until stdin ends."""
    _prepare()
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(_served(line) + b"\n")
        sys.stdout.buffer.flush()


def _prepare() -> None:
    """Load what every rendering needs: Babel reads a language's data at its first use."""
    warm()
    now = datetime.now(UTC)
    for locale in LOCALES:
        reader = Reader(locale, ZoneInfo("Europe/Moscow"), "student")
        for channel in ("email", "telegram"):
            for name in ("lesson_created", "payment_processed", "balance_low"):
                render(name, channel, reader, sample(name, locale), Surroundings(now))


def _served(line: bytes) -> bytes:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(line, writing)
    os.close(writing)
    try:
        answer = _read(reading, time.monotonic() + limits.WALL_S)
    finally:
        os.close(reading)
    if answer is None:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return _tripped("time")
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return _tripped(_ENDS.get(status, "crash")) if status else answer


def _tripped(limit: str) -> bytes:
    return json.dumps({"tripped": limit}).encode()


def _read(pipe: int, deadline: float) -> bytes | None:
    """Everything until the writer ends; None when it has not by the deadline."""
    pieces: list[bytes] = []
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            return None
        piece = os.read(pipe, 65536)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)


def _answer(line: bytes, pipe: int) -> None:
    """In the forked process: do the work, say the answer, and be gone."""
    status = BROKEN
    try:
        limits.impose()
        answer = json.dumps(_done(json.loads(line))).encode()
        while answer:
            answer = answer[os.write(pipe, answer) :]
        status = 0
    except MemoryError:
        status = OUT_OF_MEMORY
    finally:
        os._exit(status)


def _done(asked: dict[str, Any]) -> dict[str, Any]:
    own = Own(**asked["own"])
    reader = Reader(**{**asked["reader"], "zone": ZoneInfo(asked["reader"]["zone"])})
    around = Surroundings(**{**asked["around"], "now": datetime.fromisoformat(asked["around"]["now"])})
    if asked["data"] is None:
        return {"complaints": checking.complaints(own, reader, around)}
    try:
        return {"rendered": asdict(written(own, reader, asked["data"], around))}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a template may raise anything
        field, number = checking.line_of(own, error)
        where = field if number is None else f"{field}, line {number}"
        return {"failed": f"{where}: {checking.sentence(error)}"}


if __name__ == "__main__":
    main()
