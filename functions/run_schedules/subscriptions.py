"""Regular reports that are due: a row for each, and its message, in one transaction with the next time."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row
from uuid6 import uuid7

from lib.db import erasures, fence, report_subscriptions, reports
from lib.db.reports import Asked
from lib.domain.report_calendar import Rhythm, day_of, last_due, next_due, period_before
from lib.queue.outbox import Outgoing
from lib.runtime.call import Call
from lib.runtime.reporting import requested
from lib.templates.rendering import known_locale

OF_A_CHILD = "student"


def due(conn: Connection, call: Call) -> Iterator[Outgoing]:
    """What the queue of reports is told at this ring."""
    if fence.is_closed(conn):
        # Whether one was sent before the restore the operator says, and then it moves on or is made.
        return
    # From here to the commit nobody is erased, so no row is made of somebody who is.
    erasures.somebody(conn)
    told_until = fence.told_until(conn)
    for row in report_subscriptions.due(conn, call.now, call.settings.school_timezone):
        zone, rhythm = ZoneInfo(row.their_zone), _rhythm(row)
        if row.next_at <= call.now and not _told(row, rhythm, call.now, told_until):
            yield from _made(conn, call, row, rhythm, zone)
        report_subscriptions.move(conn, row, next_due(rhythm, call.now, zone), row.their_zone)


def _told(row: Row[Any], rhythm: Rhythm, now: datetime, told_until: datetime | None) -> bool:
    """Whether the system before a restore has seen to it."""
    due_at = last_due(rhythm, row.next_at, now, ZoneInfo(row.zone))
    return told_until is not None and due_at <= told_until


def _rhythm(row: Row[Any]) -> Rhythm:
    return Rhythm(row.every, time.fromisoformat(row.at), row.weekday, row.day)


def _made(conn: Connection, call: Call, row: Row[Any], rhythm: Rhythm, zone: ZoneInfo) -> Iterator[Outgoing]:
    """On the clock that it was promised on, which its reader may have left meanwhile."""
    promised = ZoneInfo(row.zone)
    day = day_of(last_due(rhythm, row.next_at, call.now, promised), promised)
    first, last = period_before(rhythm, day)
    period = {"from": first.isoformat(), "to": last.isoformat(), "tz": zone.key}
    for parameters in _targets(row):
        if reports.add(conn, asked := _asked(call, row, {**parameters, **period}, day)):
            yield requested(asked.id, "0")


def _targets(row: Row[Any]) -> list[dict[str, Any]]:
    """A parent who named no child has one of each, as the directory knows them now."""
    if row.type == OF_A_CHILD and "student_id" not in row.parameters:
        return [{**row.parameters, "student_id": child} for child in row.child_ids]
    return [dict(row.parameters)]


def _asked(call: Call, row: Row[Any], parameters: dict[str, Any], day: date) -> Asked:
    return Asked(
        id=str(uuid7()),
        type=row.type,
        format=row.format,
        parameters=parameters,
        locale=known_locale(row.locale, row.their_locale or None, call.settings.default_locale),
        requested_by=row.requested_by,
        scopes=list(row.scopes),
        deliver_to={"channel": row.channel, "user_id": row.user_id},
        subscription_id=str(row.id),
        slot=day,
    )
