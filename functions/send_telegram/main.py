"""Delivers one Telegram message.

Route: POST /api/v1/telegram/messages, a test message to oneself or, for an admin, to anybody.
Trigger: queue notifications.telegram.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from lib.domain.outcomes import Letter, Receipt
from lib.runtime import trials
from lib.runtime.delivery import deliver
from lib.runtime.function import Call, Function, Message, Reply
from lib.runtime.settings import Settings
from lib.telegram.bot import bot_of

app = Function("send_telegram")


class TelegramCarrier:
    """The Telegram channel."""

    channel = "telegram"

    def __init__(self, settings: Settings) -> None:
        self._bot = bot_of(settings.bot_token, settings.telegram_api_url)

    def send(self, letter: Letter, point_of_no_return: Callable[[], None]) -> Receipt:
        """The whole request is the point of no return: its client does not stop between head and body."""
        point_of_no_return()
        return self._bot.send(letter.address, letter.html)


@app.post(
    "/api/v1/telegram/messages",
    body=trials.Trial,
    answer=trials.Queued,
    status=202,
    write=True,
    summary="Send a test message to one's own chat, or as an admin to anybody's",
)
def send_test(call: Call, body: trials.Trial, conn: Connection) -> Reply:
    """Takes the same road as every other message, preferences and all."""
    return trials.send(call, conn, body, "telegram")


@app.on_queue("notifications.telegram")
def deliver_telegram(call: Call, message: Message) -> None:
    """One delivery that is due."""
    deliver(call, message, TelegramCarrier(call.settings))


send_telegram = app.target
