"""The Bot API's refusals, sorted by what to do about them."""

from datetime import timedelta

import httpx
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from lib.domain.outcomes import AnswerLost, ChannelPaused
from lib.errors import Permanent, ServiceError, Temporary

# How long to wait before a refused token is tried again: somebody has to mend the settings.
TOKEN_PAUSE_S = 60.0
# A 429 that does not say how long.
UNTOLD_PAUSE_S = 5.0
# These fail before a byte of the request is written.
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
NO_CHAT = ("chat not found", "user not found", "peer_id_invalid", "chat_id is empty")


class ChatMoved(Exception):
    """The chat's messages go to another id from now on."""

    def __init__(self, chat_id: str) -> None:
        super().__init__(chat_id)
        self.chat_id = chat_id


def sorted_error(error: TelegramError) -> ServiceError:
    """One error of the client → one of ours. BadRequest and TimedOut are both NetworkError: order matters."""
    match error:
        case RetryAfter():
            return ChannelPaused("flood_control", error.message, retry_after=_seconds(error.retry_after))
        case InvalidToken():
            return ChannelPaused(
                "token_refused", "Telegram refuses the bot's token.", retry_after=TOKEN_PAUSE_S
            )
        case Forbidden():
            return Permanent("bot_blocked", error.message)
        case BadRequest() if any(words in error.message.lower() for words in NO_CHAT):
            return Permanent("chat_not_found", error.message)
        case BadRequest():
            return Permanent("message_refused", error.message)
        case NetworkError() if isinstance(error.__cause__, NEVER_SENT):
            return Temporary(f"the Bot API is out of reach: {type(error.__cause__).__name__}")
        case NetworkError() if "too many requests" in error.message.lower():
            return ChannelPaused("flood_control", error.message, retry_after=UNTOLD_PAUSE_S)
        case _:
            return AnswerLost(f"no usable answer from the Bot API: {type(error).__name__}")


def _seconds(value: int | timedelta) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value)
