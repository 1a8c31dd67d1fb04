"""A line to a mail server on which every wait ends at one deadline.

smtplib's own timeout starts anew with every address that is tried and every byte that arrives.
"""

import io
import smtplib
import socket
import ssl
import time


class Line(smtplib.SMTP):
    """Set `deadline` (of `time.monotonic`) before each exchange. Raises TimeoutError once it has passed."""

    def __init__(self, host: str, port: int, deadline: float) -> None:
        self.deadline = deadline
        super().__init__(host, port, timeout=left(deadline))

    def _get_socket(self, host: str, port: int, _timeout: float) -> socket.socket:
        return _reached(host, port, self.deadline)

    def getreply(self) -> tuple[int, bytes]:
        """The whole answer, which may be many lines and arrive in drops."""
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Ear(self, self.sock))
        return super().getreply()


class TlsLine(Line):
    """TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = super()._get_socket(host, port, timeout)
        plain.settimeout(left(self.deadline))
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


class _Ear(io.RawIOBase):
    def __init__(self, line: Line, sock: socket.socket) -> None:
        self._line, self._sock = line, sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        self._sock.settimeout(left(self._line.deadline))
        return self._sock.recv_into(buffer)


def left(deadline: float) -> float:
    """Seconds until then. Raises TimeoutError when there are none."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the time for this letter is used up")
    return seconds


def _reached(host: str, port: int, deadline: float) -> socket.socket:
    failure = OSError("the name has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        sock = socket.socket(family, kind, protocol)
        try:
            # One address that swallows everything must leave time for the next.
            sock.settimeout(left(deadline) / 2)
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            # The final dot is a small write behind a large one: Nagle's algorithm would hold it back for 40 ms.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    raise failure
