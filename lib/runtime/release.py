"""Letting a restored system send again, in one transaction with what becomes of the messages that are in doubt."""

from datetime import datetime

from sqlalchemy import Connection

from lib.db import fence, timeline
from lib.queue import outbox
from lib.runtime import dispatching


def release(conn: Connection, lost_at: datetime | None) -> tuple[int, list[str]]:
    """Open the fence in the caller's transaction: how many deliveries were set aside, and the paused broadcasts.

    `lost_at` None sends everything. Does nothing when it is open.
    """
    if not fence.release(conn, lost_at):
        return 0, []
    aside = 0
    paused: list[str] = []
    if lost_at is not None:
        aside = _set_aside(conn, lost_at)
        paused = fence.set_rest_aside(conn, lost_at)
    for delivery, row in fence.untold(conn):
        dispatching.again(conn, delivery, row.priority, "released")
    return aside, paused


def _set_aside(conn: Connection, lost_at: datetime) -> int:
    finished = fence.set_aside(conn, lost_at)
    for delivery, _ in finished:
        timeline.note(conn, delivery, "decision", fence.REASON, {"lost_at": lost_at.isoformat()})
    news = (dispatching.over(delivery, type_name) for delivery, type_name in finished)
    outbox.add(conn, filter(None, news))
    return len(finished)
