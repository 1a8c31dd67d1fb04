"""What people chose. Nobody is stored who chose nothing."""

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select, text

from lib.db.tables import preferences
from lib.domain.preferences import Preferences

SAVE = text(
    "INSERT INTO preferences (user_id, body, updated_at) VALUES (:user_id, CAST(:body AS jsonb), now()) "
    "ON CONFLICT (user_id) DO UPDATE SET body = excluded.body, updated_at = now()"
)


def by_ids(conn: Connection, user_ids: Iterable[str]) -> Mapping[str, Preferences]:
    """The choices of those among the given people who made any, by id."""
    ids = sorted(set(user_ids))
    if not ids:
        return {}
    wanted = select(preferences).where(preferences.c.user_id.in_(ids))
    return {row.user_id: Preferences.model_validate(row.body) for row in conn.execute(wanted)}


def get(conn: Connection, user_id: str, *, for_update: bool = False) -> Preferences:
    """One person's choices; the defaults when there are none. `for_update` holds the row until the commit."""
    wanted = select(preferences.c.body).where(preferences.c.user_id == user_id)
    body = conn.execute(wanted.with_for_update() if for_update else wanted).scalar_one_or_none()
    return Preferences.model_validate(body or {})


def save(conn: Connection, user_id: str, chosen: Preferences) -> None:
    """Replace one person's choices."""
    body = json.dumps(chosen.stored(), ensure_ascii=False)
    conn.execute(SAVE, {"user_id": user_id, "body": body})
