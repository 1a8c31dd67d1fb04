"""Rows as the database writes them, by COPY, in a thread of its own: COPY pushes, a WSGI server pulls."""

import contextlib
import os
import socket
import threading
from typing import Any

from sqlalchemy import Connection

from functions.export_data.channel import Channel

BATCH_BYTES = 64 * 1024
CSV = "FORMAT csv, ENCODING 'UTF8'"
# Lines as they are: JSON holds no control character that would have to be quoted.
LINES = "FORMAT csv, ENCODING 'UTF8', DELIMITER E'\\x02', QUOTE E'\\x01'"


class Copying:
    """One COPY over a connection, which it has for itself until it has ended or was stopped."""

    def __init__(self, conn: Connection, statement: str, options: str) -> None:
        self.channel = Channel()
        self._conn = conn
        driver: Any = conn.connection.driver_connection
        self._driver = driver
        # A name of our own for the wire: the driver's may be closed, and given to another, at any moment.
        self._wire = socket.socket(fileno=os.dup(driver.fileno()))
        self._sql = f"COPY ({statement}) TO STDOUT WITH ({options})"
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="copy", daemon=True)
        self._copied = self._severed = False

    def start(self) -> None:
        """Begin. The whole transfer is one statement, as long as the client takes: what bounds it is the channel."""
        self._conn.exec_driver_sql("SET LOCAL statement_timeout = 0")
        self._thread.start()

    def stop(self) -> None:
        """End it if it runs, and let go of the connection: one that is in the middle of a sentence is closed."""
        self.channel.leave()
        if self._thread.is_alive():
            # It may be waiting for the server, perhaps for long. Asking to cancel would need a second connection;
            # the end of the wire wakes it at once.
            self._sever()
            self._thread.join()
        self._forget_wire()
        in_the_middle = self._thread.ident is not None and not self._copied
        if (in_the_middle or self._severed) and not self._conn.closed:
            self._conn.invalidate()
        self._conn.close()

    def _sever(self) -> None:
        self._severed = True
        with self._lock, contextlib.suppress(OSError):
            self._wire.shutdown(socket.SHUT_RDWR)

    def _forget_wire(self) -> None:
        with self._lock:
            self._wire.close()

    def _run(self) -> None:
        sink = _Sink(self.channel)
        try:
            with self._driver.cursor() as cursor:
                cursor.copy_expert(self._sql, sink)
            self._copied = True
            sink.flush()
        except BaseException as error:  # noqa: BLE001 - it is the reader's to raise
            if not self._copied:
                # A reader who takes nothing may be away for long: the server shall not wait for them. It is told
                # only when nobody holds the wire any more.
                self._driver.close()
                self._forget_wire()
            self.channel.end(error)
        else:
            self.channel.end()


class _Sink:
    """The file that COPY writes to, one row a call, its line end included."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._rows: list[bytes] = []
        self._size = 0

    def write(self, row: bytes) -> int:
        """Called by the driver."""
        self._rows.append(row[:-1])
        self._size += len(row)
        if self._size >= BATCH_BYTES:
            self.flush()
        return len(row)

    def flush(self) -> None:
        """Hand over what there is."""
        if self._rows:
            self._channel.put(self._rows)
            self._rows, self._size = [], 0
