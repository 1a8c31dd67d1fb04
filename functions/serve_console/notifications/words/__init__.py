"""What the console says, in Russian and English; each area of it in a file of its own."""

from functions.serve_console.notifications.words import (
    asking,
    broadcasts,
    common,
    letters,
    log,
    message,
    people,
    preferences,
    templates,
)
from functions.serve_console.web.words import Dictionary, Entry, Words

_AREAS = (common, log, message, asking, people, preferences, templates, broadcasts, letters)
WORDS: Dictionary = {
    locale: {k: v for area in _AREAS for k, v in area.WORDS[locale].items()} for locale in ("ru", "en")
}

__all__ = ["WORDS", "Dictionary", "Entry", "Words", "words"]


def words(locale: str) -> Words:
    """The console's words in `ru` or `en`."""
    return Words(WORDS, locale)
