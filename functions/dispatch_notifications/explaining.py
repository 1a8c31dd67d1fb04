"""Why somebody did, or did not, get a message; also when there never was one."""

from typing import Any

from sqlalchemy import Connection, Row, select

from functions.dispatch_notifications.audience import look_up, school_zone
from functions.dispatch_notifications.shapes import ExplainQuery
from functions.dispatch_notifications.views import as_uuid, explanation
from lib.db import delivery_log
from lib.db.tables import events
from lib.domain.audience import concerned
from lib.domain.catalogue import of_event
from lib.domain.explain import chain, sentence
from lib.runtime.call import Call

# The happiest outcome speaks for all channels.
BEST_FIRST = ("sent", "sending", "queued", "held", "unknown", "failed", "cancelled", "expired", "suppressed")


def explain(conn: Connection, call: Call, query: ExplainQuery) -> dict[str, Any]:
    """One sentence, and every channel with the rules it went through."""
    if query.notification_id:
        ids = [as_uuid(query.notification_id)]
    else:
        ids = delivery_log.notifications_of_event(conn, query.event_id or "", query.source)
    rows = [row for each in ids for row in delivery_log.of_notification(conn, each)]
    mine = [row for row in rows if row.user_id == query.user_id]
    if not mine:
        reason = _why_nothing(conn, call, query, planned=bool(ids))
        return _answer(query, False, reason, sentence(reason, query.lang), [])
    lines = {each.delivery_id: each for i in ids for each in _decisions(conn, i)}
    mine.sort(key=lambda row: BEST_FIRST.index(row.state))
    channels = [_channel(row, lines.get(row.id), query.lang) for row in mine]
    best = mine[0]
    return _answer(
        query, best.state == "sent", best.reason or best.state, channels[0]["explanation"], channels
    )


def _decisions(conn: Connection, notification_id: str) -> list[Row[Any]]:
    return [line for line in delivery_log.story(conn, notification_id) if "passed" in line.detail]


def _channel(row: Row[Any], decision: Row[Any] | None, lang: str) -> dict[str, Any]:
    passed = decision.detail["passed"] if decision is not None else []
    return {
        "delivery_id": row.id,
        "channel": row.channel,
        "type": row.type,
        "status": row.state,
        "reason": row.reason,
        "explanation": explanation(row, lang),
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
    return "not_processed" if query.user_id in users else "not_concerned"
