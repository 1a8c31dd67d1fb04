"""GET and POST of /api/v1/receipts: what a figure rests on, and the proof of it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row, text

from functions.query_analytics import receipts
from functions.query_analytics.catalogue import METRICS
from functions.query_analytics.proof import verified
from lib.errors import BadInput, not_found
from lib.runtime.function import Call
from lib.runtime.row_scope import scope

# A whole log may have to be told again.
LONG = "SET LOCAL statement_timeout = '5min'"


class KeptReceipt(BaseModel):
    """`asked` is the question after the row scope; `definition` the version of the metrics' definitions;
    `position` the last event of the log that could have changed the figures; `hash` the SHA-256 of the
    figures in canonical JSON."""

    id: str
    metric: str
    definition: str
    asked: dict[str, Any]
    position: int
    hash: str
    created_at: datetime


class NamedEvent(BaseModel):
    """An event of the log."""

    position: int
    source: str
    id: str
    type: str
    time: str
    received_at: str


class Proof(BaseModel):
    """`equal`: the log up to `position` gives the figures of the receipt, to the byte; else `reason` says why not.
    `changed_since`: today's figures are others; `changed_by` names the later events that made them so."""

    id: str
    metric: str
    definition: str
    position: int
    hash: str
    recomputed_hash: str
    equal: bool
    reason: str | None
    changed_since: bool
    changed_by: list[NamedEvent] = Field(default_factory=list)
    changed_by_is_complete: bool = True
    figures: dict[str, Any]


def find(call: Call, receipt_id: str) -> KeptReceipt:
    """A receipt of figures that the caller may see. Raises BadInput (404)."""
    with call.db.connect() as conn:
        row = _visible(conn, call, receipt_id)
        return KeptReceipt(**{name: row._mapping[name] for name in KeptReceipt.model_fields})


def verify(call: Call, receipt_id: str) -> Proof:
    """The figures told once more from the log. Raises BadInput: 404, or 422 when there is no such metric any more."""
    with (
        call.db.connect().execution_options(isolation_level="REPEATABLE READ") as conn,
        conn.begin() as all_of_it,
    ):
        conn.execute(text(LONG))
        row = _visible(conn, call, receipt_id)
        metric = METRICS.get(row.metric)
        if metric is None:
            raise BadInput(f"There is no metric {row.metric} any more.", status=422)
        proof = Proof(**verified(conn, row, receipts.recalled(row, metric)))
        all_of_it.rollback()
    return proof


def _visible(conn: Connection, call: Call, receipt_id: str) -> Row[Any]:
    seen = scope(conn, call)
    row = receipts.get(conn, receipt_id)
    if row is None or not seen.covers(tutor_id=row.tutor_id, student_ids=row.student_ids):
        raise not_found()
    return row
