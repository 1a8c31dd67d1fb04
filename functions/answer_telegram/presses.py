"""A button was pressed: under a reminder, or in one of the menus. Every press is answered, once."""

from dataclasses import dataclass

import structlog

from functions.answer_telegram import doors
from functions.answer_telegram.guests import Guests, arrived
from functions.answer_telegram.menus import ACTS, SLOW
from functions.answer_telegram.talking.chat import Chat
from functions.answer_telegram.talking.reply import Reply
from functions.answer_telegram.talking.screen import Screen
from functions.answer_telegram.talking.seals import is_menu
from functions.answer_telegram.talking.visit import Visit
from functions.answer_telegram.updates import Pressed, Update, Written
from lib.db import bot_updates
from lib.errors import BadInput, Temporary
from lib.runtime import answering
from lib.runtime.call import Call
from lib.templates.buttons import label

log = structlog.get_logger()


def answer(call: Call, chat: Chat, update: Update, *, answered: bool) -> None:
    """Do what the button says, and show it in the message that it stands under."""
    pressed = update.callback_query
    assert pressed is not None  # noqa: S101 - the caller looked
    press = _Press(call, chat, update.update_id, pressed, answered)
    guests = arrived(call, chat, update)
    if not is_menu(pressed.data) and not press.in_menu:
        press.tell(_reminder_answered(call, guests, pressed.data))
        return
    found = guests.open(pressed.data)
    if found is None or found[1].old or found[1].action[0] not in ACTS:
        _open_afresh(press, guests, "menu.old")
        return
    visit, opened = found
    _act(press, guests, visit, opened.action)


@dataclass
class _Press:
    call: Call
    chat: Chat
    update_id: int
    pressed: Pressed
    answered: bool

    @property
    def below(self) -> Written | None:
        """The message it stands under."""
        return self.pressed.message

    @property
    def in_menu(self) -> bool:
        """Whether that is a menu of ours, not something that the school told."""
        return any(map(is_menu, self.below.buttons)) if self.below else False

    def tell(self, words: str = "", *, alert: bool = False) -> bool:
        """End the waiting; only the first time. Says whether it was that."""
        if self.answered:
            return False
        self.chat.answer(self.pressed.id, words, alert=alert)
        self.answered = True
        with self.call.db.begin() as conn:
            bot_updates.answered(conn, self.update_id)
        return True

    def show(self, screen: Screen) -> None:
        """In the place of what is there; a reminder is not a menu, and stays."""
        if self.below is not None and self.in_menu:
            self.chat.change(self.below.message_id, screen, has_photo=bool(self.below.photo))
        else:
            self.chat.say(screen)


def _reminder_answered(call: Call, guests: Guests, data: str) -> str:
    speech = guests.speech
    try:
        with call.db.begin() as conn:
            result = answering.take(conn, call, data, guests.chat.chat_id)
    except BadInput:
        return speech.plain("answer.not_yours")
    return speech.plain(f"answer.{result.kind}", answer=label(result.answer, speech.locale))


def _act(press: _Press, guests: Guests, visit: Visit, action: tuple[str, ...]) -> None:
    name, *arguments = action
    slow = SLOW.get(name)
    if slow is not None:
        press.tell(visit.speech.plain(slow.words) if slow.words else "")
        press.chat.show_busy(slow.doing)
    try:
        reply = ACTS[name](visit, *arguments)
    except Temporary as error:
        log.warning("not answered now", act=name, error=error.detail)
        _cannot_now(press, visit)
        return
    except BadInput as error:
        # The person's rights or family are others by now, or what was asked about is gone.
        log.info("refused", act=name, status=error.status)
        _open_afresh(press, guests, "menu.refused")
        return
    _show(press, reply)


def _show(press: _Press, reply: Reply) -> None:
    press.tell(reply.toast, alert=reply.alert)
    if reply.file is not None:
        press.chat.send_file(reply.file, reply.caption)
    if reply.screen is not None:
        press.show(reply.screen)


def _cannot_now(press: _Press, visit: Visit) -> None:
    words = visit.speech.plain("cannot_now")
    if not press.tell(words, alert=True):
        press.chat.say(Screen(words))


def _open_afresh(press: _Press, guests: Guests, why: str) -> None:
    """Nothing is changed; whoever pressed gets the menu as it is now."""
    press.tell(guests.speech.plain(why))
    photo = bool(press.below and press.below.photo)
    screen = doors.ANALYTICS.enter(guests) if photo else doors.SETTINGS.enter(guests)
    press.show(screen)
