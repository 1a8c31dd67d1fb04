"""Reports by the clock: regular ones, those that nobody makes any more, and files whose time is over."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from functions.run_schedules import subscriptions
from lib.db import artifacts, reports
from lib.db.schedule import claim_slots
from lib.queue.outbox import Outgoing
from lib.runtime.call import Call
from lib.runtime.reporting import requested, sweep

# What is known of a report that is over is kept longer than its file, for whoever asks why.
KEPT_DAYS = 90
AGAIN_MINUTES = 5


def due(conn: Connection, call: Call) -> Iterator[Outgoing]:
    """What the queue of reports is told at this ring."""
    yield from subscriptions.due(conn, call)
    yield from _abandoned(conn, _slot(call.now, AGAIN_MINUTES))
    artifacts.expire(conn)
    if artifacts.any_ended(conn) and claim_slots(conn, [("artifacts", _slot(call.now, 1))]):
        yield sweep(_slot(call.now, 1).isoformat())
    hour = _slot(call.now, 60)
    if claim_slots(conn, [("artifacts/whole", hour)]):
        artifacts.forget_rows(conn, KEPT_DAYS)
        yield sweep(f"whole/{hour.isoformat()}", whole=True)


def _abandoned(conn: Connection, slot: datetime) -> Iterator[Outgoing]:
    ids = reports.abandoned(conn)
    mine = claim_slots(conn, [(f"report/{each}", slot) for each in ids]) if ids else set()
    for each in ids:
        if (f"report/{each}", slot) in mine:
            yield requested(each, f"again:{slot.isoformat()}")


def _slot(now: datetime, minutes: int) -> datetime:
    """The whole minutes of the hour that have come."""
    return now - timedelta(minutes=now.minute % minutes, seconds=now.second, microseconds=now.microsecond)
