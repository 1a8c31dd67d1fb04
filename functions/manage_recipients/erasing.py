"""Erasing somebody: nothing of them is left but an act in the journal."""

from datetime import datetime
from typing import Any

import structlog
from pydantic import BaseModel
from sqlalchemy import Connection

from lib.cache.store import FIGURES
from lib.db.erasing import act
from lib.errors import not_found
from lib.queue import outbox
from lib.runtime import dispatching, reporting
from lib.runtime.call import Call

log = structlog.get_logger()


class ErasureAct(BaseModel):
    """The act: when, and how many rows of which table were changed or deleted. It does not say of whom."""

    id: str
    erased_at: datetime
    counts: dict[str, int]


def erase(conn: Connection, call: Call, user_id: str) -> dict[str, Any]:
    """Erase them, in the caller's transaction; doing it twice finds the act.

    Raises BadInput (404) for somebody of whom there is no trace.
    """
    who = call.principal
    made = act.done(conn, user_id) or act.erase(conn, user_id, f"{who.role}:{who.sub}")
    if made is None:
        raise not_found()
    for each in made.stopped:
        dispatching.publish(conn, each.delivery, each.type_name)
    outbox.add(conn, [reporting.sweep(made.id)])
    # Answers under way may still be put there after this; the schedule empties it once more when they are out.
    call.cache.forget(FIGURES)
    log.info("erased", act=made.id)
    return ErasureAct(id=made.id, erased_at=made.erased_at, counts=dict(made.counts)).model_dump()
