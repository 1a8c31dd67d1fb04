"""The school's own templates, beside those that are built in."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Own:
    """One version of a template for one channel and language. `type` decides which variables it may use.

    Either `source`, which fills the blocks of a built-in layout in every form of the channel, or the forms
    themselves: `subject`, `text` and `html` for e-mail, `html` for Telegram.
    """

    name: str
    type: str
    channel: str
    locale: str
    version: int
    source: str | None = None
    subject: str | None = None
    text: str | None = None
    html: str | None = None

    @property
    def texts(self) -> Mapping[str, str]:
        """What was written, by the field it was written in."""
        given = {"source": self.source, "subject": self.subject, "text": self.text, "html": self.html}
        return {field: text for field, text in given.items() if text is not None}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a message is made with: the type, whose built-in template always can, and the school's own, if any."""

    type: str
    own: Own | None = None
