"""Files that travel with a notification, kept until it is out."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from lib.domain.outcomes import Attachment

SAVE = text(
    "INSERT INTO attachments (notification_id, n, filename, content_type, content) "
    "VALUES (CAST(:notification_id AS uuid), :n, :filename, :content_type, :content)"
)
OF = text(
    "SELECT filename, content_type, content FROM attachments "
    "WHERE notification_id = CAST(:notification_id AS uuid) ORDER BY n"
)


def save(conn: Connection, notification_id: str, files: Sequence[Attachment]) -> None:
    """Keep the files of a notification, in order."""
    for n, each in enumerate(files):
        facts = {"filename": each.filename, "content_type": each.content_type, "content": each.content}
        conn.execute(SAVE, {"notification_id": notification_id, "n": n, **facts})


def of(conn: Connection, notification_id: str) -> tuple[Attachment, ...]:
    """The files of a notification, in order."""
    rows = conn.execute(OF, {"notification_id": notification_id})
    return tuple(Attachment(row.filename, row.content_type, bytes(row.content)) for row in rows)
