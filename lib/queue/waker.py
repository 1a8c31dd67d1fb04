"""Waking threads by PostgreSQL's NOTIFY, so that nobody polls fast and nothing waits long."""

import select
import threading
from collections import defaultdict

import psycopg2
import psycopg2.extensions

OUTBOX = "outbox"


class Waker:
    """Listens on the channels `outbox` and `queue`; sets the event of that name (`queue:NAME`)."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn.replace("postgresql+psycopg2:", "postgresql:")
        self._events: defaultdict[str, threading.Event] = defaultdict(threading.Event)
        self._lock = threading.Lock()

    def event(self, name: str) -> threading.Event:
        """The event that is set when `name` has something new."""
        with self._lock:
            return self._events[name]

    def wake_all(self) -> None:
        """Set every event: at shutdown, and when notifications may have been missed."""
        with self._lock:
            for event in self._events.values():
                event.set()

    def run(self, stop: threading.Event) -> None:
        """Listen until `stop`. A lost connection is made again; the threads' own idle poll covers the gap."""
        while not stop.is_set():
            try:
                connection = psycopg2.connect(self._dsn, connect_timeout=2)
            except psycopg2.OperationalError:
                stop.wait(1.0)
                continue
            try:
                self._listen(connection, stop)
            except psycopg2.Error:
                stop.wait(0.5)
            finally:
                connection.close()

    def _listen(self, connection: psycopg2.extensions.connection, stop: threading.Event) -> None:
        connection.set_isolation_level(psycopg2.extensions.ISOLATION_LEVEL_AUTOCOMMIT)
        with connection.cursor() as cursor:
            cursor.execute("LISTEN outbox")
            cursor.execute("LISTEN queue")
        self.wake_all()
        while not stop.is_set():
            if select.select([connection], [], [], 0.5)[0]:
                connection.poll()
                while connection.notifies:
                    notice = connection.notifies.pop(0)
                    self.event(f"queue:{notice.payload}" if notice.channel == "queue" else OUTBOX).set()
