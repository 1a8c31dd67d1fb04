"""What people did in the bot: each update is taken once, done in its chat's order, and answered once."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Row, text

# An earlier update that failed for good must not hold up its chat for longer than this.
HOLDS_UP_S = 30
CLAIM = text(
    "INSERT INTO bot_updates (update_id, chat_id) VALUES (:update_id, :chat_id) "
    "ON CONFLICT DO NOTHING RETURNING update_id"
)
LOOK = text(
    "SELECT u.answered_at IS NOT NULL AS answered, u.done_at IS NOT NULL AS done, EXISTS ("
    "  SELECT FROM bot_updates e WHERE e.chat_id = u.chat_id AND e.update_id < u.update_id "
    "  AND e.done_at IS NULL AND e.taken_at > now() - make_interval(secs => :holds_up)) AS early "
    "FROM bot_updates u WHERE u.update_id = :update_id"
)
ANSWERED = text("UPDATE bot_updates SET answered_at = now() WHERE update_id = :update_id")
DONE = text("UPDATE bot_updates SET done_at = now() WHERE update_id = :update_id")
# Telegram keeps an update for a day, so it cannot come again after that.
FORGET_OLD = text("DELETE FROM bot_updates WHERE taken_at < now() - interval '3 days'")
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:chat_id, 8000))")


def claim(conn: Connection, update_id: int, chat_id: str) -> bool:
    """Whether this update is new; from now on it is not."""
    values = {"update_id": update_id, "chat_id": chat_id}
    return conn.execute(CLAIM, values).first() is not None


def look(conn: Connection, update_id: int) -> Row[tuple[bool, bool, bool]] | None:
    """`answered`, `done`, and `early`: an update of the same chat that came before is not done yet.

    None when there is no such update (any more).
    """
    return conn.execute(LOOK, {"update_id": update_id, "holds_up": HOLDS_UP_S}).first()


def answered(conn: Connection, update_id: int) -> None:
    """The press was answered."""
    conn.execute(ANSWERED, {"update_id": update_id})


def done(conn: Connection, update_id: int) -> None:
    """Nothing is left to do."""
    conn.execute(DONE, {"update_id": update_id})


@contextmanager
def alone_in(db: Engine, chat_id: str) -> Iterator[None]:
    """Nobody else works in this chat meanwhile. Raises OperationalError when somebody does so for too long.

    The lock has a connection of its own, which holds no snapshot and no row: it costs others nothing.
    """
    with db.begin() as conn:
        conn.execute(LOCK, {"chat_id": chat_id})
        yield


def forget_old(conn: Connection) -> None:
    """Those that cannot come again."""
    conn.execute(FORGET_OLD)
