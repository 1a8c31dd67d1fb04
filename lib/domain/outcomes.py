"""How handing a message to a provider can end, beyond `Permanent` and `Temporary`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from lib.domain.catalogue import NotificationType
from lib.errors import ServiceError, Temporary

# States that nothing leaves by itself, and those in which a delivery still waits for its turn.
FINAL = ("sent", "failed", "unknown", "suppressed", "digested", "cancelled", "expired")
WAITING = ("planned", "held", "queued")

# A provider that refuses for one of these refuses the address, not the message: the channel goes off.
CHANNEL_OFF = ("address_refused", "bad_address", "bounced", "bot_blocked", "chat_not_found")


class AnswerLost(ServiceError):
    """The message was handed over and no answer came: it may have been accepted."""


class ChannelPaused(Temporary):
    """Nothing may be sent on the whole channel for `retry_after` seconds; `reason` is a code.

    It says nothing about the message, so it does not count as a try.
    """

    def __init__(self, reason: str, detail: str, *, retry_after: float) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.reason = reason


class Crowded(Temporary):
    """The rate plan has no room for `retry_after` seconds. Like a pause, it does not count as a try."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file, whole. `content_type` is a MIME type such as `application/pdf`."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Button:
    """Something to tap: `data` comes back to the bot (at most 64 bytes), `url` opens in a browser."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One rendered message, addressed. `message_id` is the same at every try.

    `buttons` are rows, for channels that have them.
    """

    delivery_id: str
    user_id: str
    kind: NotificationType
    address: str
    subject: str | None
    text: str
    html: str
    message_id: str
    date: datetime
    unsubscribe_url: str | None = None
    attachments: tuple[Attachment, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    priority: str = "normal"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider's answer: its own id of the message, if any, and what it said.

    `moved_to`: the address the provider asked us to use from now on. `via`: which of several servers took it.
    """

    provider_id: str | None = None
    answer: str | None = None
    moved_to: str | None = None
    via: str | None = None


@runtime_checkable
class Editor(Protocol):
    """A channel whose messages can be changed after they were sent."""

    def edit(self, letter: Letter, provider_id: str) -> None:
        """Put these words and buttons in the place of what was sent. Repeating it changes nothing.

        Raises as `Carrier.send` does; Permanent when the message cannot be changed any more.
        """
        ...


class Carrier(Protocol):
    """What a channel has to be able to do."""

    channel: str

    def send(self, letter: Letter, point_of_no_return: Callable[[], None]) -> Receipt:
        """Hand one letter over.

        Calls `point_of_no_return` once, before the bytes that let the provider accept it, and sends them only
        when it returns.

        Raises:
            Permanent: refused for good; the reason is a code of `lib.domain.explain`.
            Temporary: surely not accepted; worth another try.
            ChannelPaused: surely not accepted; nobody may send for a while.
            AnswerLost: handed over, then silence.
        """
        ...
