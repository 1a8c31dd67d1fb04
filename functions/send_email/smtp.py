"""Handing a letter to the mail server, and reading its answers."""

import re
import smtplib
import threading
import time
from collections.abc import Callable, Mapping
from email.utils import parseaddr

from sqlalchemy import Engine

from functions.send_email import conversation
from functions.send_email.choice import Choice
from functions.send_email.conversation import Conversation
from functions.send_email.envelope import Out, open_envelope
from functions.send_email.mime import assemble
from functions.send_email.servers import MailServer, servers_of
from functions.send_email.signature import signer_of
from lib.domain.outcomes import AnswerLost, ChannelPaused, Letter, Receipt
from lib.errors import Permanent, Temporary
from lib.runtime.settings import Settings

NOT_CONFIGURED_PAUSE_S = 60.0
# Local part and domain in plain ASCII, without anything that could end the SMTP line or its angle brackets.
ADDRESS = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}$")


class SmtpCarrier:
    """The e-mail channel. One connection a thread and server, kept between letters."""

    channel = "email"

    def __init__(self, settings: Settings, engine: Engine | None = None) -> None:
        """`engine` is where it is remembered that the first of two servers failed."""
        self._servers = servers_of(settings)
        self._engine = engine
        self._sign = signer_of(settings)
        self._threads = threading.local()

    def send(self, letter: Letter, point_of_no_return: Callable[[], None]) -> Receipt:
        """See `lib.domain.outcomes.Carrier`."""
        if not self._servers:
            raise ChannelPaused(
                "not_configured", "EMAIL_HOST is not set.", retry_after=NOT_CONFIGURED_PAUSE_S
            )
        if not ADDRESS.match(letter.address):
            raise Permanent("bad_address", "The address cannot be used in SMTP.")
        server, talk = self._up_to_the_dot(letter)
        try:
            point_of_no_return()
        except BaseException:
            # Hung up on in the middle of the data, the server forgets the message.
            talk.close()
            raise
        return _finished(talk, server.name if len(self._servers) > 1 else None)

    def _up_to_the_dot(self, letter: Letter) -> tuple[MailServer, Conversation]:
        """The letter, all but accepted, at the first server that is not out."""
        last = time.monotonic() + conversation.BEFORE_DOT_S
        choice = Choice(self._servers, self._engine)
        problems: dict[str, Temporary] = {}
        for server in choice.order:
            try:
                talk = self._written_to(server, letter, last)
            except Out as out:
                choice.failed(server, out.problem)
                problems[server.name] = out.problem
            except (Permanent, Temporary):
                choice.works(server)
                raise
            else:
                choice.works(server)
                return server, talk
        raise _all_out(problems)

    def _written_to(self, server: MailServer, letter: Letter, last: float) -> Conversation:
        message = self._sign(assemble(letter, server.sender))
        talk = self._conversation(server)
        try:
            open_envelope(talk, parseaddr(server.sender)[1], letter.address, last)
            talk.body(message, last)
        except (OSError, smtplib.SMTPException) as error:
            talk.close()
            raise Out(error) from error
        except (Permanent, Temporary):
            raise
        except BaseException:
            talk.close()
            raise
        return talk

    def _conversation(self, server: MailServer) -> Conversation:
        if not hasattr(self._threads, "talks"):
            self._threads.talks = {}
        talk: Conversation = self._threads.talks.setdefault(server.name, Conversation(server))
        return talk


def _all_out(problems: Mapping[str, Temporary]) -> Temporary:
    if all(isinstance(each, ChannelPaused) for each in problems.values()) or len(problems) == 1:
        return next(iter(problems.values()))
    return Temporary("; ".join(f"{name}: {each.detail}" for name, each in problems.items()))


def _finished(talk: Conversation, via: str | None) -> Receipt:
    through = f"{via}: " if via else ""
    try:
        code, text = talk.final_dot()
    except (OSError, smtplib.SMTPException) as error:
        talk.close()
        raise AnswerLost(f"{through}no answer to the final dot: {type(error).__name__}") from error
    if code == 250:
        return Receipt(answer=f"{code} {text}", via=via)
    talk.close()
    if code < 0:
        raise AnswerLost(f"{through}the answer to the final dot cannot be read")
    if code >= 500:
        raise Permanent("message_refused", f"{through}{code} {text}")
    raise Temporary(f"{through}{code} {text}")
