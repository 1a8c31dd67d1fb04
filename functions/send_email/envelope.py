"""Opening an envelope at a mail server: from whom, to whom, and its leave to send the body."""

import contextlib
import smtplib

from functions.send_email.conversation import Conversation
from lib.domain.outcomes import ChannelPaused
from lib.errors import Permanent, Temporary

SERVICE_CLOSING = 421
LOGIN_PAUSE_S = 60.0
# Refusals of a RCPT that speak of the mailbox itself: no such user, moved away, not a valid name.
NO_SUCH_MAILBOX = (550, 551, 553)


class Out(Exception):
    """The server is of no use now, whatever the letter. Nothing was accepted."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.problem = _before_the_dot(error)


def open_envelope(talk: Conversation, sender: str, address: str, last: float) -> None:
    """Up to the server's leave to send the body, over at `last` at the latest.

    Raises Out, OSError or smtplib.SMTPException when the server is out; Permanent or Temporary when it refuses
    this letter.
    """
    reused = not talk.is_fresh
    try:
        _envelope(talk, sender, address, last)
    except (OSError, smtplib.SMTPServerDisconnected, Out):
        talk.close()
        if not reused:
            raise
        # The server had hung up while the connection lay idle.
        _envelope(talk, sender, address, last)


def _envelope(talk: Conversation, sender: str, address: str, last: float) -> None:
    talk.begin(last)
    _accepted(talk, f"MAIL FROM:<{sender}>", "message_refused")
    _accepted(talk, f"RCPT TO:<{address}>", "address_refused")
    _accepted(talk, "DATA", "message_refused")


def _accepted(talk: Conversation, line: str, refusal: str) -> None:
    code, text = talk.command(line)
    if code in (250, 251, 252, 354):
        return
    if code == SERVICE_CLOSING or code < 0:
        raise Out(Temporary(f"{code} {text}"))
    # A server that hangs up behind its refusal has refused all the same.
    with contextlib.suppress(OSError, smtplib.SMTPException):
        talk.command("RSET")
    if code < 500:
        raise Temporary(f"{code} {text}")
    known = refusal != "address_refused" or code in NO_SUCH_MAILBOX
    raise Permanent(refusal if known else "message_refused", f"{code} {text}")


def _before_the_dot(error: Exception) -> Temporary:
    """Whatever broke, nothing was accepted."""
    if isinstance(error, Temporary):
        return error
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return ChannelPaused("login_refused", "The mail server refuses our login.", retry_after=LOGIN_PAUSE_S)
    if isinstance(error, smtplib.SMTPResponseException):
        return Temporary(f"{error.smtp_code} {_decoded(error.smtp_error)}")
    return Temporary(f"the mail server is out of reach: {type(error).__name__}")


def _decoded(text: bytes | str) -> str:
    return (text.decode("utf-8", "replace") if isinstance(text, bytes) else text)[:300]
