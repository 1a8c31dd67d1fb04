"""Delivers one e-mail.

Route: POST /api/v1/emails, a test letter to oneself or, for an admin, to anybody.
Trigger: queue notifications.email.
"""

from functools import lru_cache

from sqlalchemy import Connection

from functions.send_email.smtp import SmtpCarrier
from lib.runtime import trials
from lib.runtime.delivery import deliver
from lib.runtime.function import Call, Function, Message, Reply
from lib.runtime.settings import Settings

app = Function("send_email")


@lru_cache(maxsize=4)
def carrier(settings: Settings) -> SmtpCarrier:
    """One for the process and its settings: it keeps the connections."""
    return SmtpCarrier(settings)


@app.post(
    "/api/v1/emails",
    body=trials.Trial,
    answer=trials.Queued,
    status=202,
    write=True,
    summary="Send a test e-mail to oneself, or as an admin to anybody",
)
def send_test(call: Call, body: trials.Trial, conn: Connection) -> Reply:
    """Takes the same road as every other message, preferences and all."""
    return trials.send(call, conn, body, "email")


@app.on_queue("notifications.email")
def deliver_email(call: Call, message: Message) -> None:
    """One delivery that is due."""
    deliver(call, message, carrier(call.settings))


send_email = app.target
