"""One-use links that sign somebody in on the pages; only a code's hash is kept."""

import hashlib
import secrets

from sqlalchemy import Connection, text

CODE_BYTES = 18
LIVES_S = 600
MAKE = text(
    "INSERT INTO sign_in_links (code_hash, user_id, expires_at) "
    "VALUES (:hash, :user_id, now() + make_interval(secs => :lives))"
)
LOOK = text(
    "SELECT user_id FROM sign_in_links WHERE code_hash = :hash AND used_at IS NULL AND expires_at > now()"
)
USE = text(
    "UPDATE sign_in_links SET used_at = now() "
    "WHERE code_hash = :hash AND used_at IS NULL AND expires_at > now() RETURNING user_id"
)
FORGET_OLD = text("DELETE FROM sign_in_links WHERE expires_at < now() - interval '1 day'")


def make(conn: Connection, user_id: str, lives_s: int = LIVES_S) -> str:
    """A new code for somebody; it lives for `lives_s` seconds and can be used once."""
    code = secrets.token_urlsafe(CODE_BYTES)
    conn.execute(MAKE, {"hash": _hash(code), "user_id": user_id, "lives": lives_s})
    return code


def look(conn: Connection, code: str) -> str | None:
    """Whose code it is, while it can be used; changes nothing."""
    return conn.execute(LOOK, {"hash": _hash(code)}).scalar_one_or_none()


def use(conn: Connection, code: str) -> str | None:
    """Whose code it was; of two at the same moment, one gets it. None when it is used, old or wrong."""
    return conn.execute(USE, {"hash": _hash(code)}).scalar_one_or_none()


def forget_old(conn: Connection) -> None:
    """Those that have been of no use for a day."""
    conn.execute(FORGET_OLD)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
