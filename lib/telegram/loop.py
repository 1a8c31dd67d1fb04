"""One background thread with an event loop, for the asynchronous client under synchronous functions.

A loop a call costs twenty times as much (two TLS contexts each), and a client does not outlive its loop.
"""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """Started at the first call; ends with the process."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, work: Coroutine[Any, Any, T], timeout_s: float) -> T:
        """Wait for a coroutine's result. Raises TimeoutError, and then the work is cancelled."""
        future = asyncio.run_coroutine_threadsafe(work, self._running())
        try:
            return future.result(timeout_s)
        except TimeoutError:
            future.cancel()
            raise

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
                thread.start()
            return self._loop
