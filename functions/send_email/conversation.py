"""One SMTP connection, in steps that are each bounded in time."""

import re
import smtplib
import ssl
import time

from functions.send_email.line import Line, TlsLine, left
from functions.send_email.servers import MailServer

# Up to the server's leave to send the body; everything up to the final dot, the body included and both servers
# together; and the wait for the answer to the dot, in seconds. The last two together stay below a lease.
SETTING_UP_S = 8.0
BEFORE_DOT_S = 24.0
ANSWER_S = 14.0
# A connection that was open already answers at once, or it is gone and a new one still needs its time.
REUSED_S = 3.0
# Servers drop idle clients after some minutes; a new connection costs less than finding that out.
IDLE_S = 30.0
IMPLICIT_TLS_PORT = 465
_DOTS = re.compile(rb"(?m)^\.")


class Conversation:
    """Opened on the first letter and kept for the next ones of the same thread."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._line: Line | None = None
        self._used = 0.0
        self._deadline = 0.0

    @property
    def is_fresh(self) -> bool:
        """Whether there is no connection, or one that has been idle for too long to be trusted."""
        return self._line is None or time.monotonic() - self._used > IDLE_S

    def begin(self, last: float) -> None:
        """Start the time of one letter's envelope, over at `last` at the latest; connect when that is needed.

        Raises OSError, ssl.SSLError or smtplib.SMTPException.
        """
        allowed = SETTING_UP_S if self.is_fresh else min(REUSED_S, SETTING_UP_S)
        self._deadline = min(time.monotonic() + allowed, last)
        if self.is_fresh:
            self.close()
            self._line = self._connected()

    def _connected(self) -> Line:
        server = self._server
        at_once = server.use_tls and server.port == IMPLICIT_TLS_PORT
        line = (TlsLine if at_once else Line)(server.host, server.port, self._deadline)
        try:
            self._until(self._deadline, line).ehlo_or_helo_if_needed()
            if server.use_tls and not at_once:
                # Without a context of ours smtplib would take any certificate.
                self._until(self._deadline, line).starttls(context=ssl.create_default_context())
                line.ehlo()
            if server.username:
                self._until(self._deadline, line).login(server.username, server.password)
        except BaseException:
            line.close()
            raise
        return line

    def command(self, words: str) -> tuple[int, str]:
        """One command, one answer: (code, text)."""
        code, text = self._until(self._deadline).docmd(words)
        return self._heard(code, text)

    def body(self, message: bytes, last: float) -> None:
        """The message without the final dot: the server cannot accept it yet."""
        self._until(last).send(_DOTS.sub(b"..", message))

    def final_dot(self) -> tuple[int, str]:
        """The line that lets the server accept the message, and its answer."""
        line = self._until(time.monotonic() + ANSWER_S)
        line.send(b".\r\n")
        code, text = line.getreply()
        return self._heard(code, text)

    def _heard(self, code: int, text: bytes) -> tuple[int, str]:
        self._used = time.monotonic()
        return code, text.decode("utf-8", "replace")[:300]

    def _until(self, deadline: float, line: Line | None = None) -> Line:
        line = line or self._line
        if line is None or line.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        line.deadline = deadline
        line.sock.settimeout(left(deadline))
        return line

    def close(self) -> None:
        """Hang up without a word; a message that has no final dot yet is thus taken back."""
        if self._line is not None:
            self._line.close()
            self._line = None
