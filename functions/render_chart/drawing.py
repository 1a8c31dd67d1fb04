"""From a figure to a picture: Kaleido over one resident Chromium, with a deadline for every picture.

Starting the browser costs seconds, a warm picture some 200 ms. A browser that hangs or dies is thrown away
and the next picture starts another.
"""

import asyncio
import atexit
import contextlib
import threading
from typing import Any

from functions.render_chart.browser import Folder, kaleido_in, kill
from lib.errors import Temporary

DEADLINE_S = 20.0
CLOSING_S = 3.0
# Kaleido reads one picture at a time from its page anyway; more would only wait inside it.
_turn = threading.Lock()
_drawer: "Drawer | None" = None


class Drawer:
    """An event loop in a thread of its own, with Kaleido running in it."""

    def __init__(self) -> None:
        self._folder = Folder()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="drawing", daemon=True)
        self._thread.start()
        self._kaleido: Any = None
        atexit.register(self.close)
        try:
            self._run(self._open(), DEADLINE_S)
        except BaseException:
            self.close()
            raise

    async def _open(self) -> None:
        # Made on the loop: its queues belong to the loop they are made on.
        self._kaleido = kaleido_in(self._folder.path, deadline_s=DEADLINE_S)
        await self._kaleido.open()

    def _run(self, work: Any, deadline_s: float) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(deadline_s)

    def draw(self, figure: dict[str, Any], options: dict[str, Any]) -> bytes:
        """One picture. Raises whatever the browser does, or TimeoutError."""
        picture: bytes = self._run(self._kaleido.calc_fig(figure, opts=options), DEADLINE_S)
        return picture

    def close(self) -> None:
        """End the browser, whatever state it is in. Nothing in it is worth a polite goodbye."""
        atexit.unregister(self.close)
        kill(self._kaleido)
        # It is being thrown away because it does not work: how it complains about that is of no use.
        with contextlib.suppress(Exception):
            self._run(self._settled(), CLOSING_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSING_S)
        self._folder.remove()

    async def _settled(self) -> None:
        """Let Kaleido notice that its browser is gone, then end what still waits for it."""
        if self._kaleido is not None:
            await self._kaleido.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def draw(figure: dict[str, Any], *, fmt: str, width: int, height: int, scale: float) -> bytes:
    """A Plotly figure as SVG or PNG; sizes in CSS pixels, PNG has `scale` device pixels for each.

    Raises Temporary when the browser did not manage it within 20 s, or others were before us for that long.
    """
    global _drawer
    if not _turn.acquire(timeout=DEADLINE_S):
        raise Temporary("Too many pictures are being drawn. Try again.", retry_after=5)
    try:
        _drawer = _drawer or Drawer()
        return _drawer.draw(figure, {"format": fmt, "width": width, "height": height, "scale": scale})
    except Exception as error:
        # The browser's driver has a dozen ways to say that it died; a figure of ours is never the reason.
        _throw_away()
        raise Temporary("The picture could not be drawn in time. Try again.", retry_after=3) from error
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
