"""The outbox: what must be said is written in the transaction that makes it true.

The bridge relays rows that are due, with confirms, and deletes them after the broker has them; a crash
between the two sends a row twice, and every consumer takes an event once by its id.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, TextClause, text

SOURCE = "repitbot/functions"
CLOUDEVENT = "application/cloudevents+json"
CLOUDEVENT_BATCH = "application/cloudevents-batch+json"
WAKE = "outbox"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way: `exchange` "" means the queue named by `routing_key`."""

    exchange: str
    routing_key: str
    message_id: str
    content_type: str
    body: str
    priority: int = 4
    due_at: datetime | None = None


def cloudevent(
    event_type: str, event_id: str, data: Mapping[str, Any], *, source: str = SOURCE
) -> dict[str, Any]:
    """A structured CloudEvent 1.0 (https://github.com/cloudevents/spec, v1.0.2) as plain data."""
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": event_type,
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": dict(data),
    }


def message(
    event_type: str,
    event_id: str,
    data: Mapping[str, Any],
    *,
    queue: str = "",
    exchange: str = "",
    routing_key: str = "",
    due_at: datetime | None = None,
    priority: int = 4,
) -> Outgoing:
    """A CloudEvent for a queue (`queue=`), or for an exchange (`exchange=`, `routing_key=`).

    The id stands in the body as well as in the message: some platforms' connectors forward only the body.
    """
    body = json.dumps(cloudevent(event_type, event_id, data), ensure_ascii=False)
    return Outgoing(exchange, queue or routing_key, event_id, CLOUDEVENT, body, priority, due_at)


COLUMNS = ("exchange", "routing_key", "message_id", "content_type", "body", "priority", "due_at")
# Arrays, not one parameter set a row: one statement, however many messages.
INSERT = text(
    "INSERT INTO outbox (exchange, routing_key, message_id, content_type, body, priority, due_at) "
    "SELECT exchange, routing_key, message_id, content_type, body, priority, coalesce(due_at, now()) "
    "FROM unnest(CAST(:exchange AS text[]), CAST(:routing_key AS text[]), CAST(:message_id AS text[]), "
    "CAST(:content_type AS text[]), CAST(:body AS text[]), CAST(:priority AS smallint[]), "
    "CAST(:due_at AS timestamptz[])) WITH ORDINALITY AS new(exchange, routing_key, message_id, content_type, "
    "body, priority, due_at, n) ORDER BY n"
)
NOTIFY = text("SELECT pg_notify(CAST(:channel AS text), '')")


def add(conn: Connection, messages: Iterable[Outgoing]) -> int:
    """Write messages in the caller's transaction; returns how many. The relay wakes at commit."""
    rows = list(messages)
    for statement, values in added(rows):
        conn.execute(statement, values)
    return len(rows)


def added(messages: Sequence[Outgoing]) -> list[tuple[TextClause, dict[str, Any]]]:
    """The statements of `add` and their parameters, for a writer who sends them along with its own."""
    if not messages:
        return []
    rows = {name: [getattr(each, name) for each in messages] for name in COLUMNS}
    return [(INSERT, rows), (NOTIFY, {"channel": WAKE})]
