"""What a person does to deliveries by hand: stop them, send them again, replay what was parked."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from functions.dispatch_notifications.audience import school_zone
from functions.dispatch_notifications.views import overall, whole
from lib.db import dead_letters, deliveries, delivery_log, timeline
from lib.domain.catalogue import TYPES
from lib.errors import BadInput, not_found
from lib.queue import outbox
from lib.queue.outbox import Outgoing
from lib.runtime import dispatching
from lib.runtime.call import Call


def _chosen(conn: Connection, some_id: str) -> Sequence[Row[Any]]:
    found = delivery_log.notification(conn, some_id)
    if found is None:
        raise not_found()
    rows = delivery_log.of_notification(conn, found["id"])
    return [row for row in rows if row.id == some_id] or rows


def cancel(conn: Connection, call: Call, some_id: str) -> dict[str, Any]:
    """Cancel what nobody has begun to send. Raises BadInput: 404, or 409 with the state that forbids it."""
    rows = _chosen(conn, some_id)
    done = deliveries.cancel(conn, [row.id for row in rows], "cancelled")
    if not done:
        raise BadInput(f"Nothing of it waits any more: its state is {overall(rows)}.", status=409)
    for each in done:
        timeline.note(conn, each, "state", "cancelled", {"by": _by(call)})
    return whole(conn, some_id, call.principal, school_zone(call.settings), "ru")


def retry(conn: Connection, call: Call, some_id: str) -> dict[str, Any]:
    """Queue anew what failed or is unknown. Raises BadInput: 404, or 409 with the state that forbids it."""
    rows = _chosen(conn, some_id)
    kind = TYPES[rows[0].type] if rows else TYPES["custom"]
    done = deliveries.revive(conn, [row.id for row in rows], kind.keeps_for.total_seconds())
    if not done:
        raise BadInput(f"Nothing of it has failed: its state is {overall(rows)}.", status=409)
    for each in done:
        timeline.note(conn, each, "state", "retried_by_hand", {"by": _by(call)})
        dispatching.again(conn, each, kind.priority, f"by-hand-{call.request_id}")
    return whole(conn, some_id, call.principal, school_zone(call.settings), "ru")


def _by(call: Call) -> str:
    return f"{call.principal.role}:{call.principal.sub}"


def replay(conn: Connection, call: Call, letter_id: str) -> dict[str, Any]:
    """Put a parked message back in its queue. Raises BadInput (404) when there is none, or it was replayed."""
    letter = dead_letters.take_for_replay(conn, letter_id)
    if letter is None:
        raise not_found()
    outbox.add(
        conn,
        [
            Outgoing(
                exchange="",
                routing_key=letter["queue"],
                message_id=letter["headers"].get("message_id") or letter["id"],
                content_type=letter["content_type"],
                body=letter["body"],
            )
        ],
    )
    return {"id": letter["id"], "queue": letter["queue"], "status": "replayed", "by": _by(call)}
