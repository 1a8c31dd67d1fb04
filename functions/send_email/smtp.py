"""Handing a letter to the mail server, and reading its answers."""

import re
import smtplib
import threading
from collections.abc import Callable
from email.utils import parseaddr

from functions.send_email.conversation import Conversation
from functions.send_email.mime import assemble
from lib.domain.outcomes import AnswerLost, ChannelPaused, Letter, Receipt
from lib.errors import Permanent, Temporary
from lib.runtime.settings import Settings

SERVICE_CLOSING = 421
LOGIN_PAUSE_S = 60.0
# Refusals of a RCPT that speak of the mailbox itself: no such user, moved away, not a valid name.
NO_SUCH_MAILBOX = (550, 551, 553)
# Local part and domain in plain ASCII, without anything that could end the SMTP line or its angle brackets.
ADDRESS = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}$")


class SmtpCarrier:
    """The e-mail channel. One connection a thread, kept between letters."""

    channel = "email"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._threads = threading.local()

    def send(self, letter: Letter, point_of_no_return: Callable[[], None]) -> Receipt:
        """See `lib.domain.outcomes.Carrier`."""
        if not self._settings.email_host:
            raise ChannelPaused("not_configured", "EMAIL_HOST is not set.", retry_after=LOGIN_PAUSE_S)
        if not ADDRESS.match(letter.address):
            raise Permanent("bad_address", "The address cannot be used in SMTP.")
        message = assemble(letter, self._settings.email_from)
        talk = self._conversation()
        try:
            self._set_up(talk, letter.address)
            talk.body(message)
            point_of_no_return()
        except (OSError, smtplib.SMTPException) as error:
            talk.close()
            raise _before_the_dot(error) from error
        except BaseException:
            # Hung up on in the middle of the data, the server forgets the message.
            talk.close()
            raise
        return _finished(talk)

    def _conversation(self) -> Conversation:
        if not hasattr(self._threads, "talk"):
            self._threads.talk = Conversation(self._settings)
        talk: Conversation = self._threads.talk
        return talk

    def _set_up(self, talk: Conversation, address: str) -> None:
        reused = not talk.is_fresh
        try:
            self._envelope(talk, address)
        except (OSError, smtplib.SMTPServerDisconnected, _Closing):
            talk.close()
            if not reused:
                raise
            # The server had hung up while the connection lay idle.
            self._envelope(talk, address)

    def _envelope(self, talk: Conversation, address: str) -> None:
        talk.begin()
        _accepted(talk, f"MAIL FROM:<{parseaddr(self._settings.email_from)[1]}>", "message_refused")
        _accepted(talk, f"RCPT TO:<{address}>", "address_refused")
        _accepted(talk, "DATA", "message_refused")


class _Closing(Temporary):
    """421: the server hangs up."""


def _accepted(talk: Conversation, line: str, refusal: str) -> None:
    code, text = talk.command(line)
    if code in (250, 251, 252, 354):
        return
    if code == SERVICE_CLOSING:
        raise _Closing(f"{code} {text}")
    talk.command("RSET")
    if code < 500:
        raise Temporary(f"{code} {text}")
    known = refusal != "address_refused" or code in NO_SUCH_MAILBOX
    raise Permanent(refusal if known else "message_refused", f"{code} {text}")


def _finished(talk: Conversation) -> Receipt:
    try:
        code, text = talk.final_dot()
    except (OSError, smtplib.SMTPException) as error:
        talk.close()
        raise AnswerLost(f"no answer to the final dot: {type(error).__name__}") from error
    if code == 250:
        return Receipt(answer=f"{code} {text}")
    talk.close()
    if code < 0:
        raise AnswerLost("the answer to the final dot cannot be read")
    if code >= 500:
        raise Permanent("message_refused", f"{code} {text}")
    raise Temporary(f"{code} {text}")


def _before_the_dot(error: Exception) -> Exception:
    """Whatever broke, nothing was accepted."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return ChannelPaused("login_refused", "The mail server refuses our login.", retry_after=LOGIN_PAUSE_S)
    if isinstance(error, smtplib.SMTPResponseException):
        return Temporary(f"{error.smtp_code} {_decoded(error.smtp_error)}")
    return Temporary(f"the mail server is out of reach: {type(error).__name__}")


def _decoded(text: bytes | str) -> str:
    return (text.decode("utf-8", "replace") if isinstance(text, bytes) else text)[:300]
