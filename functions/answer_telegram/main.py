"""The bot: links chats to people, changes what they are told, and shows their figures.

Route: POST /telegram/webhook (https://core.telegram.org/bots/api#setwebhook), with Telegram's secret header.
Trigger: queue telegram.updates, where the work is done; `polling` fills the same queue where no webhook can reach us.
"""

import hmac

from sqlalchemy import Connection

from functions.answer_telegram import answering, taking
from functions.answer_telegram.updates import Update
from lib.errors import BadInput
from lib.runtime.function import Call, Function, Message, Reply

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
app = Function("answer_telegram")


@app.post("/telegram/webhook", body=Update, open=True, write=True, summary="Updates of the bot")
def webhook(call: Call, body: Update, conn: Connection) -> Reply:
    """Taken, once, and durable when answered; the work follows."""
    _require_secret(call)
    taking.take(conn, body)
    return Reply(b"", 200, "text/plain")


def _require_secret(call: Call) -> None:
    given = next((v for k, v in call.headers.items() if k.lower() == SECRET_HEADER.lower()), "")
    expected = call.settings.telegram_webhook_secret
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise BadInput("The secret of the webhook is missing or wrong.", status=401)


@app.on_queue(taking.QUEUE)
def work(call: Call, message: Message) -> None:
    """One update; a second time it does nothing."""
    answering.answer(call, Update.model_validate(message.event()["data"]))


answer_telegram = app.target
