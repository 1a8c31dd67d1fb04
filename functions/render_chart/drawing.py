"""From a figure to a picture: Kaleido over one resident Chromium, with a deadline for every picture.

Starting the browser costs seconds, a warm picture some 200 ms. A browser that hangs or dies is thrown away
and the next picture starts another.
"""

import asyncio
import threading
from concurrent.futures import TimeoutError as Late
from typing import Any

from lib.errors import Temporary

DEADLINE_S = 20.0
# Kaleido reads one picture at a time from its page anyway; more would only wait inside it.
_turn = threading.Lock()
_drawer: "Drawer | None" = None


class Drawer:
    """An event loop in a thread of its own, with Kaleido running in it."""

    def __init__(self) -> None:
        # Imported here: plotly and the browser's driver are needed for pictures only, not for JSON.
        from kaleido import Kaleido

        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="drawing", daemon=True).start()
        # Without mathjax=False the page asks a CDN for it.
        self._kaleido = self._run(self._opened(Kaleido), DEADLINE_S)

    async def _opened(self, kind: Any) -> Any:
        return await kind(n=1, timeout=DEADLINE_S, mathjax=False).__aenter__()

    def _run(self, work: Any, deadline_s: float) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(deadline_s)

    def draw(self, figure: dict[str, Any], options: dict[str, Any]) -> bytes:
        """One picture. Raises whatever the browser does, or TimeoutError."""
        picture: bytes = self._run(self._kaleido.calc_fig(figure, opts=options), DEADLINE_S)
        return picture

    def close(self) -> None:
        """End the browser, whatever state it is in."""
        try:
            self._run(self._kaleido.__aexit__(None, None, None), 3.0)
        except Exception:  # noqa: BLE001 - it is being thrown away because it does not work
            return
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)


def draw(figure: dict[str, Any], *, fmt: str, width: int, height: int, scale: float) -> bytes:
    """A Plotly figure as SVG or PNG; sizes in CSS pixels, PNG has `scale` device pixels for each.

    Raises Temporary when the browser did not manage it within 20 s.
    """
    global _drawer
    with _turn:
        try:
            _drawer = _drawer or Drawer()
            return _drawer.draw(figure, {"format": fmt, "width": width, "height": height, "scale": scale})
        except (Late, TimeoutError, OSError, RuntimeError) as error:
            if _drawer is not None:
                _drawer.close()
            _drawer = None
            raise Temporary("The picture could not be drawn in time. Try again.", retry_after=3) from error
