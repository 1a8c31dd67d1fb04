"""Pages of the event log."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from lib.db.tables import events
from lib.domain.shapes import Instant


class EventQuery(BaseModel):
    """Filters of the log; `from` and `to` are instants of occurrence, the second exclusive."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str | None = None
    subject: str | None = None
    since: Instant | None = Field(default=None, alias="from")
    until: Instant | None = Field(default=None, alias="to")
    limit: int = Field(default=50, ge=1, le=200)
    cursor: int | None = Field(default=None, ge=1)


class EventPage(BaseModel):
    """Events, newest position first, and the cursor of the next page."""

    items: list[dict[str, Any]]
    next_cursor: str | None


def page(conn: Connection, query: EventQuery) -> dict[str, Any]:
    """One page of the log."""
    wanted = select(events).order_by(events.c.position.desc()).limit(query.limit + 1)
    if query.type:
        wanted = wanted.where(events.c.type == query.type)
    if query.subject:
        wanted = wanted.where(events.c.subject == query.subject)
    if query.since:
        wanted = wanted.where(events.c.occurred_at >= query.since)
    if query.until:
        wanted = wanted.where(events.c.occurred_at < query.until)
    if query.cursor:
        wanted = wanted.where(events.c.position < query.cursor)
    rows = [dict(row) for row in conn.execute(wanted).mappings()]
    more = len(rows) > query.limit
    items = rows[: query.limit]
    return {"items": items, "next_cursor": str(items[-1]["position"]) if more else None}
