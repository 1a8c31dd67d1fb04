"""Looking people up in the directory by what a person types."""

from sqlalchemy import ColumnElement, Connection, func, or_, select, tuple_

from lib.db.recipients import as_recipient
from lib.db.tables import recipients as r
from lib.domain.audience import Recipient

# Those without a name stand under their id.
SHOWN_AS = func.coalesce(r.c.name, r.c.user_id)


def search(
    conn: Connection,
    *,
    limit: int,
    words: str | None = None,
    role: str | None = None,
    after: tuple[str, str] | None = None,
) -> list[Recipient]:
    """At most `limit` people in the order of their names, below `after` = (name, or the id without one; id).

    Each of `words` has to occur in the name, the address or the beginning of the id.
    """
    wanted = select(r).order_by(SHOWN_AS, r.c.user_id).limit(limit)
    if role is not None:
        wanted = wanted.where(r.c.role == role)
    if after is not None:
        wanted = wanted.where(tuple_(SHOWN_AS, r.c.user_id) > tuple_(*after))
    for word in (words or "").split():
        wanted = wanted.where(_mentions(word))
    return [as_recipient(row) for row in conn.execute(wanted)]


def _mentions(word: str) -> ColumnElement[bool]:
    return or_(
        r.c.name.icontains(word, autoescape=True),
        r.c.email.icontains(word, autoescape=True),
        r.c.user_id.istartswith(word, autoescape=True),
        r.c.telegram_chat_id == word,
    )
