"""The part of an update that we read (https://core.telegram.org/bots/api#update); Telegram adds fields at any time."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class Chat(_Loose):
    """Where it was written."""

    id: int
    type: str = "private"


class Person(_Loose):
    """Who did it."""

    language_code: str | None = None


class Key(_Loose):
    """A button."""

    callback_data: str | None = None


class Keyboard(_Loose):
    """The buttons below a message."""

    inline_keyboard: list[list[Key]] = []


class Written(_Loose):
    """A message. Of one that Telegram does not show any more, only the first two are there."""

    chat: Chat
    message_id: int = 0
    text: str = ""
    photo: list[dict[str, Any]] = []
    reply_markup: Keyboard | None = None
    writer: Person | None = Field(default=None, alias="from")

    @property
    def buttons(self) -> list[str]:
        """What its buttons carry."""
        rows = self.reply_markup.inline_keyboard if self.reply_markup else []
        return [key.callback_data for row in rows for key in row if key.callback_data]


class Pressed(_Loose):
    """A button under one of our messages."""

    id: str
    data: str = ""
    message: Written | None = None
    presser: Person | None = Field(default=None, alias="from")


class Update(_Loose):
    """Something that somebody did."""

    update_id: int
    message: Written | None = None
    callback_query: Pressed | None = None

    @property
    def chat(self) -> Chat | None:
        """Where it was done."""
        where = self.message or (self.callback_query.message if self.callback_query else None)
        return where.chat if where else None

    @property
    def language(self) -> str | None:
        """What the person's Telegram speaks, such as `en` or `pt-br`."""
        pressed = self.callback_query
        who = pressed.presser if pressed else self.message.writer if self.message else None
        return who.language_code if who else None

    def moved(self, chat_id: str) -> "Update":
        """The same as if it had been written in the chat's new place."""
        assert self.message is not None  # noqa: S101 - a button cannot be pressed in a chat that is gone
        chat = self.message.chat.model_copy(update={"id": int(chat_id)})
        return self.model_copy(update={"message": self.message.model_copy(update={"chat": chat})})

    def kept(self) -> dict[str, Any]:
        """What goes into the queue: no more of it than is read there."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
