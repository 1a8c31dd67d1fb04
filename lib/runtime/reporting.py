"""The messages that move reports on: to the queue that makes them, and to the world when they are over."""

from typing import Any

from sqlalchemy import Row

from lib.domain.shapes import instant_text
from lib.queue import outbox
from lib.queue.outbox import Outgoing
from lib.runtime.dispatching import EXCHANGE

QUEUE = "reports.requested"
REQUESTED = "report.requested"
SWEEP = "artifacts.sweep"


def requested(report_id: str, tag: str) -> Outgoing:
    """To be made. `tag` tells one turn of the same report from the next."""
    return outbox.message(REQUESTED, f"{report_id}:{tag}", {"report_id": report_id}, queue=QUEUE)


def sweep(tag: str, *, whole: bool = False) -> Outgoing:
    """To delete the files that ended; `whole`: to look through the storage as well."""
    return outbox.message(SWEEP, f"sweep:{tag}", {"whole": whole}, queue=QUEUE, priority=1)


def over(row: Row[Any]) -> Outgoing:
    """`report.generated` or `report.failed`, for whoever subscribes: ids and facts, nothing of what is in it."""
    kind = "report.generated" if row.state == "done" else "report.failed"
    role, _, user_id = row.requested_by.partition(":")
    data = {
        "report_id": str(row.id),
        "type": row.type,
        "format": row.format,
        "status": row.state,
        "role": role,
        "user_id": user_id,
        "attempts": row.attempts,
        "bytes": row.artifact_bytes,
        "at": instant_text(row.finished_at),
        "expires_at": instant_text(row.expires_at) if row.expires_at else None,
        "subscription_id": str(row.subscription_id) if row.subscription_id else None,
    }
    return outbox.message(kind, f"{row.id}:{row.state}", data, exchange=EXCHANGE, routing_key=kind)
