"""Asking for a report: checked at once, written down with its message in one transaction, made later."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from uuid6 import uuid7

from functions.generate_report.jobs.shapes import DeliverTo, ReportRequest
from functions.generate_report.jobs.views import who
from functions.generate_report.reports.catalogue import REPORTS
from functions.generate_report.wanted import Wanted, checked
from lib.db import erasures, event_log, reports
from lib.db.reports import Asked
from lib.domain.parameters import Parameters
from lib.domain.possible_ids import possible_ids
from lib.errors import BadInput, not_found
from lib.queue import outbox
from lib.runtime import reporting
from lib.runtime.call import Call
from lib.runtime.row_scope import scope

# Of one person at a time: nobody waits behind somebody's hundred.
MOST_OPEN = 20
PERIOD = ("from", "to", "days", "tz")


def place(conn: Connection, call: Call, body: ReportRequest) -> tuple[Any, bool]:
    """(the report's row, whether it is new). Raises BadInput for what cannot be made, or not for this person."""
    wanted = checked(body.type, body.format, body.parameters, body.locale or call.settings.default_locale)
    parameters = allowed(conn, call, wanted)
    deliver_to = _deliver_to(call, body.deliver_to)
    if among_erased(conn, parameters, deliver_to):
        raise not_found()
    owner = who(call.principal)
    asked = Asked(
        id=str(uuid7()),
        type=wanted.type,
        format=wanted.format,
        parameters=parameters,
        locale=wanted.locale,
        requested_by=owner,
        scopes=sorted(call.principal.scopes),
        deliver_to=deliver_to,
    )
    position = event_log.head(conn)[0]
    row, new = reports.create(conn, _with_fingerprint(asked, position))
    if new:
        if reports.open_of(conn, owner) > MOST_OPEN:
            raise BadInput("Too many of your reports are waiting. Try again when they are done.", status=429)
        outbox.add(conn, [reporting.requested(asked.id, "0")])
    return row, new


def allowed(conn: Connection, call: Call, wanted: Wanted) -> dict[str, Any]:
    """The parameters with the period fixed: what is meant by "the last week" does not change while it waits.

    Raises BadInput: 400 for an impossible period, 403 and 404 for rows this person may not see. All of it is looked
    at again when the report is made.
    """
    given = wanted.parameters
    if call.principal.role not in REPORTS[wanted.type].roles:
        raise BadInput(f"The role {call.principal.role} may not have this report.", status=403)
    own = scope(conn, call)
    own.filters(tutor_id=given.get("tutor_id"), student_id=given.get("student_id"))
    asked = Parameters.model_validate({name: given[name] for name in PERIOD if name in given})
    period = asked.period(default_tz=call.settings.school_timezone, now=call.now)
    fixed = {"from": period.first.isoformat(), "to": period.last.isoformat(), "tz": period.tz}
    return {**{name: value for name, value in given.items() if name not in PERIOD}, **fixed}


def _deliver_to(call: Call, wish: DeliverTo | None) -> dict[str, str] | None:
    if wish is None:
        return None
    own = call.principal.sub
    if wish.user_id not in (None, own) and call.principal.role != "admin":
        raise BadInput(
            "A report goes to whoever asks for it; only an admin may send it to others.", status=403
        )
    return {"channel": wish.channel, "user_id": wish.user_id or own}


def among_erased(conn: Connection, *named: Mapping[str, Any] | None) -> bool:
    """Whether one of these names somebody who was erased: nothing of theirs is written down again."""
    if not erasures.somebody(conn):
        return False
    return bool(erasures.among(conn, possible_ids([dict(each) for each in named if each])).pseudonyms)


def _with_fingerprint(asked: Asked, position: int) -> Asked:
    """Who wants what, of which figures: the log's position says those."""
    said: list[Any] = [
        asked.requested_by,
        list(asked.scopes),
        asked.type,
        asked.format,
        dict(asked.parameters),
    ]
    said += [asked.locale, asked.deliver_to, position]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return replace(asked, fingerprint=digest)
