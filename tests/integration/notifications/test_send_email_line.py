"""The line to a mail server ends every wait at its deadline, whatever the other side does."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from functions.send_email import conversation
from functions.send_email.line import Line
from functions.send_email.smtp import SmtpCarrier
from lib.errors import Temporary
from lib.runtime.settings import Settings
from tests.integration.notifications.letter import LETTER, dot


class Dripping:
    """A server that answers with one byte at a time and never comes to the end."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._drip)
        self._thread.start()

    def _drip(self) -> None:
        client, _ = self._socket.accept()
        with client:
            while not self._over.wait(0.05):
                try:
                    client.send(b"2")
                except OSError:
                    return

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
        self._socket.close()


@pytest.fixture
def dripping() -> Iterator[Dripping]:
    server = Dripping()
    yield server
    server.stop()


def test_an_answer_that_drips_does_not_hold_us_beyond_the_deadline(
    dripping: Dripping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "SETTING_UP_S", 0.5)
    carrier = SmtpCarrier(Settings(email_host="127.0.0.1", email_port=dripping.port, email_use_tls=False))
    started = time.monotonic()
    with pytest.raises(Temporary):
        carrier.send(LETTER, dot)
    assert 0.4 < time.monotonic() - started < 2


def test_an_address_that_does_not_answer_leaves_time_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A full backlog swallows connections as a firewall does.
    deaf = socket.create_server(("127.0.0.1", 0), backlog=0)
    callers = [socket.socket() for _ in range(4)]
    for each in callers:
        each.setblocking(False)
        each.connect_ex(deaf.getsockname())
    with socket.create_server(("127.0.0.2", deaf.getsockname()[1])) as alive:
        found = [
            (socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, deaf.getsockname()[1]))
            for host in ("127.0.0.1", "127.0.0.2")
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)
        greeting = threading.Thread(target=lambda: alive.accept()[0].send(b"220 here\r\n"))
        greeting.start()
        line = Line("mail.example", deaf.getsockname()[1], time.monotonic() + 2)
        assert line.sock is not None
        assert line.sock.getpeername()[0] == "127.0.0.2"
        line.close()
        greeting.join()
    for each in (*callers, deaf):
        each.close()
