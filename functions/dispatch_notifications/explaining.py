"""Why somebody did, or did not, get a message; also when there never was one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from functions.dispatch_notifications.audience import look_up, school_zone
from functions.dispatch_notifications.shapes import ExplainQuery
from functions.dispatch_notifications.views import as_uuid, told
from lib.db import delivery_log, fence, preferences, recipients
from lib.db.tables import events
from lib.domain.accounts import Told, account
from lib.domain.audience import concerned
from lib.domain.catalogue import of_event
from lib.domain.decisions import Person
from lib.domain.explain import chain, sentence
from lib.runtime.call import Call

# The happiest outcome speaks for all channels.
BEST_FIRST = (
    "sent",
    "digested",
    "sending",
    "queued",
    "held",
    "unknown",
    "failed",
    "cancelled",
    "expired",
    "suppressed",
)


def explain(conn: Connection, call: Call, query: ExplainQuery) -> dict[str, Any]:
    """What became of it in words, and every channel with the rules it went through."""
    if query.notification_id:
        ids = [as_uuid(query.notification_id)]
    else:
        ids = delivery_log.notifications_of_event(conn, query.event_id or "", query.source)
    rows = [row for each in ids for row in delivery_log.of_notification(conn, each)]
    mine = sorted(
        (row for row in rows if row.user_id == query.user_id),
        key=lambda row: (BEST_FIRST.index(row.state), row.reason == "no_address"),
    )
    if not mine:
        reason = _why_nothing(conn, call, query, planned=bool(ids))
        return _answer(query, False, reason, sentence(reason, query.lang), [])
    zone = _zone_of(conn, call, query.user_id)
    stories = [line for each in ids for line in delivery_log.story(conn, each)]
    decided = {line.delivery_id: line for line in reversed(stories) if "passed" in line.detail}
    channels = [
        _channel(row, _facts(conn, row, mine, decided, stories), decided.get(row.id), zone, query.lang)
        for row in mine
    ]
    got_it = any(_arrived(conn, row) for row in mine)
    return _answer(query, got_it, mine[0].reason or mine[0].state, channels[0]["explanation"], channels)


def _zone_of(conn: Connection, call: Call, user_id: str) -> ZoneInfo:
    recipient, chosen = recipients.get(conn, user_id), preferences.get(conn, user_id)
    return Person(user_id, recipient, chosen, school_zone(call.settings)).zone


def _arrived(conn: Connection, row: Row[Any]) -> bool:
    if row.merged_into is None:
        return bool(row.state == "sent")
    carrier = delivery_log.delivery(conn, row.merged_into)
    return carrier is not None and carrier.state == "sent"


def _facts(
    conn: Connection,
    row: Row[Any],
    mine: Sequence[Row[Any]],
    decided: Mapping[str, Row[Any]],
    stories: Sequence[Row[Any]],
) -> Told:
    """One delivery's facts, with the message it became a part of, or the channels that failed before it."""
    first = decided[row.id].reason if row.id in decided else None
    facts = replace(told(row), decided=first, also=_remarks(row, stories), fenced=fence.is_closed(conn))
    if first == "fallback":
        others = tuple(
            (other.channel, other.reason) for other in mine if other.state in ("failed", "suppressed")
        )
        return replace(facts, failed=others)
    if row.merged_into is None:
        return facts
    carrier = delivery_log.delivery(conn, row.merged_into)
    parts = len(delivery_log.parts(conn, row.merged_into))
    return replace(facts, carrier=told(carrier) if carrier is not None else None, parts=parts)


def _remarks(row: Row[Any], stories: Sequence[Row[Any]]) -> tuple[str, ...]:
    """The second mail server, or a template that failed: what the line of the sending says beside."""
    details = [line.detail for line in stories if line.delivery_id == row.id and line.reason == "sent"]
    via = any(detail.get("via") == "fallback" for detail in details)
    failed = any(detail.get("template_failed") for detail in details)
    return (*(("via_fallback",) if via else ()), *(("template_failed",) if failed else ()))


def _channel(
    row: Row[Any], facts: Told, decision: Row[Any] | None, zone: ZoneInfo, lang: str
) -> dict[str, Any]:
    passed = decision.detail["passed"] if decision is not None else []
    return {
        "delivery_id": row.id,
        "channel": row.channel,
        "type": row.type,
        "status": row.state,
        "reason": row.reason,
        "merged_into": row.merged_into,
        "explanation": account(facts, zone, lang),
        "rules": chain(passed, lang),
    }


def _answer(
    query: ExplainQuery, got_it: bool, reason: str, words: str, channels: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "user_id": query.user_id,
        "got_it": got_it,
        "reason": reason,
        "explanation": words,
        "channels": channels,
    }


def _why_nothing(conn: Connection, call: Call, query: ExplainQuery, *, planned: bool) -> str:
    if planned or query.notification_id:
        return "not_concerned"
    wanted = select(events.c.type, events.c.data).where(events.c.id == query.event_id)
    row = conn.execute(wanted.where(events.c.source == query.source) if query.source else wanted).first()
    if row is None:
        return "event_unknown"
    kind = of_event(row.type, row.data)
    if kind is None:
        return "type_not_notified"
    view = look_up(conn, school_zone(call.settings), [row.data])
    data = view.completed(kind.name, row.data)
    members = view.roles.get(str(data.get("role")), ())
    users = concerned(kind, data, view.people, members=members)
    if query.user_id not in users:
        return "not_concerned"
    return "fenced" if fence.is_closed(conn) else "not_processed"
