"""Notifications and the deliveries planned for them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, text

from lib.db import erasures
from lib.db.bulk import insert_all
from lib.db.tables import deliveries, lessons, notifications, timeline
from lib.domain.decisions import Decision
from lib.domain.outcomes import FINAL
from lib.domain.plans import Plan, PlannedDelivery

CLAIM_EVENTS = text(
    "INSERT INTO inbox (consumer, source, id) "
    "SELECT :consumer, source, id FROM unnest(CAST(:sources AS text[]), CAST(:ids AS text[])) AS k(source, id) "
    "ON CONFLICT DO NOTHING RETURNING source, id"
)
TOLD = text(
    "SELECT DISTINCT data ->> 'lesson_id' FROM notifications "
    "WHERE data ? 'lesson_id' AND data ->> 'lesson_id' = ANY(CAST(:ids AS text[])) AND type = :type"
)


def claim_events(conn: Connection, consumer: str, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the events' (source, id) that this consumer has not had before; from now on it has."""
    values = {"consumer": consumer, "sources": [k[0] for k in keys], "ids": [k[1] for k in keys]}
    return {(row.source, row.id) for row in conn.execute(CLAIM_EVENTS, values)}


def lessons_by_ids(conn: Connection, lesson_ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """The state of those of the given lessons that are known, by id."""
    ids = sorted(set(lesson_ids))
    if not ids:
        return {}
    wanted = select(lessons).where(lessons.c.lesson_id.in_(ids))
    return {row["lesson_id"]: dict(row) for row in conn.execute(wanted).mappings()}


def lessons_told_of(conn: Connection, type_name: str, lesson_ids: Iterable[str]) -> set[str]:
    """Those of the given lessons that a notification of this type was made for already."""
    return set(conn.execute(TOLD, {"ids": sorted(set(lesson_ids)), "type": type_name}).scalars())


def insert(conn: Connection, plans: Sequence[Plan]) -> None:
    """Write plans down: notifications, deliveries, and the decisions as the first lines of the timeline."""
    plans = erasures.forgotten_plans(conn, plans)
    insert_all(conn, notifications, [_notification(plan) for plan in plans])
    add_deliveries(conn, plans)


def add_deliveries(conn: Connection, plans: Sequence[Plan]) -> None:
    """The same for notifications that are written already."""
    insert_all(conn, deliveries, [_delivery(plan, each) for plan in plans for each in plan.deliveries])
    insert_all(conn, timeline, [line for plan in plans for line in _decisions(plan)])


def _notification(plan: Plan) -> dict[str, Any]:
    asked = plan.asked
    return {
        "id": plan.id,
        "type": asked.kind.name,
        "priority": asked.priority,
        "event_source": asked.event[0] if asked.event else None,
        "event_id": asked.event[1] if asked.event else None,
        "correlation_id": asked.correlation_id,
        "data": dict(asked.data),
        "template": asked.template,
        "locale": asked.locale,
        "critical": asked.critical or asked.kind.critical,
        "send_at": asked.send_at,
        "expires_at": asked.expires_at,
        "requested_by": asked.requested_by,
        "must_answer_minutes": asked.must_answer_minutes,
        "fallback": asked.fallback,
        "created_at": plan.created_at,
    }


def _delivery(plan: Plan, planned: PlannedDelivery) -> dict[str, Any]:
    decision = planned.decision
    return {
        "id": planned.id,
        "notification_id": plan.id,
        "user_id": planned.user_id,
        "channel": decision.channel,
        "state": decision.state,
        "reason": decision.reason,
        "due_at": decision.due_at,
        "expires_at": decision.expires_at,
        "created_at": plan.created_at,
        "finished_at": plan.created_at if decision.state in FINAL else None,
    }


def _decisions(plan: Plan) -> Iterator[dict[str, Any]]:
    """A line for each delivery; one for all when the first rule settled the whole notification.

    A year of history replayed is a million lines less that way.
    """
    if plan.deliveries and not any(each.decision.passed for each in plan.deliveries):
        yield _decision(plan, plan.deliveries[0].decision, None)
        return
    for each in plan.deliveries:
        yield _decision(plan, each.decision, each.id)


def _decision(plan: Plan, decision: Decision, delivery_id: str | None) -> dict[str, Any]:
    about = {"channel": decision.channel, "due_at": decision.due_at} if delivery_id else {}
    return {
        "delivery_id": delivery_id,
        "notification_id": plan.id,
        "kind": "decision",
        "state": decision.state,
        "reason": decision.reason,
        "detail": {**about, "passed": list(decision.passed)},
        "at": plan.created_at,
    }
