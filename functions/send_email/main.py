"""Delivers one e-mail, and hears what mail servers say of it later.

Routes: POST /api/v1/emails, a test letter to oneself or, for an admin, to anybody;
POST /api/v1/emails/bounces, a report of a mail server (RFC 3464), as it came. Mail servers return letters to the
address in EMAIL_FROM: have that mailbox pass each message on, for instance from Postfix' aliases with
`bounces: "|curl -H 'Authorization: Bearer …' -H 'Content-Type: message/rfc822' --data-binary @- …/emails/bounces"`.
Trigger: queue notifications.email.
"""

from functools import lru_cache

from sqlalchemy import Connection

from functions.send_email.bounces import Heard, hear
from functions.send_email.smtp import SmtpCarrier
from lib.runtime import trials
from lib.runtime.delivery import deliver
from lib.runtime.function import Call, Function, Message, Reply
from lib.runtime.services import Services

app = Function("send_email")


@lru_cache(maxsize=4)
def carrier(services: Services) -> SmtpCarrier:
    """One for the process and its services: it keeps the connections."""
    return SmtpCarrier(services.settings, services.db)


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


@app.post(
    "/api/v1/emails/bounces",
    consumes=("message/rfc822",),
    answer=Heard,
    status=202,
    roles=("service", "admin"),
    write=True,
    summary="Pass a mail server's delivery report on, as it came",
)
def take_report(call: Call, conn: Connection) -> Reply:
    """A letter that came back is failed, its address is not written to again, another channel takes over."""
    return Reply(hear(call, conn), 202)


@app.on_queue("notifications.email")
def deliver_email(call: Call, message: Message) -> None:
    """One delivery that is due."""
    deliver(call, message, carrier(call.services))


send_email = app.target
