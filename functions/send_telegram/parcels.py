"""A letter as calls of the Bot API: the first carries the message, in the others are files that do not fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lib.domain.outcomes import Attachment, Button
from lib.telegram.capabilities import TELEGRAM
from lib.telegram.media import Kind
from lib.telegram.pictures import is_photo
from lib.templates.fitting import visible_length

Rows = Sequence[Sequence[Button]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One call: a text, or files with a caption. `files` are of one kind."""

    html: str = ""
    buttons: Rows = ()
    kind: Kind = "document"
    files: tuple[Attachment, ...] = ()


def packed(html: str, attachments: Sequence[Attachment], buttons: Rows) -> tuple[Parcel, ...]:
    """As few calls as possible. Only the first says something, so only its outcome is the message's."""
    albums = tuple(_albums(attachments))
    if albums and _fits(html, albums[0], buttons):
        return replace(albums[0], html=html, buttons=buttons), *albums[1:]
    return Parcel(html, buttons), *albums


def _fits(html: str, album: Parcel, buttons: Rows) -> bool:
    """An album has no buttons, and a caption is shorter than a message."""
    return visible_length(html) <= TELEGRAM.caption and not (buttons and len(album.files) > 1)


def _albums(attachments: Sequence[Attachment]) -> Iterator[Parcel]:
    """Photos beside documents would be two calls, so they become documents."""
    kind: Kind = "photo" if all(map(is_photo, attachments)) else "document"
    for start in range(0, len(attachments), TELEGRAM.album):
        yield Parcel(kind=kind, files=tuple(attachments[start : start + TELEGRAM.album]))
