"""A Telegram message as safe HTML for a page."""

from markupsafe import Markup, escape

from lib.templates.own.markup import complaints, plain


def bubble(markup: str | None) -> Markup:
    """Telegram's own subset as it is; of anything else the text alone."""
    given = markup or ""
    if any(complaints(given)):
        return escape(plain(given))
    # Nothing but Telegram's tags and links is in it: `complaints` has looked at every tag and attribute.
    return Markup(given.replace("<a ", '<a target="_blank" rel="noopener noreferrer" '))  # noqa: S704
