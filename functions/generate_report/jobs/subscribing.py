"""Regular reports: asked for once, made by the calendar of whoever reads them."""

from datetime import time
from typing import Any

from sqlalchemy import Connection, Row
from uuid6 import uuid7

from functions.generate_report.jobs.ordering import PERIOD, allowed, among_erased
from functions.generate_report.jobs.subscription_shapes import (
    Subscription,
    SubscriptionPage,
    SubscriptionRequest,
    SubscriptionsQuery,
)
from functions.generate_report.jobs.views import as_uuid, who
from functions.generate_report.wanted import Wanted, checked
from lib.auth.tokens import Principal
from lib.db import preferences, recipients, report_subscriptions
from lib.db.report_subscriptions import Wish
from lib.domain.report_calendar import WEEKDAYS, Rhythm, next_due
from lib.errors import BadInput, not_found
from lib.runtime import letters
from lib.runtime.call import Call

MOST = 20
OF_A_CHILD = "student"


def subscribe(conn: Connection, call: Call, body: SubscriptionRequest) -> Subscription:
    """Write it down. Raises BadInput for what cannot be made, or not for this person."""
    owner = who(call.principal)
    parameters = _checked(conn, call, body)
    known = recipients.get(conn, call.principal.sub)
    if known is None or not known.active:
        raise BadInput("Regular reports go to people of the directory, and it does not know you.", status=422)
    if report_subscriptions.count_of(conn, owner) >= MOST:
        raise BadInput(f"Nobody has more than {MOST} subscriptions: end another first.", status=409)
    person = letters.person_of(call.settings, known.user_id, known, preferences.get(conn, known.user_id))
    rhythm = rhythm_of(body)
    wish = Wish(
        id=str(uuid7()),
        requested_by=owner,
        scopes=sorted(call.principal.scopes),
        type=body.type,
        format=checked(body.type, body.format, _example(call, body)).format,
        parameters=parameters,
        locale=body.locale,
        every=body.every,
        weekday=rhythm.weekday,
        day=rhythm.day,
        at=body.at,
        channel=body.channel,
        zone=person.zone.key,
        next_at=next_due(rhythm, call.now, person.zone),
    )
    return shown(report_subscriptions.create(conn, wish))


def rhythm_of(body: SubscriptionRequest) -> Rhythm:
    """When it is due: on Mondays, or on the first of the month, unless another day is named."""
    at = time.fromisoformat(body.at)
    if body.every == "weekly":
        return Rhythm("weekly", at, weekday=WEEKDAYS.index(body.weekday or WEEKDAYS[0]))
    return Rhythm("monthly", at, day=body.day or 1)


def _checked(conn: Connection, call: Call, body: SubscriptionRequest) -> dict[str, Any]:
    given = dict(body.parameters)
    if set(given) & set(PERIOD):
        raise BadInput(
            "A regular report has its own period: the last full week or month of its reader's calendar."
        )
    wanted = checked(body.type, body.format, _example(call, body))
    named = {name: value for name, value in wanted.parameters.items() if name in given}
    allowed(conn, call, Wanted(wanted.type, wanted.format, named))
    if among_erased(conn, named):
        raise not_found()
    return named


def _example(call: Call, body: SubscriptionRequest) -> dict[str, Any]:
    """The parameters of one report: a parent names no child to have one of each."""
    if call.principal.role == "parent" and body.type == OF_A_CHILD:
        return {"student_id": "each", **body.parameters}
    return dict(body.parameters)


def listed(conn: Connection, principal: Principal, query: SubscriptionsQuery) -> SubscriptionPage:
    """One's own; everybody's for an admin."""
    before = as_uuid(query.cursor, what="cursor") if query.cursor else None
    owner = None if principal.role == "admin" else who(principal)
    rows = report_subscriptions.listed(conn, who=owner, limit=query.limit + 1, before=before)
    items = [shown(row) for row in rows[: query.limit]]
    return SubscriptionPage(items=items, next_cursor=items[-1].id if len(rows) > query.limit else None)


def found(conn: Connection, principal: Principal, subscription_id: str) -> Row[Any]:
    """One that is theirs, or anybody's for an admin. Raises BadInput (404) for any other."""
    row = report_subscriptions.get(conn, as_uuid(subscription_id))
    if row is None or (principal.role != "admin" and row.requested_by != who(principal)):
        raise not_found()
    return row


def shown(row: Row[Any]) -> Subscription:
    """A row → what is answered."""
    same = set(Subscription.model_fields) - {"id", "weekday"}
    weekday = None if row.weekday is None else WEEKDAYS[row.weekday]
    return Subscription(id=str(row.id), weekday=weekday, **{name: getattr(row, name) for name in same})
