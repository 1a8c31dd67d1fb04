"""Reports as they are shown, and who may see which."""

import uuid
from typing import Any

from sqlalchemy import Connection, Row

from functions.generate_report.jobs.shapes import Links, ReportJob, ReportPage, ReportsQuery
from lib.auth.tokens import Principal
from lib.db import reports
from lib.errors import BadInput, not_found

BASE = "/api/v1/reports"
SAME_NAME = set(ReportJob.model_fields) - {"links", "reused", "bytes", "sha256"}
IDS = ("id", "notification_id", "subscription_id")


def who(principal: Principal) -> str:
    """Whose a report is: the role counts as well, its rights are what it was made with."""
    return f"{principal.role}:{principal.sub}"


def shown(row: Row[Any], *, reused: bool = False) -> ReportJob:
    """A row → what is answered."""
    values = {name: getattr(row, name) for name in SAME_NAME}
    values |= {name: str(values[name]) if values[name] else None for name in IDS}
    links = Links(self=f"{BASE}/{row.id}", download=f"{BASE}/{row.id}/download")
    return ReportJob(
        **values, bytes=row.artifact_bytes, sha256=row.artifact_sha256, links=links, reused=reused
    )


def found(conn: Connection, principal: Principal, report_id: str) -> Row[Any]:
    """One that is theirs, or anybody's for an admin. Raises BadInput (404) for any other."""
    row = reports.get(conn, as_uuid(report_id))
    if row is None or (principal.role != "admin" and row.requested_by != who(principal)):
        raise not_found()
    return row


def page(conn: Connection, principal: Principal, query: ReportsQuery) -> ReportPage:
    """Those that are theirs, or everybody's for an admin."""
    before = as_uuid(query.cursor, what="cursor") if query.cursor else None
    owner = None if principal.role == "admin" else who(principal)
    rows = reports.listed(conn, who=owner, state=query.state, limit=query.limit + 1, before=before)
    items = [shown(row) for row in rows[: query.limit]]
    return ReportPage(items=items, next_cursor=items[-1].id if len(rows) > query.limit else None)


def as_uuid(given: str, what: str = "") -> str:
    """An id of ours. Raises BadInput: 404 for what cannot be one, 400 when `what` names a parameter."""
    try:
        return str(uuid.UUID(given))
    except ValueError:
        raise (BadInput(f"{what} is not one of ours.") if what else not_found()) from None
