"""A message that has to be answered goes to the next of kin when nobody has answered in time."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select
from uuid6 import uuid7

from functions.dispatch_notifications.audience import look_up, school_zone
from lib.db import answers, deliveries, notifications, recipients, timeline
from lib.db import tables as t
from lib.domain.answers import receipt_of
from lib.domain.audience import Recipient
from lib.domain.catalogue import TYPES
from lib.domain.plans import Asked, Plan, PlannedDelivery, plan
from lib.queue import outbox
from lib.queue.outbox import Outgoing
from lib.runtime import dispatching
from lib.runtime.call import Call

ESCALATE = "notification.escalate"


def first_waits(plans: Iterable[Plan]) -> Iterator[Outgoing]:
    """A look at each message that must be answered, when the time for the answer is over."""
    for each in plans:
        minutes = each.asked.must_answer_minutes
        alive = [d.decision.due_at for d in each.deliveries if d.decision.is_alive and d.decision.due_at]
        if minutes and alive:
            yield _look_at(each.id, max(alive) + timedelta(minutes=minutes))


def _look_at(notification_id: str, due_at: datetime) -> Outgoing:
    data = {"notification_id": notification_id}
    event_id = f"{notification_id}:escalate"
    return outbox.message(ESCALATE, event_id, data, queue="notifications.events", due_at=due_at)


def escalate(conn: Connection, call: Call, data: dict[str, Any]) -> None:
    """Ask the others, unless somebody has answered or it was called off. Repeating changes nothing."""
    wanted = select(t.notifications).where(t.notifications.c.id == str(data.get("notification_id")))
    row = conn.execute(wanted).first()
    if row is None or answers.given(conn, [receipt_of(row.id)]):
        return
    asked = list(conn.execute(select(t.deliveries).where(t.deliveries.c.notification_id == row.id)))
    if all(each.state in ("cancelled", "suppressed", "expired") for each in asked):
        return
    made = _to_others(conn, call, row, {each.user_id for each in asked})
    spoken_of = deliveries.look(conn, asked[0].id)
    if spoken_of:
        timeline.note(conn, spoken_of, "state", "escalated" if made else "nobody_else")
    if made:
        notifications.add_deliveries(conn, [made])
        outbox.add(conn, dispatching.first_turns([made]))


def _to_others(conn: Connection, call: Call, row: Row[Any], asked: set[str]) -> Plan | None:
    others = _next_of_kin(conn, row.data, asked)
    if not others:
        return None
    kind = TYPES[row.type]
    view = look_up(conn, school_zone(call.settings), [{**row.data, "user_ids": others}])
    again = Asked(kind, row.data, row.priority, critical=row.critical, fallback=row.fallback)
    made = plan(again, map(view.person, others), kind.channels, call.now, lambda: str(uuid7()))
    return replace(made, id=str(row.id), deliveries=tuple(map(_named, made.deliveries)))


def _named(planned: PlannedDelivery) -> PlannedDelivery:
    decision = planned.decision
    return (
        replace(planned, decision=replace(decision, reason="escalated"))
        if decision.reason == "ok"
        else planned
    )


def _next_of_kin(conn: Connection, data: dict[str, Any], asked: set[str]) -> list[str]:
    """The other parents of the child it is about; of all children of those asked when it names none."""
    people = recipients.by_ids(conn, asked)
    student = data.get("student_id")
    children = {str(student)} if student else {child for each in people.values() for child in each.child_ids}
    known: Iterable[Recipient] = recipients.by_ids(conn, children).values()
    parents = dict.fromkeys(parent for child in known for parent in child.parent_ids)
    return [parent for parent in parents if parent not in asked]
