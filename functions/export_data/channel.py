"""A bounded hand-over from the thread that reads rows to the one that answers; either end may leave."""

import threading
from collections import deque

from lib.errors import Temporary

Rows = list[bytes]
DEPTH = 8
# As long as either end waits for the other: a reader that takes nothing shall not hold a connection,
# nor a database that says nothing hold a request.
PATIENCE_S = 60.0


class Left(Exception):
    """Nobody takes what is read any more."""


class Channel:
    """Holds at most `DEPTH` batches of rows."""

    def __init__(self) -> None:
        self._patience_s = PATIENCE_S
        self._batches: deque[Rows] = deque()
        self._changed = threading.Condition()
        self._ended = self._left = False
        self._error: BaseException | None = None

    def put(self, rows: Rows) -> None:
        """Hand over a batch; waits for room. Raises Left when the reader went, or took nothing for too long."""
        with self._changed:
            room = self._changed.wait_for(lambda: self._left or len(self._batches) < DEPTH, self._patience_s)
            if self._left or not room:
                raise Left
            self._batches.append(rows)
            self._changed.notify_all()

    def end(self, error: BaseException | None = None) -> None:
        """There is no more, or there is an `error`."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def get(self) -> Rows | None:
        """The next batch; None at the end. Raises the other end's error, or Temporary when it says nothing."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._batches or self._ended, self._patience_s):
                raise Temporary("The database does not answer now. Try again shortly.")
            if self._batches:
                rows = self._batches.popleft()
                self._changed.notify_all()
                return rows
            if self._error is not None:
                raise self._error
            return None

    def leave(self) -> None:
        """The reader goes."""
        with self._changed:
            self._left = True
            self._changed.notify_all()
