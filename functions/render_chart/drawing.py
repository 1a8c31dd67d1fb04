"""From a figure to a picture: Kaleido over one resident Chromium, with a deadline for every picture.

Starting the browser costs seconds (on a machine that had never started it, more than twenty), a warm picture
some 200 ms. A browser that hangs or dies is thrown away, and the picture is tried once more with another.
"""

import asyncio
import atexit
import contextlib
import threading
import time
from typing import Any

import structlog

from functions.render_chart.browser import Folder, kaleido_in, kill
from lib.errors import Temporary

log = structlog.get_logger()
# An answer comes within 30 s, whatever the browser does: waiting and two attempts, then the last one's closing.
DEADLINE_S = 24.0
ATTEMPT_S = 13.0
LEAST_S = 1.0
# Before the first request nobody waits. On a fresh machine the first picture was once not there after 20 s.
WARMING_S = 90.0
CLOSING_S = 2.0
ENDING_S = 1.0
# Kaleido reads one picture at a time from its page anyway; more would only wait inside it.
_turn = threading.Lock()
_drawer: "Drawer | None" = None


class Drawer:
    """An event loop in a thread of its own, with Kaleido running in it."""

    def __init__(self, deadline_s: float) -> None:
        self._folder = Folder()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="drawing", daemon=True)
        self._thread.start()
        self._kaleido: Any = None
        atexit.register(self.close)
        try:
            self._run(self._open(), deadline_s)
        except BaseException:
            self.close()
            raise

    async def _open(self) -> None:
        # Made on the loop: its queues belong to the loop they are made on.
        self._kaleido = kaleido_in(self._folder.path, deadline_s=WARMING_S)
        await self._kaleido.open()

    def _run(self, work: Any, deadline_s: float) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(deadline_s)

    def draw(self, figure: dict[str, Any], options: dict[str, Any], deadline_s: float) -> bytes:
        """One picture. Raises whatever the browser does, or TimeoutError."""
        picture: bytes = self._run(self._kaleido.calc_fig(figure, opts=options), deadline_s)
        return picture

    def close(self) -> None:
        """End the browser, whatever state it is in. Nothing in it is worth a polite goodbye."""
        atexit.unregister(self.close)
        kill(self._kaleido)
        # It is being thrown away because it does not work: how it complains about that is of no use.
        with contextlib.suppress(Exception):
            self._run(self._settled(), CLOSING_S + 2 * ENDING_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSING_S)
        self._folder.remove()

    async def _settled(self) -> None:
        """Let Kaleido notice that its browser is gone, as long as that takes no longer than it should; then end
        what still waits for it, or it would be found unfinished when the loop is gone."""
        if self._kaleido is not None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._kaleido.close(), CLOSING_S)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others, timeout=ENDING_S)


def warm() -> None:
    """Start the browser before anybody waits for it. When that fails, the first picture tries again."""
    global _drawer
    with _turn:
        try:
            _drawer = _drawer or Drawer(WARMING_S)
        except Exception:
            log.warning("browser_not_warm", exc_info=True)


def draw(figure: dict[str, Any], *, fmt: str, width: int, height: int, scale: float) -> bytes:
    """A Plotly figure as SVG or PNG; sizes in CSS pixels, PNG has `scale` device pixels for each.

    Raises Temporary when others were before us for 24 s, or two browsers one after the other did not manage it
    in that time.
    """
    global _drawer
    until = time.monotonic() + DEADLINE_S
    if not _turn.acquire(timeout=DEADLINE_S):
        raise Temporary("Too many pictures are being drawn. Try again.", retry_after=5)
    options = {"format": fmt, "width": width, "height": height, "scale": scale}
    try:
        for attempt in (1, 2):
            end = min(time.monotonic() + ATTEMPT_S, until)
            if end - time.monotonic() < LEAST_S:
                break
            try:
                _drawer = _drawer or Drawer(end - time.monotonic())
                return _drawer.draw(figure, options, end - time.monotonic())
            except Exception:
                log.warning("picture_not_drawn", attempt=attempt, exc_info=True)
                _throw_away()
        raise Temporary("The picture could not be drawn in time. Try again.", retry_after=3)
    finally:
        _turn.release()


def close() -> None:
    """End the resident browser, if there is one; the next picture starts another."""
    with _turn:
        _throw_away()


def _throw_away() -> None:
    global _drawer
    drawer, _drawer = _drawer, None
    if drawer is not None:
        drawer.close()
