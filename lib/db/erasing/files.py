"""Files that could name somebody: every report made before the erasure ends, whoever it is about.

What stands in a PDF cannot be looked through. So the rule is the simplest one that is complete: the files go, the rows
stay; whoever still needs a report asks for it again, and it is made from the log as it is now.
"""

from sqlalchemy import Connection, text

from lib.db.erasing.looking import Looked
from lib.db.erasing.person import Person

# One that is being made loses its lease, and is made anew; whoever made it finds that out when it would finish.
END = text(
    "WITH held AS (SELECT id, artifact_key FROM reports WHERE state IN ('queued', 'running', 'done') FOR UPDATE), "
    "ended AS (INSERT INTO ended_artifacts (key) SELECT DISTINCT artifact_key FROM held "
    "  WHERE artifact_key IS NOT NULL ON CONFLICT (key) DO UPDATE SET ended_at = now()) "
    "UPDATE reports r SET state = CASE WHEN r.state = 'done' THEN 'expired' ELSE 'queued' END, "
    "  attempts = CASE WHEN r.state = 'running' THEN greatest(r.attempts - 1, 0) ELSE r.attempts END, "
    "  lease_until = NULL, lease_token = NULL, fingerprint = NULL, updated_at = now(), "
    "  artifact_key = NULL, artifact_sha256 = NULL, artifact_bytes = NULL, filename = NULL "
    "FROM held WHERE r.id = held.id"
)
_THEIRS = (
    "strpos(requested_by, chr(58)) > 0 AND substr(requested_by, strpos(requested_by, chr(58)) + 1) = :id"
)
CANCEL = text(
    "UPDATE reports SET state = 'cancelled', finished_at = now(), updated_at = now() "  # noqa: S608 - ours
    f"WHERE state = 'queued' AND ({_THEIRS} OR deliver_to ->> 'user_id' = :id)"
)
UNSUBSCRIBE = text(
    "UPDATE report_subscriptions SET ended_at = now() WHERE ended_at IS NULL "  # noqa: S608 - ours
    f"AND (({_THEIRS}) OR :id IN (parameters ->> 'student_id', parameters ->> 'tutor_id'))"
)
LETTERS = text(
    "SELECT DISTINCT a.notification_id::text FROM attachments a JOIN notifications n ON n.id = a.notification_id "
    "WHERE n.type IN ('report_ready', 'weekly_digest')"
)


def end(conn: Connection, person: Person, _: Looked) -> dict[str, int]:
    """End every file, and what the person asked for themselves; the caller sees to it that storage is swept."""
    ended = conn.execute(END).rowcount
    conn.execute(CANCEL, {"id": person.user_id})
    conn.execute(UNSUBSCRIBE, {"id": person.user_id})
    return {"reports": ended}


def letters(conn: Connection) -> list[str]:
    """Notifications that carry a report: they lose it, and those that are not out yet do not go out."""
    return list(conn.execute(LETTERS).scalars())
