"""Deliveries as the API shows them."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from functions.dispatch_notifications.shapes import LogQuery
from lib.auth.tokens import Principal
from lib.db import delivery_log
from lib.domain.accounts import Told, account
from lib.domain.explain import chain, sentence
from lib.domain.outcomes import FINAL
from lib.errors import BadInput, not_found

ALL_STATES = ("planned", "held", "queued", "sending", *FINAL)
OPEN_FIRST = ("sending", "queued", "held", "planned", "sent", "digested", "unknown", "failed")


def sees_all(principal: Principal) -> bool:
    """Whether the caller sees everybody's deliveries: an admin, or a service allowed to."""
    return principal.role == "admin" or (principal.role == "service" and principal.may("notifications:read"))


def as_uuid(given: str) -> str:
    """An id of ours. Raises BadInput (404) for anything else: there is nothing under it."""
    try:
        return str(uuid.UUID(given))
    except ValueError:
        raise not_found() from None


def told(row: Row[Any]) -> Told:
    """The facts of one delivery's row."""
    return Told(row.channel, row.state, row.reason, row.due_at, row.finished_at)


def delivery(row: Row[Any], zone: ZoneInfo, lang: str) -> dict[str, Any]:
    """One delivery with the sentence that says what became of it, on a clock in `zone`."""
    return {
        "id": row.id,
        "notification_id": row.notification_id,
        "type": row.type,
        "user_id": row.user_id,
        "name": row.name,
        "channel": row.channel,
        "status": row.state,
        "reason": row.reason,
        "explanation": account(told(row), zone, lang),
        "attempts": row.attempts,
        "created_at": row.created_at,
        "due_at": row.due_at,
        "expires_at": row.expires_at,
        "finished_at": row.finished_at,
        "provider_id": row.provider_id,
        "merged_into": row.merged_into,
    }


def overall(rows: Sequence[Row[Any]]) -> str:
    """One word for all deliveries of a notification: the liveliest of their states."""
    states = {row.state for row in rows}
    return next((state for state in OPEN_FIRST if state in states), next(iter(states), "suppressed"))


def log_page(conn: Connection, query: LogQuery, principal: Principal, zone: ZoneInfo) -> dict[str, Any]:
    """One page of the delivery log; one's own only, unless one may see all."""
    if query.status is not None and query.status not in ALL_STATES:
        raise BadInput(f"status is one of {', '.join(ALL_STATES)}.")
    user_id = query.user_id
    if not sees_all(principal):
        if user_id not in (None, principal.sub):
            raise not_found()
        user_id = principal.sub
    rows = delivery_log.page(
        conn,
        limit=query.limit,
        before=as_cursor(query.cursor),
        user_id=user_id,
        type_name=query.type,
        channel=query.channel,
        states=[query.status] if query.status else None,
        since=query.since,
        until=query.until,
    )
    items = [delivery(row, zone, query.lang) for row in rows[: query.limit]]
    return {"items": items, "next_cursor": items[-1]["id"] if len(rows) > query.limit else None}


def as_cursor(given: str | None) -> str | None:
    """The place to go on from. Raises BadInput for one that we did not give."""
    try:
        return None if given is None else str(uuid.UUID(given))
    except ValueError:
        raise BadInput("The cursor is not one of ours.") from None


def visible(
    conn: Connection, some_id: str, principal: Principal
) -> tuple[Mapping[str, Any], Sequence[Row[Any]]]:
    """A notification and those of its deliveries that the caller may see. Raises BadInput (404) when there are none."""
    found = delivery_log.notification(conn, as_uuid(some_id))
    if found is None:
        raise not_found()
    rows = delivery_log.of_notification(conn, found["id"])
    mine = rows if sees_all(principal) else [row for row in rows if row.user_id == principal.sub]
    if not mine and not sees_all(principal):
        raise not_found()
    return found, mine


def whole(conn: Connection, some_id: str, principal: Principal, zone: ZoneInfo, lang: str) -> dict[str, Any]:
    """A notification with its deliveries and its timeline. Raises BadInput (404) when it is not the caller's."""
    found, mine = visible(conn, some_id, principal)
    # A line without a delivery is about all of them.
    ids = {None, *(row.id for row in mine)}
    lines = [each for each in delivery_log.story(conn, found["id"]) if each.delivery_id in ids]
    return {
        **{key: value for key, value in found.items() if key != "data"},
        "data": found["data"],
        "status": overall(mine),
        "deliveries": [delivery(row, zone, lang) for row in mine],
        "timeline": [line(each, lang) for each in lines],
    }


def line(row: Row[Any], lang: str) -> Mapping[str, Any]:
    """One line of the timeline."""
    detail = {key: value for key, value in row.detail.items() if key != "passed" and value is not None}
    return {
        "at": row.at,
        "delivery_id": row.delivery_id,
        "kind": row.kind,
        "status": row.state,
        "reason": row.reason,
        "explanation": sentence(row.reason, lang) if row.reason else None,
        "rules": chain(row.detail.get("passed") or [], lang),
        **detail,
    }
