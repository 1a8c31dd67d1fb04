"""A broadcast goes out page by page: each page is planned when the one before it has nearly gone out.

So the queues are never deep, whatever else is to be sent does not wait behind it, and it can be stopped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, Row
from uuid6 import uuid7

from functions.dispatch_notifications.audience import look_up, school_zone
from lib.db import broadcasts, notifications
from lib.domain.catalogue import TYPES
from lib.domain.plans import NO_FALLBACK, Asked, Plan, PlannedDelivery, plan
from lib.queue import outbox
from lib.queue.outbox import Outgoing
from lib.runtime import dispatching
from lib.runtime.call import Call

TURN = "broadcast.page"
SOURCE = "repitbot/broadcasts"
PRIORITY = "low"
# People a second: what the Bot API takes; no slower channel than that is ours to slow down.
RATE = 30
# Two seconds' worth.
PAGE = 60
# Due together: a wake-up of the relay for each single message would be most of its cost.
TOGETHER = 3
# So many may wait for their turn at the channel: none at all would leave turns unused.
SLACK = 5
# The next page is planned so long before the last one is out.
AHEAD = timedelta(seconds=1)
# Unfinished deliveries of the same broadcast at which the next page waits, and for how long.
FULL = 2 * PAGE
FULL_WAIT = timedelta(seconds=1)


def begin(conn: Connection, broadcast_id: str, page: int, due_at: datetime | None) -> None:
    """Have `page` planned at `due_at`, at once when None."""
    outbox.add(conn, [_turn(broadcast_id, page, due_at)])


def _turn(broadcast_id: str, page: int, due_at: datetime | None) -> Outgoing:
    return outbox.message(
        TURN,
        f"{broadcast_id}:{page}:{uuid7()}",
        {"broadcast_id": broadcast_id, "page": page},
        queue="notifications.events",
        due_at=due_at,
    )


def turn(conn: Connection, call: Call, data: dict[str, Any]) -> None:
    """Plan one page and have the next one planned, in the caller's transaction. Repeating changes nothing."""
    broadcast_id, page = str(data.get("broadcast_id")), data.get("page")
    row = broadcasts.lock(conn, broadcast_id)
    if row is None or row.state != "sending" or row.next_page != page:
        return
    if row.send_at and row.send_at > call.now:
        begin(conn, broadcast_id, row.next_page, row.send_at)
        return
    soon, own = broadcasts.backlog(conn, broadcast_id)
    if own > FULL:
        begin(conn, broadcast_id, row.next_page, call.now + FULL_WAIT)
        return
    start = call.now + timedelta(seconds=max(0, soon - SLACK) / RATE)
    _plan(conn, call, row, start)


def _plan(conn: Connection, call: Call, row: Row[Any], start: datetime) -> None:
    broadcast_id, first = str(row.id), row.next_page * PAGE
    users = broadcasts.page(conn, broadcast_id, first, PAGE)
    plans = list(_paced(_plans(conn, call, row, users), start))
    notifications.insert(conn, plans)
    outbox.add(conn, dispatching.first_turns(plans))
    pairs = zip(users, (each.id for each in plans), strict=True)
    broadcasts.planned(conn, broadcast_id, pairs)
    over = first + PAGE >= row.recipients
    broadcasts.turned(conn, broadcast_id, row.next_page + 1, "planned" if over else "sending")
    if not over:
        due_at = start + timedelta(seconds=sum(map(_goes, plans)) / RATE) - AHEAD
        begin(conn, broadcast_id, row.next_page + 1, max(call.now, due_at))


def _plans(conn: Connection, call: Call, row: Row[Any], users: Sequence[str]) -> Iterator[Plan]:
    """One notification a person, whose event is theirs of this broadcast: the database takes it once."""
    view = look_up(conn, school_zone(call.settings), [{"user_ids": list(users)}])
    asked = asked_of(row._mapping)
    for user_id in users:
        own = replace(asked, event=(SOURCE, f"{row.id}:{user_id}"))
        made = plan(own, [view.person(user_id)], tuple(row.channels), call.now, lambda: str(uuid7()))
        view.note(made)
        yield made


def asked_of(row: Any) -> Asked:
    """What a broadcast says, as a request to tell one person."""
    return Asked(
        TYPES[row["type"]],
        row["data"],
        priority=PRIORITY,
        requested_by=row["requested_by"],
        template=row["template"],
        locale=row["locale"],
        expires_at=row["expires_at"],
        correlation_id=str(row["id"]) if row.get("id") else None,
        fallback=NO_FALLBACK,
    )


def _paced(plans: Iterator[Plan], start: datetime) -> Iterator[Plan]:
    """What is to go at once goes at the allowed rate from `start` on instead."""
    places = count()
    for each in plans:
        if _goes(each):
            due_at = start + timedelta(seconds=next(places) // TOGETHER * TOGETHER / RATE)
            yield replace(each, deliveries=tuple(_at(d, due_at) for d in each.deliveries))
        else:
            yield each


def _at(planned: PlannedDelivery, due_at: datetime) -> PlannedDelivery:
    if planned.decision.action != "send":
        return planned
    return replace(planned, decision=replace(planned.decision, due_at=due_at))


def _goes(made: Plan) -> bool:
    return any(each.decision.action == "send" for each in made.deliveries)
