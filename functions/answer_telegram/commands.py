"""What people write: the commands, and anything else."""

from collections.abc import Mapping
from types import MappingProxyType

from functions.answer_telegram import doors, linking, start
from functions.answer_telegram.doors import Door
from functions.answer_telegram.guests import Guests, arrived
from functions.answer_telegram.talking.chat import Chat
from functions.answer_telegram.talking.screen import Screen
from functions.answer_telegram.updates import Update
from lib.runtime.call import Call

DOORS: Mapping[str, Door] = MappingProxyType(
    {
        "/notifications": doors.SETTINGS,
        "/analytics": doors.ANALYTICS,
        "/language": doors.LANGUAGE,
        "/unlink": doors.UNLINK,
        "/menu": doors.MENU,
    }
)
# What Telegram shows beside the field for typing, in this order; `register` tells it.
LISTED = ("notifications", "analytics", "language", "help", "unlink")


def answer(call: Call, chat: Chat, update: Update) -> None:
    """A new message."""
    if update.message is None or not update.message.text.strip():
        return
    guests = arrived(call, chat, update)
    chat.say(_screen(chat, guests, update.message.text))


def _screen(chat: Chat, guests: Guests, text: str) -> Screen:
    command, _, rest = text.strip().partition(" ")
    # In a group a command is written with the bot's name behind it; people copy that.
    command = command.partition("@")[0].lower()
    if command == "/start" and rest.strip():
        return linking.ask(guests, rest.strip())
    if command == "/help" or not guests.people:
        return start.help_of(guests) if guests.people else start.stranger(guests.speech)
    door = DOORS.get(command, doors.MENU)
    if door.busy and len(guests.people) == 1:
        chat.show_busy("upload_photo")
    return door.enter(guests)
