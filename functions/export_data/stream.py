"""Bytes on their way out, and the database connection they come from."""

from collections.abc import Iterator

from sqlalchemy import Connection


class Stream(Iterator[bytes]):
    """Gives the connection back when it ends, breaks off or is closed, read or unread.

    A plain generator would not: closed before its first row (a HEAD request, a client that left), it never
    reaches its own `finally`.
    """

    def __init__(self, conn: Connection, pieces: Iterator[bytes]) -> None:
        self._conn = conn
        self._pieces = pieces

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self._conn.close()
            raise

    def close(self) -> None:
        """What every WSGI server calls at the end, whatever the end was."""
        self._conn.close()
