"""Rebuilding every figure from the log: asked for over HTTP, done in steps from the queue."""

import time
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Row
from sqlalchemy.exc import OperationalError
from uuid6 import uuid7

from lib.db import recomputations
from lib.errors import not_found
from lib.queue import outbox
from lib.runtime.function import Call

QUEUE = "analytics.events"
TURN = "recompute.turn"
# A turn ends well before the platform would end it; the next message goes on.
TURN_S = 20.0
REST_S = 0.2
# Everything that happens meanwhile goes first.
PRIORITY = 1


class Recompute(BaseModel):
    """`equal`: whether the live figures were the same, to the byte, as those told anew; `differences` counts the
    rows that were not, by table. `progress` is 0 to 100, `position` how much of the log is told."""

    id: str
    state: str
    stage: str
    progress: int
    position: int
    equal: bool | None
    differences: dict[str, int] | None
    error: str | None
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def shown(run: Row[Any]) -> Recompute:
    """A row → what is answered."""
    names = set(Recompute.model_fields) - {"id", "position"}
    return Recompute(id=str(run.id), position=run.upto, **{name: run._mapping[name] for name in names})


def start(conn: Connection, call: Call) -> Recompute:
    """Ask for one; while one is under way, that one is meant."""
    run = recomputations.start(conn, f"{call.principal.role}:{call.principal.sub}")
    if run.state == "waiting":
        _next_turn(conn, str(run.id))
    return shown(run)


def find(call: Call, run_id: str | None) -> Recompute:
    """One by its id, or the latest. Raises BadInput (404)."""
    with call.db.connect() as conn:
        run = recomputations.get(conn, run_id) if run_id else recomputations.latest(conn)
    if run is None:
        raise not_found()
    return shown(run)


def turn(call: Call, run_id: str) -> None:
    """Some steps; then the next turn is asked for, until nothing is left."""
    end = time.monotonic() + TURN_S
    while time.monotonic() < end:
        try:
            if not recomputations.step(call.db, run_id):
                return
        except OperationalError:
            # A lock that others hold: the step left no trace and is done again.
            time.sleep(REST_S)
    with call.db.begin() as conn:
        _next_turn(conn, run_id)


def _next_turn(conn: Connection, run_id: str) -> None:
    message = outbox.message(TURN, str(uuid7()), {"id": run_id}, queue=QUEUE, priority=PRIORITY)
    outbox.add(conn, [message])
