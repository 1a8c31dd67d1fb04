"""An update is taken in one transaction: claimed by its id, and put on the queue where the work is done.

Telegram repeats what was not confirmed and gives up on who is slow, so nothing is done before it has its answer.
"""

from sqlalchemy import Connection

from functions.answer_telegram.updates import Update
from lib.db import bot_updates
from lib.domain.catalogue import PRIORITIES
from lib.queue import outbox

QUEUE = "telegram.updates"
TYPE = "telegram.update"


def take(conn: Connection, update: Update) -> None:
    """Take it, in the caller's transaction, unless it was taken before or is none of ours."""
    if update.chat is None or not bot_updates.claim(conn, update.update_id, str(update.chat.id)):
        return
    event_id = f"telegram-update/{update.update_id}"
    made = outbox.message(TYPE, event_id, update.kept(), queue=QUEUE, priority=PRIORITIES["urgent"])
    outbox.add(conn, [made])
