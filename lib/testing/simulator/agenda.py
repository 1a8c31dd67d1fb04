"""What is to happen, in the order of time. It holds a fortnight at most, however long the run."""

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from typing import Any

from lib.testing.simulator.instants import DAY_S

Handler = Callable[..., None]
_Entry = tuple[int, int, Handler, tuple[Any, ...]]


class Agenda:
    """Later days are unsorted heaps of paper; only the present day is kept in order."""

    def __init__(self, start: int, until: int) -> None:
        self.now = start
        self._until = until
        self._number = 0
        self._today = start // DAY_S
        self._open: list[_Entry] = []
        self._later: dict[int, list[_Entry]] = {}

    def at(self, when: int, handler: Handler, *arguments: Any) -> None:
        """Call `handler(when, *arguments)` then; what would be after the end of the run is forgotten."""
        if when > self._until:
            return
        when = max(when, self.now)
        self._number += 1
        entry = (when, self._number, handler, arguments)
        day = when // DAY_S
        if day <= self._today:
            heappush(self._open, entry)
        elif day in self._later:
            self._later[day].append(entry)
        else:
            self._later[day] = [entry]

    def run(self) -> Iterator[int]:
        """Carry everything out in order; yields the time after each."""
        while self._open or self._later:
            while self._open:
                when, _, handler, arguments = heappop(self._open)
                self.now = when
                handler(when, *arguments)
                yield when
            if self._later:
                self._today = min(self._later)
                self._open = self._later.pop(self._today)
                heapify(self._open)
