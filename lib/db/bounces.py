"""What mail servers report of letters that they had accepted."""

from sqlalchemy import Connection, text

from lib.db.deliveries import Delivery, as_delivery

OF_LETTER = text(
    "SELECT *, now() AS clock FROM deliveries WHERE id = CAST(:id AS uuid) "
    "AND notification_id = CAST(:notification_id AS uuid) AND channel = 'email' FOR UPDATE"
)
RECORD = text(
    "INSERT INTO bounces (delivery_id, report, action, status) "
    "VALUES (CAST(:id AS uuid), :report, :action, :status) ON CONFLICT DO NOTHING"
)
# A letter whose answer was lost had been accepted after all, as the report shows.
RETURNED = text(
    "UPDATE deliveries SET state = 'failed', reason = 'bounced', finished_at = now(), updated_at = now() "
    "WHERE id = CAST(:id AS uuid) AND state IN ('sent', 'unknown') RETURNING *, now() AS clock"
)


def delivery_of(conn: Connection, notification_id: str, delivery_id: str) -> Delivery | None:
    """The delivery of a letter, locked until the transaction ends; None when there is no such letter of ours."""
    row = conn.execute(OF_LETTER, {"id": delivery_id, "notification_id": notification_id}).first()
    return as_delivery(row) if row else None


def record(conn: Connection, delivery_id: str, report: str, action: str, status: str) -> bool:
    """Keep that a report came; False when it had come before. `report` identifies it."""
    values = {"id": delivery_id, "report": report, "action": action, "status": status}
    return conn.execute(RECORD, values).rowcount == 1


def returned(conn: Connection, delivery_id: str) -> Delivery | None:
    """The letter came back; None when its delivery is not one that was handed over."""
    row = conn.execute(RETURNED, {"id": delivery_id}).first()
    return as_delivery(row) if row else None
