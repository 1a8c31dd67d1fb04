"""Waiting for the next message without asking again and again."""

import asyncio
from collections.abc import Callable


class Changes:
    """Wakes whoever waits when something has been accepted."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def tell(self) -> None:
        """Something has changed."""
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait until `holds` is true, at most `seconds`; says whether it is."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    await self._next.wait()
        except TimeoutError:
            return False
        return True
