"""Delivers one Telegram message.

Route: POST /api/v1/telegram/messages, a test message to oneself or, for an admin, to anybody.
Trigger: queue notifications.telegram.
"""

from sqlalchemy import Connection

from functions.send_telegram.carrier import TelegramCarrier
from lib.runtime import trials
from lib.runtime.delivery import deliver
from lib.runtime.function import Call, Function, Message, Reply

__all__ = ["TelegramCarrier", "app", "send_telegram"]

app = Function("send_telegram")


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
    """One delivery that is due, or one message to change."""
    carrier = TelegramCarrier(call.settings, call.db)
    try:
        deliver(call, message, carrier)
    finally:
        carrier.finish()


send_telegram = app.target
