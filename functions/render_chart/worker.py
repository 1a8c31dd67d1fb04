"""`python -m functions.render_chart.worker`: the process that draws; its owner is at the other end of standard input.

It holds no secret and no connection, and it ends with the thread that started it, however that ends. Its owner is
`drawing`, which may end it at any moment: nothing here is worth keeping.
"""

import ctypes
import os
import resource
import signal
import socket
import sys
from typing import Any

from functions.render_chart.engine import Canvas, Engine, Undrawable
from functions.render_chart.frames import Closed, receive, send
from functions.render_chart.rasters import jpeg, pdf, png

PR_SET_PDEATHSIG = 1
# The first picture costs six times the later ones: it is drawn before anybody waits for one.
SMALL = Canvas(200, 150)
FIRST = '{"data": [{"type": "bar", "x": ["а", "b"], "y": [1, 2]}], "layout": {"title": {"text": "1"}}}'


def main() -> int:
    """Draw until the other end closes."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return 0
    # Ctrl-C reaches the whole group; this process ends when its owner does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    owner = socket.socket(fileno=0)
    engine = Engine()
    png(engine.svg(FIRST, SMALL), SMALL, 1)
    send(owner, {"ready": True})
    while True:
        try:
            order, figure = receive(owner)
        except Closed:
            return 0
        answer, picture = _drawn(engine, order, figure.decode())
        send(owner, {**answer, "rss": _resident_bytes()}, picture)


def _drawn(engine: Engine, order: dict[str, Any], figure: str) -> tuple[dict[str, Any], bytes]:
    canvas = Canvas(**order["canvas"])
    try:
        svg = engine.svg(figure, canvas)
    except Undrawable as error:
        return {"refused": str(error)}, b""
    match order["format"]:
        case "svg":
            return {}, svg.encode()
        case "png":
            return {}, png(svg, canvas, order["scale"])
        case "jpeg":
            return {}, jpeg(svg, canvas, order["scale"])
        case _:
            return {}, pdf(svg, canvas)


def _resident_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    sys.exit(main())
