"""The story of each delivery, line by line: every decision, attempt, answer and state."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from lib.db.deliveries import Delivery

NOTE = text(
    "INSERT INTO timeline (delivery_id, notification_id, kind, state, reason, detail) "
    "VALUES (CAST(:delivery_id AS uuid), CAST(:notification_id AS uuid), :kind, :state, :reason, "
    "CAST(:detail AS jsonb))"
)


def note(
    conn: Connection,
    delivery: Delivery,
    kind: str,
    reason: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """One line, with the state the delivery is in now; `kind` is decision, attempt, answer or state."""
    conn.execute(
        NOTE,
        {
            "delivery_id": delivery.id,
            "notification_id": delivery.notification_id,
            "kind": kind,
            "state": delivery.state,
            "reason": reason,
            "detail": json.dumps(detail or {}, ensure_ascii=False),
        },
    )
