"""One chat, spoken with under the rate plan: replies go in the highest lane, and never into a pause."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine

from functions.answer_telegram.talking.screen import Screen
from lib.db import pauses
from lib.domain.outcomes import AnswerLost, Attachment, ChannelPaused
from lib.errors import Permanent, Temporary
from lib.runtime.turns import CHANNEL, Turns
from lib.telegram.bot import Bot, Busy

# The Bot API's words for a message that cannot become what we want: another one is sent instead.
BEYOND_CHANGE = ("message can't be edited", "message to edit not found", "there is no text in the message")
SECONDS_AFTER_SILENCE = 2.0
T = TypeVar("T")


class Chat:
    """Every method raises as `Bot` does, but Temporary in place of AnswerLost: what we say may be said again."""

    def __init__(self, bot: Bot, db: Engine, chat_id: str) -> None:
        self._bot, self._db, self.chat_id = bot, db, chat_id

    def say(self, screen: Screen) -> None:
        """A new message."""
        if screen.photo is None:
            self._call(lambda: self._bot.send(self.chat_id, screen.html, screen.rows))
        else:
            files = [screen.photo]
            self._call(lambda: self._bot.send_files(self.chat_id, "photo", files, screen.html, screen.rows))

    def change(self, message_id: int, screen: Screen, *, has_photo: bool) -> None:
        """The message that is there; a new one when that cannot be changed any more."""
        try:
            self._call(lambda: self._change(str(message_id), screen, has_photo=has_photo))
        except Permanent as error:
            if not any(words in error.detail.lower() for words in BEYOND_CHANGE):
                raise
            self.say(screen)

    def _change(self, message_id: str, screen: Screen, *, has_photo: bool) -> None:
        if screen.photo is not None:
            self._bot.edit_photo(self.chat_id, message_id, screen.photo, screen.html, screen.rows)
        elif has_photo:
            self._bot.edit_caption(self.chat_id, message_id, screen.html, screen.rows)
        else:
            self._bot.edit(self.chat_id, message_id, screen.html, screen.rows)

    def send_file(self, file: Attachment, html: str) -> None:
        """A document."""
        self._call(lambda: self._bot.send_files(self.chat_id, "document", [file], html))

    def show_busy(self, doing: Busy) -> None:
        """What the bot is doing meanwhile."""
        self._call(lambda: self._bot.show_busy(self.chat_id, doing))

    def answer(self, query_id: str, text: str, *, alert: bool) -> None:
        """The press of a button."""
        self._call(lambda: self._bot.answer_callback(query_id, text, alert=alert))

    def _call(self, act: Callable[[], T]) -> T:
        turns = Turns(self._db)
        # Nobody's turn in this chat: what a person asked for does not wait behind what the school has to say.
        turns.begin(None, "urgent")
        turns.wait()
        try:
            return act()
        except AnswerLost as error:
            raise Temporary(error.detail, retry_after=SECONDS_AFTER_SILENCE) from None
        except ChannelPaused as error:
            with self._db.begin() as conn:
                pauses.pause(conn, CHANNEL, error.retry_after, error.reason)
            raise
        finally:
            turns.answered()
            turns.give_back()
