"""Files, albums and keyboards in the client's own shapes."""

from collections.abc import Sequence
from typing import Literal

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaDocument,
    InputMediaPhoto,
    ReplyParameters,
)

from lib.domain.outcomes import Attachment, Button

Kind = Literal["photo", "document"]


def keyboard(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    """Buttons below a message; None when there are none."""
    made = [[InlineKeyboardButton(b.text, url=b.url, callback_data=b.data) for b in row] for row in rows]
    return InlineKeyboardMarkup(made) if made else None


def file(attachment: Attachment) -> InputFile:
    """One file with its name."""
    return InputFile(attachment.content, filename=attachment.filename)


def album(kind: Kind, files: Sequence[Attachment]) -> list[InputMediaPhoto | InputMediaDocument]:
    """Several files of one kind."""
    if kind == "photo":
        return [InputMediaPhoto(each.content, filename=each.filename) for each in files]
    return [InputMediaDocument(each.content, filename=each.filename) for each in files]


def reply(message_id: str | None) -> ReplyParameters | None:
    """To which message it belongs; if that is gone by now, it stands alone."""
    return ReplyParameters(int(message_id), allow_sending_without_reply=True) if message_id else None
