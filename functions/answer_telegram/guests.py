"""Who is behind a chat when something comes from it."""

from dataclasses import dataclass

from functions.answer_telegram.talking.chat import Chat
from functions.answer_telegram.talking.seals import Opened, Seals
from functions.answer_telegram.talking.visit import Visit
from functions.answer_telegram.updates import Update
from functions.answer_telegram.words.speech import Speech
from lib.db import bot_chats, recipients
from lib.domain.audience import Recipient
from lib.runtime.call import Call
from lib.templates.rendering import known_locale


@dataclass(frozen=True, slots=True)
class Guests:
    """Everybody of one chat: nobody, one, or a family who share it. Read from the database for each update."""

    call: Call
    chat: Chat
    update: Update
    people: list[Recipient]
    seals: Seals

    @property
    def speech(self) -> Speech:
        """The first one's language; of a stranger, that of their Telegram."""
        return self.speech_of(self.people[0] if self.people else None)

    def speech_of(self, person: Recipient | None) -> Speech:
        """In the language of the directory, else in that of the person's Telegram."""
        spoken = self.update.language or self.call.settings.default_locale
        # Whoever speaks neither of our languages reads the school's.
        return Speech(
            known_locale(person.locale if person else None, spoken, self.call.settings.default_locale)
        )

    def visit(self, person: Recipient) -> Visit:
        """What may be done in the name of one of them."""
        return Visit(
            self.call,
            self.chat.chat_id,
            self.update.update_id,
            self.people,
            person,
            self.seals,
            self.speech_of(person),
        )

    def open(self, data: str) -> tuple[Visit, Opened] | None:
        """Whose button it is, and what it means; None when it is nobody's here."""
        for person in (*self.people, *self._invited(data)):
            opened = self.seals.open(data, person.user_id)
            if opened is not None:
                return self.visit(person), opened
        return None

    def _invited(self, data: str) -> list[Recipient]:
        """Whom a button of «Подключить?» would link to this chat: the code that it names says who."""
        start = self.seals.argument(data, "ly") or self.seals.argument(data, "ln")
        if start is None:
            return []
        with self.call.db.connect() as conn:
            link = bot_chats.look(conn, start)
            found = recipients.get(conn, link.user_id) if link else None
        return [found] if found else []


def arrived(call: Call, chat: Chat, update: Update) -> Guests:
    """Look who is there."""
    with call.db.connect() as conn:
        people = bot_chats.people_of(conn, chat.chat_id)
    seals = Seals(call.settings.jwt_secret_key, chat.chat_id, call.now)
    return Guests(call, chat, update, people, seals)
