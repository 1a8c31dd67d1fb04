"""Notifications that somebody asked for directly."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from uuid6 import uuid7

from functions.dispatch_notifications import escalation
from functions.dispatch_notifications.audience import View, look_up, school_zone
from functions.dispatch_notifications.circumstances import around
from functions.dispatch_notifications.shapes import NotificationRequest
from lib.db import attachments, notifications, templates
from lib.domain.catalogue import TYPES
from lib.domain.explain import sentence
from lib.domain.plans import Asked, Plan, PlannedDelivery, plan
from lib.errors import BadInput
from lib.queue import outbox
from lib.runtime import dispatching
from lib.runtime.attachments import decoded
from lib.runtime.call import Call
from lib.templates.values import check

# From the most to the least that can still happen.
STATUSES = ("queued", "held", "suppressed", "expired")


def place(conn: Connection, call: Call, requests: Sequence[NotificationRequest]) -> list[Plan | BadInput]:
    """Decide on requests and write them down; those that make no message stand in the list as errors."""
    made = plans_for(conn, call, requests, call.now)
    plans = [each for each in made if isinstance(each, Plan)]
    notifications.insert(conn, plans)
    for request, each in zip(requests, made, strict=True):
        if isinstance(each, Plan):
            attachments.save(conn, each.id, decoded(request.attachments))
    outbox.add(conn, dispatching.first_turns(plans))
    outbox.add(conn, escalation.first_waits(plans))
    return made


def plans_for(
    conn: Connection, call: Call, requests: Sequence[NotificationRequest], now: datetime
) -> list[Plan | BadInput]:
    """The same without writing."""
    datas = [{**r.data, "user_ids": _users(r), "role": r.role} for r in requests]
    view = look_up(conn, school_zone(call.settings), datas)
    return [_plan(conn, view, call, request, now) for request in requests]


def _users(request: NotificationRequest) -> list[str]:
    return [request.user_id] if request.user_id else list(request.user_ids or ())


def _plan(
    conn: Connection, view: View, call: Call, request: NotificationRequest, now: datetime
) -> Plan | BadInput:
    kind = TYPES[request.type]
    data = view.completed(kind.name, request.data)
    try:
        check(templates.type_of(conn, request.template or kind.name), data)
    except BadInput as error:
        return error
    asked = Asked(
        kind,
        data,
        priority=request.priority or kind.priority,
        critical=bool(request.critical),
        correlation_id=request.correlation_id,
        requested_by=f"{call.principal.role}:{call.principal.sub}",
        template=request.template,
        locale=request.locale,
        send_at=request.send_at,
        expires_at=request.expires_at,
        fallback=request.fallback,
        must_answer_minutes=request.must_answer_minutes,
    )
    users = dict.fromkeys(_users(request) or view.roles.get(request.role or "", ()))
    channels = tuple(dict.fromkeys(request.channels or kind.channels))
    known = around(view, kind, data)
    made = plan(asked, map(view.person, users), channels, now, lambda: str(uuid7()), known)
    view.note(made)
    return made


def answer(made: Plan | BadInput) -> dict[str, Any]:
    """One result of the API."""
    if isinstance(made, BadInput):
        return {"id": None, "status": "rejected", "detail": made.detail, "errors": list(made.errors)}
    states = {each.decision.state for each in made.deliveries}
    status = next((each for each in STATUSES if each in states), "suppressed")
    return {"id": made.id, "status": status, "decisions": [decided(each) for each in made.deliveries]}


def decided(planned: PlannedDelivery) -> dict[str, Any]:
    """One decision of the API."""
    decision = planned.decision
    return {
        "delivery_id": planned.id,
        "user_id": planned.user_id,
        "channel": decision.channel,
        "action": decision.action,
        "status": decision.state,
        "reason": decision.reason,
        "explanation": sentence(decision.reason),
        "due_at": decision.due_at,
        "expires_at": decision.expires_at,
    }
