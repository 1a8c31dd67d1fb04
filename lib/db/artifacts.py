"""Files of reports that nobody may fetch any more: ended in the database at once, deleted from the storage after."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

# The files of rows that end here, with the letters' copies of them.
_GONE = (
    "gone AS (UPDATE reports r SET state = CASE WHEN r.state = 'done' THEN 'expired' ELSE r.state END, "
    "  fingerprint = NULL, artifact_key = NULL, artifact_sha256 = NULL, filename = NULL, updated_at = now() "
    "  FROM ending e WHERE r.id = e.id RETURNING e.artifact_key AS key, r.notification_id), "
    "copies AS (DELETE FROM attachments a USING gone g WHERE a.notification_id = g.notification_id), "
    "ended AS (INSERT INTO ended_artifacts (key) SELECT DISTINCT key FROM gone WHERE key IS NOT NULL "
    "  ON CONFLICT (key) DO UPDATE SET ended_at = now()) "
    "SELECT count(*) FROM gone"
)
EXPIRE = text(
    "WITH ending AS (SELECT id, artifact_key FROM reports WHERE state = 'done' AND expires_at <= now() "  # noqa: S608
    "  ORDER BY expires_at LIMIT :most FOR UPDATE SKIP LOCKED), " + _GONE
)
DROP = text(
    "WITH ending AS (SELECT id, artifact_key FROM reports WHERE id = CAST(:id AS uuid) "  # noqa: S608 - ours
    "  AND artifact_key IS NOT NULL FOR UPDATE), " + _GONE
)
END = text("INSERT INTO ended_artifacts (key) VALUES (:key) ON CONFLICT (key) DO UPDATE SET ended_at = now()")
# Of one that was fetched by link: whether any report still holds it.
HELD = text(
    "SELECT EXISTS (SELECT FROM reports WHERE artifact_key = :key AND (state IN ('queued', 'running') "
    "OR state = 'done' AND expires_at > now()))"
)
ENDED = text("SELECT key FROM ended_artifacts ORDER BY ended_at LIMIT :most")
WAITING = text("SELECT EXISTS (SELECT FROM ended_artifacts)")
FORGET = text("DELETE FROM ended_artifacts WHERE key = :key")
UNHELD = text(
    "SELECT key FROM unnest(CAST(:keys AS text[])) AS k(key) "
    "WHERE NOT EXISTS (SELECT FROM reports r WHERE r.artifact_key = k.key)"
)
FORGET_ROWS = text("DELETE FROM reports WHERE finished_at < now() - make_interval(days => :days)")


def expire(conn: Connection, most: int = 1000) -> int:
    """End the files whose time is over; how many reports that were."""
    return int(conn.execute(EXPIRE, {"most": most}).scalar_one())


def drop(conn: Connection, report_id: str) -> bool:
    """End one report's file now; whether there was one."""
    return bool(conn.execute(DROP, {"id": report_id}).scalar_one())


def end(conn: Connection, key: str) -> None:
    """A file that was stored for nothing has to go."""
    conn.execute(END, {"key": key})


def is_held(conn: Connection, key: str) -> bool:
    """Whether a report still holds the file: two that came out the same share it."""
    return bool(conn.execute(HELD, {"key": key}).scalar_one())


def ended(conn: Connection, most: int) -> list[str]:
    """Keys of files that have to go, those that wait longest first."""
    return list(conn.execute(ENDED, {"most": most}).scalars())


def any_ended(conn: Connection) -> bool:
    """Whether a file has to go."""
    return bool(conn.execute(WAITING).scalar_one())


def forget(conn: Connection, key: str) -> None:
    """It is gone, or somebody holds it again."""
    conn.execute(FORGET, {"key": key})


def unheld(conn: Connection, keys: Sequence[str]) -> list[str]:
    """Those of the keys that no report names."""
    return list(conn.execute(UNHELD, {"keys": list(keys)}).scalars())


def forget_rows(conn: Connection, days: int) -> int:
    """Delete the rows of reports that were over so long ago; how many."""
    return conn.execute(FORGET_ROWS, {"days": days}).rowcount
