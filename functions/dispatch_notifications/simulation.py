"""What would happen: the real road, in a transaction that is rolled back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from functions.dispatch_notifications import intake, requests
from functions.dispatch_notifications.audience import school_zone
from functions.dispatch_notifications.shapes import Simulation
from lib.db import preferences, recipients, templates
from lib.domain.events import Arrival, decode
from lib.domain.plans import Plan, PlannedDelivery
from lib.errors import BadInput, Permanent
from lib.runtime import letters
from lib.runtime.call import Call


def simulate(call: Call, asked: Simulation) -> dict[str, Any]:
    """The decisions, each with its words; nothing is kept or sent. Raises BadInput when none can be taken."""
    now = asked.at or call.now
    with call.db.connect() as conn, conn.begin() as transaction:
        plans = _plans(conn, call, asked, now)
        decisions = [_shown(conn, call, plan, each, now) for plan in plans for each in plan.deliveries]
        transaction.rollback()
    return {"at": now, "decisions": decisions}


def _plans(conn: Connection, call: Call, asked: Simulation, now: datetime) -> Sequence[Plan]:
    if asked.event is None:
        made = requests.plans_for(conn, call, [asked.request()], now)[0]
        if isinstance(made, BadInput):
            raise made
        return [made]
    try:
        event = decode(asked.event, Arrival(now))
    except Permanent as error:
        raise BadInput(error.detail, status=422) from None
    recipients.record(conn, [event])
    return intake.plans_for(conn, [event], now, school_zone(call.settings))


def _shown(
    conn: Connection, call: Call, plan: Plan, planned: PlannedDelivery, now: datetime
) -> dict[str, Any]:
    shown = {k: v for k, v in requests.decided(planned).items() if k != "delivery_id"}
    known = recipients.get(conn, planned.user_id)
    shown |= {
        "type": plan.asked.kind.name,
        "name": known.name if known else None,
        "rules": list(planned.decision.passed),
    }
    if planned.decision.action in ("send", "hold"):
        shown["rendered"] = _rendered(conn, call, plan, planned, now)
    return shown


def _rendered(
    conn: Connection, call: Call, plan: Plan, planned: PlannedDelivery, now: datetime
) -> dict[str, Any]:
    user_id, asked = planned.user_id, plan.asked
    person = letters.person_of(
        call.settings, user_id, recipients.get(conn, user_id), preferences.get(conn, user_id)
    )
    words = letters.words(
        call.settings,
        asked.kind,
        planned.decision.channel,
        person,
        letters.with_names(conn, asked.data),
        now,
        locale=asked.locale,
        chosen=templates.chosen(
            conn,
            asked.template or asked.kind.name,
            planned.decision.channel,
            letters.locale_of(call.settings, person, asked.locale),
        ),
    )
    return {"subject": words.subject, "text": words.text, "html": words.html}
