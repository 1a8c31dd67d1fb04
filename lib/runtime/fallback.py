"""When a channel cannot reach somebody at all, the message goes out on one that was not asked for."""

from dataclasses import replace

from sqlalchemy import Connection, select
from uuid6 import uuid7

from lib.db import notifications, timeline
from lib.db.tables import deliveries
from lib.domain.catalogue import CHANNELS
from lib.domain.outcomes import WAITING
from lib.domain.plans import NO_FALLBACK, Asked, Plan, as_fallback, plan
from lib.queue import outbox
from lib.runtime import dispatching
from lib.runtime.attempt import Try

REACHING = ("sent", "sending", "unknown", *WAITING)


def fall_back(conn: Connection, attempt: Try) -> None:
    """Plan the same message on the channels that have no delivery of it yet, unless another one reaches them."""
    delivery = attempt.delivery
    others = _states(conn, attempt)
    allowed = (attempt.notification.fallback,) if attempt.notification.fallback else CHANNELS
    untried = tuple(c for c in CHANNELS if c in allowed and c not in {*others, delivery.channel})
    if not untried or any(state in REACHING for state in others.values()):
        return
    made = _planned(attempt, untried)
    if not any(each.decision.is_alive for each in made.deliveries):
        return
    notifications.add_deliveries(conn, [made])
    outbox.add(conn, dispatching.first_turns([made]))
    timeline.note(conn, delivery, "state", "fallback", {"to": list(untried)})


def _states(conn: Connection, attempt: Try) -> dict[str, str]:
    """The other deliveries of the same message to the same person: channel → state."""
    own = attempt.delivery
    wanted = select(deliveries.c.channel, deliveries.c.state).where(
        deliveries.c.notification_id == own.notification_id,
        deliveries.c.user_id == own.user_id,
        deliveries.c.id != own.id,
    )
    return {row.channel: row.state for row in conn.execute(wanted)}


def _planned(attempt: Try, channels: tuple[str, ...]) -> Plan:
    row = attempt.notification
    asked = Asked(
        attempt.kind,
        row.data,
        row.priority,
        critical=row.critical,
        expires_at=attempt.delivery.expires_at,
        fallback=NO_FALLBACK,
    )
    made = plan(asked, [attempt.person], channels, attempt.delivery.clock, lambda: str(uuid7()))
    planned = tuple(replace(each, decision=as_fallback(each.decision)) for each in made.deliveries)
    return replace(made, id=row.id, deliveries=planned)
