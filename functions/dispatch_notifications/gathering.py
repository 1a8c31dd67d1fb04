"""What waited for the same moment: each is decided on again, and what still goes out becomes one message."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row
from uuid6 import uuid7

from functions.dispatch_notifications.audience import View, look_up, school_zone
from functions.dispatch_notifications.circumstances import around
from lib.db import notifications, timeline, waiting
from lib.db.deliveries import Delivery
from lib.domain.catalogue import PRIORITIES, TYPES
from lib.domain.decisions import Decision, Person, Request, decide
from lib.domain.plans import NO_FALLBACK, Asked, Plan, plan
from lib.domain.timing import GATHERED
from lib.queue import outbox
from lib.runtime import dispatching
from lib.runtime.call import Call

Ready = tuple[Row[Any], Decision]


def release(conn: Connection, call: Call, data: dict[str, Any]) -> None:
    """Let go what is due for `user_id` on `channel`, in the caller's transaction. Repeating changes nothing."""
    user_id, channel = str(data.get("user_id")), str(data.get("channel"))
    rows = waiting.due(conn, user_id, channel)
    if not rows:
        return
    view = look_up(conn, school_zone(call.settings), [{**row.data, "user_id": user_id} for row in rows])
    person = view.person(user_id)
    ready = [(row, decision) for row in rows if (decision := _again(conn, view, person, row)) is not None]
    together = [each for each in ready if _mixes(each[0])]
    refused = person.preferences.refusal("digest", "digests", channel) is not None
    if len(together) < 2 or refused or not _merged(conn, person, together):
        together = []
    apart = {id(row) for row, _ in ready} - {id(row) for row, _ in together}
    for row, _ in ready:
        if id(row) in apart:
            _let_go(conn, row)


def request_of(row: Row[Any], view: View) -> Request:
    """A message that has been written down, as the decisions see it now."""
    kind = TYPES[row.type]
    now = around(view, kind, row.data)
    return Request(
        kind=kind,
        critical=row.critical,
        priority=row.priority,
        expires_at=row.expires_at,
        starts_at=now.starts_at,
        called_off=now.called_off,
        moved=now.moved,
        answered=row.user_id in now.settled_for,
        waited=True,
    )


def _again(conn: Connection, view: View, person: Person, row: Row[Any]) -> Decision | None:
    """The decision when it is to go out now; otherwise it is carried out here."""
    decision = decide(request_of(row, view), person, (row.channel,), row.clock)[0]
    if decision.action == "send":
        return decision
    if decision.is_alive and decision.due_at:
        later = waiting.postpone(conn, row.id, decision.reason, decision.due_at)
        if later:
            timeline.note(conn, later, "decision", decision.reason, {"passed": list(decision.passed)})
            dispatching.again(conn, later, row.priority, decision.due_at.isoformat())
        return None
    over = waiting.finish(conn, row.id, decision.state, decision.reason)
    if over:
        timeline.note(conn, over, "decision", decision.reason, {"passed": list(decision.passed)})
        dispatching.publish(conn, over, row.type)
    return None


def _let_go(conn: Connection, row: Row[Any]) -> None:
    free = waiting.release(conn, row.id)
    if free:
        timeline.note(conn, free, "state", "released", {"waited_for": row.reason})
        dispatching.again(conn, free, row.priority, "released")


def _mixes(row: Row[Any]) -> bool:
    """Whether it loses nothing as a part of another message."""
    return row.must_answer_minutes is None and row.template is None and not row.has_attachments


def _merged(conn: Connection, person: Person, ready: Sequence[Ready]) -> bool:
    rows = [row for row, _ in ready]
    made = _one(person, rows)
    delivery = made.deliveries[0]
    if not delivery.decision.is_alive:
        return False
    notifications.insert(conn, [made])
    outbox.add(conn, dispatching.first_turns([made]))
    for each in waiting.merge(conn, [row.id for row in rows], delivery.id):
        _note(conn, each, made, delivery.id)
    return True


def _note(conn: Connection, part: Delivery, whole: Plan, delivery_id: str) -> None:
    detail = {"into": delivery_id, "notification": whole.id, "parts": len(whole.asked.data["items"])}
    timeline.note(conn, part, "state", "merged", detail)


def _one(person: Person, rows: Sequence[Row[Any]]) -> Plan:
    """The message that carries the others: as urgent as the most urgent of them."""
    locales = {row.locale for row in rows}
    ends = [row.expires_at for row in rows if row.expires_at]
    asked = Asked(
        TYPES["digest"],
        {"items": [_item(row) for row in rows], "why": _why(rows)},
        priority=max((row.priority for row in rows), key=lambda name: PRIORITIES[name]),
        critical=any(row.critical for row in rows),
        locale=locales.pop() if len(locales) == 1 else None,
        expires_at=max(ends) if len(ends) == len(rows) else None,
        fallback=NO_FALLBACK,
    )
    return plan(asked, [person], (rows[0].channel,), rows[0].clock, lambda: str(uuid7()))


def _item(row: Row[Any]) -> dict[str, Any]:
    return {"type": row.type, "data": row.data, "delivery_id": str(row.id)}


def _why(rows: Sequence[Row[Any]]) -> str:
    """The commonest reason, the earliest in the list of reasons when there are several."""
    reasons = [row.reason for row in rows]
    return max(GATHERED, key=lambda reason: (reasons.count(reason), -GATHERED.index(reason)))
