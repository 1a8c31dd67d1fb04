"""One update from the queue: read afresh, decided, said. Twice or at the same time, it comes to the same.

What is changed is set to a value that stands in the button, so doing it again changes nothing; what is said in the
place of a message is said there again; and the press itself is answered once.
"""

import structlog

from functions.answer_telegram import commands, presses
from functions.answer_telegram.talking.chat import Chat
from functions.answer_telegram.updates import Update
from lib.db import bot_chats, bot_updates, fence, recipients
from lib.domain.outcomes import CHANNEL_OFF
from lib.errors import Permanent, Temporary
from lib.runtime.call import Call
from lib.telegram.bot import bot_of
from lib.telegram.errors import ChatMoved

IN_ORDER_S = 1.0
log = structlog.get_logger()


def answer(call: Call, update: Update) -> None:
    """Do what is asked. Raises Temporary when it is to be done again later: nothing that was taken is lost."""
    if update.chat is None:
        return
    with call.db.connect() as conn:
        fence.require_open(conn)
    chat_id = str(update.chat.id)
    with bot_updates.alone_in(call.db, chat_id):
        with call.db.connect() as conn:
            state = bot_updates.look(conn, update.update_id)
        if state is None or state.done:
            return
        if state.early:
            raise Temporary("What came before in this chat is not done yet.", retry_after=IN_ORDER_S)
        _worked(call, update, chat_id, answered=state.answered)
        with call.db.begin() as conn:
            bot_updates.done(conn, update.update_id)


def _worked(call: Call, update: Update, chat_id: str, *, answered: bool) -> None:
    chat = Chat(bot_of(call.settings.bot_token, call.settings.telegram_api_url), call.db, chat_id)
    try:
        if update.callback_query is not None:
            presses.answer(call, chat, update, answered=answered)
        elif update.chat and update.chat.type == "private":
            commands.answer(call, chat, update)
    except Permanent as error:
        if error.reason not in CHANNEL_OFF:
            raise
        _switch_off(call, chat_id, error.reason)
    except ChatMoved as moved:
        _move(call, chat_id, moved.chat_id)
        if update.message is not None and moved.chat_id != chat_id:
            _worked(call, update.moved(moved.chat_id), moved.chat_id, answered=answered)


def _switch_off(call: Call, chat_id: str, reason: str) -> None:
    """Whoever blocks the bot is not written to any more, here as where notifications are sent."""
    log.info("channel off", reason=reason)
    with call.db.begin() as conn:
        for person in bot_chats.people_of(conn, chat_id):
            recipients.switch_channel(conn, person.user_id, "telegram", "off", reason)


def _move(call: Call, chat_id: str, address: str) -> None:
    with call.db.begin() as conn:
        for person in bot_chats.people_of(conn, chat_id):
            recipients.tell(conn, person.user_id, {"telegram_chat_id": address})
