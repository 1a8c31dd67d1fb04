"""Why a backup or a restore cannot be made."""

from sqlalchemy import exc


class Trouble(Exception):
    """The message is one sentence, or two, that say what is wrong and what to do about it."""


def said(error: exc.SQLAlchemyError) -> str:
    """What the database, or the way to it, has to say."""
    words = str(getattr(error, "orig", None) or error).strip().splitlines()
    return f"The database does not do it: {words[0] if words else type(error).__name__}"
