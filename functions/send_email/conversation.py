"""One SMTP connection, in steps that are each bounded in time."""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable

from lib.runtime.settings import Settings

# Everything up to the body, and the wait for the answer to the final dot, in seconds. Together they stay below
# the lease of a delivery.
SETTING_UP_S = 10.0
ANSWER_S = 15.0
# Servers drop idle clients after some minutes; a new connection costs less than finding that out.
IDLE_S = 30.0
IMPLICIT_TLS_PORT = 465
_DOTS = re.compile(rb"(?m)^\.")


def _without_delay(smtp: smtplib.SMTP) -> None:
    """The final dot is a small write behind a large one: Nagle's algorithm would hold it back for 40 ms."""
    if smtp.sock is not None:
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Conversation:
    """Opened on the first letter and kept for the next ones of the same thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None
        self._used = 0.0
        self._deadline = 0.0

    @property
    def is_fresh(self) -> bool:
        """Whether there is no connection, or one that has been idle for too long to be trusted."""
        return self._smtp is None or time.monotonic() - self._used > IDLE_S

    def begin(self) -> None:
        """Start the time budget of one letter; connect when that is needed.

        Raises OSError, ssl.SSLError or smtplib.SMTPException.
        """
        self._deadline = time.monotonic() + SETTING_UP_S
        if self.is_fresh:
            self.close()
            self._smtp = self._connected()

    def _connected(self) -> smtplib.SMTP:
        s = self._settings
        if s.email_use_tls and s.email_port == IMPLICIT_TLS_PORT:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                s.email_host, s.email_port, timeout=SETTING_UP_S, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(s.email_host, s.email_port, timeout=SETTING_UP_S)
        try:
            _without_delay(smtp)
            smtp.ehlo_or_helo_if_needed()
            if s.email_use_tls and s.email_port != IMPLICIT_TLS_PORT:
                # Without a context of ours smtplib would take any certificate.
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo()
            if s.email_username:
                smtp.login(s.email_username, s.email_password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def command(self, line: str) -> tuple[int, str]:
        """One command, one answer: (code, text)."""
        return self._answer(lambda smtp: smtp.docmd(line), self._deadline)

    def body(self, message: bytes) -> None:
        """The message without the final dot: the server cannot accept it yet."""
        smtp = self._bounded(self._deadline)
        smtp.send(_DOTS.sub(b"..", message))

    def final_dot(self) -> tuple[int, str]:
        """The line that lets the server accept the message, and its answer."""
        deadline = time.monotonic() + ANSWER_S
        self._bounded(deadline).send(b".\r\n")
        return self._answer(lambda smtp: smtp.getreply(), deadline)

    def _answer(self, ask: Callable[[smtplib.SMTP], tuple[int, bytes]], deadline: float) -> tuple[int, str]:
        code, text = ask(self._bounded(deadline))
        self._used = time.monotonic()
        return code, text.decode("utf-8", "replace")[:300]

    def _bounded(self, deadline: float) -> smtplib.SMTP:
        left = deadline - time.monotonic()
        if self._smtp is None or self._smtp.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        if left <= 0:
            raise TimeoutError("the time for this letter is used up")
        self._smtp.sock.settimeout(left)
        return self._smtp

    def close(self) -> None:
        """Hang up without a word; a message that has no final dot yet is thus taken back."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None
