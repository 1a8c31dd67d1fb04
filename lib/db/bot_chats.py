"""Who is behind a Telegram chat, and the one-use codes that tie one to somebody; only a code's hash is kept."""

import hashlib

from sqlalchemy import Connection, Row, select, text

from lib.db.recipients import as_recipient
from lib.db.tables import recipients
from lib.domain.audience import Recipient

# Of a code's SHA-256 in hexadecimal, so much goes into a button: 64 bits, of a code that lives for minutes.
NAMED_BY = 16
LOOK = text(
    "SELECT code_hash, user_id, used_at IS NOT NULL AS used, expires_at > now() AS fresh "
    "FROM telegram_links WHERE left(code_hash, 16) = :start"
)
USE = text(
    "UPDATE telegram_links SET used_at = now() "
    "WHERE left(code_hash, 16) = :start AND used_at IS NULL AND expires_at > now() RETURNING user_id"
)


def people_of(conn: Connection, chat_id: str) -> list[Recipient]:
    """Everybody active who is told things in this chat, by name: a family may share one."""
    wanted = select(recipients).where(recipients.c.telegram_chat_id == chat_id, recipients.c.active)
    found = [as_recipient(row) for row in conn.execute(wanted)]
    return sorted(found, key=lambda each: (each.name or each.user_id, each.user_id))


def named(code: str) -> str:
    """What stands for a code where the code itself may not."""
    return hashlib.sha256(code.encode()).hexdigest()[:NAMED_BY]


def look(conn: Connection, start: str) -> Row[tuple[str, str, bool, bool]] | None:
    """The link whose hash begins so: `user_id`, `used`, `fresh`. Changes nothing."""
    return conn.execute(LOOK, {"start": start}).first()


def use(conn: Connection, start: str) -> str | None:
    """Whose code it was; of two at the same moment, one gets it. None when it is used, old or wrong."""
    return conn.execute(USE, {"start": start}).scalar_one_or_none()
