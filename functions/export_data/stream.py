"""Bytes on their way out, and what they come from."""

from collections.abc import Iterator
from typing import IO

from functions.export_data.copying import Copying
from functions.export_data.frames import Frame

PIECE_BYTES = 64 * 1024


class Stream(Iterator[bytes]):
    """Rows in their frame. Gives the connection back when it ends, breaks off or is closed, read or unread.

    A plain generator would not: closed before its first row (a HEAD request, a client that left), it never
    reaches its own `finally`.
    """

    def __init__(self, copying: Copying, frame: Frame, total: int) -> None:
        self._copying = copying
        self._frame = frame
        self._total = total
        self._pieces = self._framed()

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """What every WSGI server calls at the end, whatever the end was."""
        self._copying.stop()

    def _framed(self) -> Iterator[bytes]:
        frame, written = self._frame, 0
        self._copying.start()
        yield frame.head
        while (rows := self._copying.channel.get()) is not None:
            yield (frame.between if written else frame.first) + frame.between.join(rows)
            written += len(rows)
        if written != self._total:
            raise RuntimeError(f"{written} rows of {self._total}")
        yield frame.tail if written else frame.empty


class FileStream(Iterator[bytes]):
    """A file, piece by piece, closed at the end, whatever the end was."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __next__(self) -> bytes:
        piece = self._file.read(PIECE_BYTES)
        if not piece:
            raise StopIteration
        return piece

    def close(self) -> None:
        """What every WSGI server calls."""
        self._file.close()
