"""Messages to many: asked for, rehearsed, watched, stopped."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row
from uuid6 import uuid7

from functions.dispatch_notifications import broadcasts_pages as pages
from functions.dispatch_notifications import broadcasts_rehearsal, views
from functions.dispatch_notifications.broadcasts_shapes import BroadcastRequest
from functions.dispatch_notifications.shapes import PageQuery
from lib.db import broadcasts, deliveries, recipients, templates, timeline
from lib.domain.catalogue import TYPES
from lib.errors import BadInput, not_found
from lib.runtime.call import Call
from lib.templates.values import check

SCOPE = "broadcasts:write"
OPEN = ("waiting", "planned", "held", "queued", "sending")
SHOWN = (
    *("name", "type", "template", "data", "channels", "locale", "audience", "send_at", "expires_at"),
    *("requested_by", "created_at", "started_at", "recipients"),
)


def require_scope(call: Call) -> None:
    """Raises BadInput (403) for a service that may not do this."""
    if call.principal.role == "service" and not call.principal.may(SCOPE):
        raise BadInput(f"This token lacks the scope {SCOPE}.", status=403)


def place(conn: Connection, call: Call, request: BroadcastRequest) -> dict[str, Any]:
    """Settle who gets it and begin. Raises BadInput: 422 for no message, or for nobody to tell."""
    asked, users = _understood(conn, call, request)
    broadcast_id = str(uuid7())
    broadcasts.create(conn, broadcast_id, asked, users)
    pages.begin(conn, broadcast_id, 0, request.send_at)
    return show(conn, broadcast_id)


def rehearse(conn: Connection, call: Call, request: BroadcastRequest) -> dict[str, Any]:
    """What `place` would do. Raises as it does."""
    asked, users = _understood(conn, call, request)
    # The pages of a later broadcast are decided on then, so its rehearsal is decided as if it were then.
    telling = replace(pages.asked_of(asked), send_at=request.send_at)
    told = broadcasts_rehearsal.rehearse(conn, call, telling, tuple(asked["channels"]), users)
    return {"dry_run": True, **told}


def _understood(
    conn: Connection, call: Call, request: BroadcastRequest
) -> tuple[dict[str, Any], tuple[str, ...]]:
    check(templates.type_of(conn, request.template or request.type), request.data)
    users = _audience(conn, request)
    if not users:
        raise BadInput("Nobody belongs to this audience.", status=422)
    asked = request.model_dump(exclude={"audience", "channels"})
    audience = request.audience.model_dump(mode="json", exclude_defaults=True)
    if request.audience.user_ids:
        # They stand in their own table; here they would be most of the row.
        audience["user_ids"] = len(users)
    channels = list(dict.fromkeys(request.channels or TYPES[request.type].channels))
    by = f"{call.principal.role}:{call.principal.sub}"
    return {**asked, "audience": audience, "channels": channels, "requested_by": by}, users


def _audience(conn: Connection, request: BroadcastRequest) -> tuple[str, ...]:
    asked = request.audience
    if asked.role:
        return tuple(recipients.ids_of_role(conn, asked.role))
    if asked.tutor_id:
        return tuple(broadcasts.of_tutor(conn, asked.tutor_id, include_parents=asked.include_parents))
    return tuple(dict.fromkeys(asked.user_ids or ()))


def show(conn: Connection, broadcast_id: str) -> dict[str, Any]:
    """A broadcast and how far it has come. Raises BadInput (404)."""
    row = broadcasts.get(conn, broadcast_id)
    if row is None:
        raise not_found()
    by_state: dict[str, int] = {}
    reasons: dict[str, dict[str, int]] = {}
    for each in broadcasts.progress(conn, broadcast_id):
        by_state[each.state] = by_state.get(each.state, 0) + each.people
        if each.reason:
            reasons.setdefault(each.state, {})[each.reason] = each.people
    left = sum(by_state.get(state, 0) for state in OPEN)
    rate = broadcasts.rate(conn, broadcast_id)
    state = _state(row, left, rate.clock)
    return {
        **_shown(row),
        "state": state,
        "planned": row.recipients - by_state.get("waiting", 0),
        "by_state": by_state,
        "by_reason": reasons,
        "rate_per_second": float(rate.now),
        "eta": _eta(row, left, float(rate.now), rate.clock) if state in ("sending", "scheduled") else None,
        "finished_at": rate.last if state == "done" else None,
    }


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {"id": str(row.id), **{name: getattr(row, name) for name in SHOWN}}


def _state(row: Row[Any], left: int | None, clock: datetime) -> str:
    """`done` when nothing of it is open any more, which its deliveries know."""
    if row.state == "planned":
        return "sending" if left else "done"
    if row.state == "sending" and row.started_at is None and row.send_at and row.send_at > clock:
        return "scheduled"
    return str(row.state)


def _eta(row: Row[Any], left: int, rate: float, clock: datetime) -> datetime:
    """At the rate of the last seconds; at the allowed one as long as there is none."""
    start = max(clock, row.send_at or clock)
    return start + timedelta(seconds=left / (rate or pages.RATE))


def listed(conn: Connection, query: PageQuery) -> dict[str, Any]:
    """One page of them, newest first, without their progress."""
    rows = broadcasts.newest(conn, query.limit + 1, views.as_cursor(query.cursor))
    items = [{**_shown(row), "state": _state(row, row.unfinished, row.clock)} for row in rows[: query.limit]]
    return {"items": items, "next_cursor": str(items[-1]["id"]) if len(rows) > query.limit else None}


def pause(conn: Connection, broadcast_id: str) -> dict[str, Any]:
    """Plan no more pages; what is planned already, a few seconds' worth, still goes out. Raises 404, 409."""
    row, state = _locked(conn, broadcast_id)
    if row.state != "sending":
        raise _forbidden(state)
    broadcasts.move(conn, broadcast_id, "paused")
    return show(conn, broadcast_id)


def resume(conn: Connection, broadcast_id: str) -> dict[str, Any]:
    """Go on where it was paused. Raises BadInput: 404, 409."""
    row, state = _locked(conn, broadcast_id)
    if row.state != "paused":
        raise _forbidden(state)
    broadcasts.move(conn, broadcast_id, "sending")
    pages.begin(conn, broadcast_id, row.next_page, row.send_at)
    return show(conn, broadcast_id)


def cancel(conn: Connection, call: Call, broadcast_id: str) -> dict[str, Any]:
    """Stop it for good: those whose page has not come, and what nobody has begun to send. Raises 404, 409."""
    _, state = _locked(conn, broadcast_id)
    if state in ("cancelled", "done"):
        raise _forbidden(state)
    broadcasts.move(conn, broadcast_id, "cancelled")
    by = {"by": f"{call.principal.role}:{call.principal.sub}"}
    for each in deliveries.cancel(conn, broadcasts.waiting(conn, broadcast_id), "cancelled"):
        timeline.note(conn, each, "state", "cancelled", by)
    return show(conn, broadcast_id)


def _locked(conn: Connection, broadcast_id: str) -> tuple[Row[Any], str]:
    row = broadcasts.lock(conn, broadcast_id)
    if row is None:
        raise not_found()
    return row, show(conn, broadcast_id)["state"]


def _forbidden(state: str) -> BadInput:
    return BadInput(f"Its state forbids that: it is {state}.", status=409)
