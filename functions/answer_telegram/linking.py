"""A one-use code from the account page ties a chat to somebody: first the bot says to whom, then the person says yes.

A link that somebody else sent would otherwise show this chat another's messages, or another this chat's.
"""

from functions.answer_telegram import start
from functions.answer_telegram.guests import Guests
from functions.answer_telegram.talking.reply import Reply
from functions.answer_telegram.talking.screen import Screen
from functions.answer_telegram.talking.visit import Visit
from lib.db import bot_chats, recipients


def ask(guests: Guests, code: str) -> Screen:
    """Names the account. Looking does not use the code."""
    begins = bot_chats.named(code)
    with guests.call.db.connect() as conn:
        link = bot_chats.look(conn, begins)
        person = recipients.get(conn, link.user_id) if link else None
    if link is None or person is None or link.used or not link.fresh:
        return Screen(guests.speech.html("link.stale" if link else "link.wrong"))
    visit = guests.visit(person)
    speech = visit.speech
    yes = visit.button(speech.plain("link.yes"), "ly", begins)
    no = visit.button(speech.plain("link.no"), "ln", begins)
    return Screen(speech.html("link.ask", who=start.named(speech, person)), ((yes, no),))


def link(visit: Visit, begins: str) -> Reply:
    """Uses the code. Pressed twice, it is linked once, and said twice."""
    person, chat_id = visit.me.user_id, visit.chat_id
    with visit.call.db.begin() as conn:
        used_now = bot_chats.use(conn, begins) == person
        if used_now:
            recipients.tell(conn, person, {"telegram_chat_id": chat_id})
            recipients.switch_channel(conn, person, "telegram", "on", None)
    if not used_now and visit.me.telegram_chat_id != chat_id:
        return Reply(Screen(visit.speech.html("link.stale")))
    done = visit.speech.html("link.done", who=start.named(visit.speech, visit.me))
    return Reply(Screen(done, start.menu(visit).rows), visit.speech.plain("link.toast"))


def leave(visit: Visit, _begins: str) -> Reply:
    """The code stays good until its ten minutes are over."""
    return Reply(Screen(visit.speech.html("link.left")))
