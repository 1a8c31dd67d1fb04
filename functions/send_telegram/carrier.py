"""The Telegram channel: one letter, one call that carries it, whatever else belongs to it after that."""

from collections.abc import Callable

import structlog
from sqlalchemy import Engine

from functions.send_telegram.parcels import Parcel, packed
from lib.db import deliveries, pauses, timeline
from lib.domain.outcomes import AnswerLost, ChannelPaused, Letter, Receipt
from lib.errors import Permanent, ServiceError, Temporary
from lib.runtime.settings import Settings
from lib.runtime.turns import LONG_PATIENCE_S, Turns
from lib.telegram.bot import bot_of
from lib.telegram.capabilities import TELEGRAM
from lib.telegram.errors import ChatMoved
from lib.templates.fitting import visible_length

log = structlog.get_logger()


class TelegramCarrier:
    """For one message of the queue; call `finish` at its end. `db` keeps the rate plan; None: somebody else does."""

    channel = "telegram"

    def __init__(self, settings: Settings, db: Engine | None = None) -> None:
        self._bot = bot_of(settings.bot_token, settings.telegram_api_url)
        self._db = db
        self._turns = Turns(db)
        self._left: tuple[Letter, Receipt, tuple[Parcel, ...]] | None = None

    def send(self, letter: Letter, point_of_no_return: Callable[[], None]) -> Receipt:
        """The whole request is the point of no return: its client does not stop between head and body.

        Raises Crowded besides, before that point: the rate plan has no room.
        """
        self._bot.require_token()
        first, *others = packed(letter.html, letter.attachments, letter.buttons)
        self._turns.begin(letter.address, letter.priority)
        point_of_no_return()
        receipt = self._followed(letter, first)
        if others:
            self._left = letter, receipt, tuple(others)
        return receipt

    def _followed(self, letter: Letter, parcel: Parcel) -> Receipt:
        """To where the chat is by now."""
        try:
            return Receipt(self._post(letter.address, parcel), "ok")
        except ChatMoved as moved:
            address = moved.chat_id
        self._turns.begin(address, letter.priority, patience_s=LONG_PATIENCE_S)
        try:
            return Receipt(self._post(address, parcel), "ok", moved_to=address)
        except ChatMoved:
            raise Temporary("The chat is moving.") from None

    def _post(self, chat_id: str, parcel: Parcel, reply_to: str | None = None) -> str:
        self._turns.wait()
        try:
            if not parcel.files:
                return self._bot.send(chat_id, parcel.html, parcel.buttons)
            return self._bot.send_files(
                chat_id, parcel.kind, parcel.files, parcel.html, parcel.buttons, reply_to=reply_to
            )
        finally:
            self._turns.answered()

    def finish(self) -> None:
        """When the outcome is written down: give the turns back, and send the files that did not fit."""
        self._turns.give_back()
        left, self._left = self._left, None
        if left is None:
            return
        letter, receipt, parcels = left
        try:
            for parcel in parcels:
                address = receipt.moved_to or letter.address
                self._turns.begin(address, letter.priority, patience_s=LONG_PATIENCE_S)
                self._post(address, parcel, receipt.provider_id)
                self._turns.give_back()
        except (ServiceError, ChatMoved) as error:
            self._note_missing(letter, error)
        finally:
            self._turns.give_back()

    def _note_missing(self, letter: Letter, error: Exception) -> None:
        """The message is out and stays `sent`: to send it again for its files would double it."""
        log.warning("files missing", delivery=letter.delivery_id, error=type(error).__name__)
        if self._db is None:
            return
        with self._db.begin() as conn:
            if isinstance(error, ChannelPaused):
                pauses.pause(conn, self.channel, error.retry_after, error.reason)
            delivery = deliveries.look(conn, letter.delivery_id)
            if delivery:
                detail = {"answer": error.detail if isinstance(error, ServiceError) else "the chat moved"}
                timeline.note(conn, delivery, "answer", "files_missing", detail)

    def edit(self, letter: Letter, provider_id: str) -> None:
        """Change what was sent; a lost answer is worth another try here, the same words change nothing."""
        self._turns.begin(None, letter.priority)
        self._turns.wait()
        try:
            self._change(letter, provider_id)
        except AnswerLost as error:
            raise Temporary(error.detail) from None
        except ChatMoved:
            raise Permanent("chat_not_found", "The chat moved, its messages did not.") from None
        except ChannelPaused as error:
            self._pause(error)
            raise
        finally:
            self._turns.answered()
            self._turns.give_back()

    def _change(self, letter: Letter, provider_id: str) -> None:
        if not letter.attachments:
            self._bot.edit(letter.address, provider_id, letter.html, letter.buttons)
        elif visible_length(letter.html) <= TELEGRAM.caption:
            self._bot.edit_caption(letter.address, provider_id, letter.html, letter.buttons)

    def _pause(self, error: ChannelPaused) -> None:
        if self._db is not None:
            with self._db.begin() as conn:
                pauses.pause(conn, self.channel, error.retry_after, error.reason)
