"""What an answer said and on what ground: kept with the answer, so that it can be proved later."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, exc, text

from functions.query_analytics.question import Filters, Metric, Question
from lib.db.versions import Span
from lib.domain.metrics import VERSION
from lib.domain.periods import Period
from lib.domain.shapes import instant_text
from lib.runtime.reply import to_json

KEEP = text(
    "INSERT INTO receipts (id, metric, definition, asked, position, hash, tutor_id, student_ids) "
    "VALUES (:id, :metric, :definition, CAST(:asked AS jsonb), :position, :hash, :tutor_id, :student_ids) "
    "ON CONFLICT (id) DO NOTHING"
)
GET = text("SELECT * FROM receipts WHERE id = :id")
# serialization_failure
STORED_MEANWHILE = "40001"


@dataclass(frozen=True)
class Asked:
    """A question put to a metric: all that its answer depends on, but for the data."""

    metric: Metric
    question: Question
    compare: str | None = None

    @property
    def previous(self) -> Period | None:
        """The period compared with."""
        return self.question.period.previous() if self.compare else None

    def filters(self) -> dict[str, Any]:
        """The filters as they were applied, after the row scope."""
        filters = self.question.filters
        return {
            "granularity": self.question.granularity,
            "tutor_id": filters.tutor_id,
            "student_ids": filters.student_ids,
            "subject": filters.subject,
            "compare": self.compare,
        }

    @cached_property
    def basis(self) -> dict[str, Any]:
        """As JSON; `recalled` makes the same question of it."""
        period = self.question.period
        now = {"now": instant_text(self.question.now)} if self.metric.clock else {}
        more = dict(self.question.more)
        span = {"from": period.first.isoformat(), "to": period.last.isoformat(), "tz": period.tz}
        asked = {"metric": self.metric.name, "definition": VERSION, "period": span, **now}
        return asked | {"filters": self.filters()} | ({"more": more} if more else {})

    @property
    def span(self) -> Span:
        """[start, end) in which dated families count."""
        period = self.question.period
        reaches_back = self.compare or self.metric.previous
        return (period.previous() if reaches_back else period).start, period.end

    def families(self) -> dict[str, Span | None]:
        """What the answer rests on: a family that counts at any time needs no months."""
        dated: dict[str, Span | None] = dict.fromkeys(self.metric.dated, self.span)
        return dated | dict.fromkeys(self.metric.undated)

    @property
    def hash(self) -> str:
        """A name for what is asked."""
        return hash_of(self.basis)

    def figures(self, conn: Connection) -> dict[str, Any]:
        """The answer's figures from the tables that `conn` sees, the previous period's summary included."""
        figures = self.metric.compute(conn, self.question)
        before = self.previous
        if before is None or "summary" not in figures:
            return figures
        question = self.question.over(before)
        shown = {"from": before.first, "to": before.last, "tz": before.tz}
        summary = self.metric.compute(conn, question)["summary"]
        return {**figures, "previous": {"period": shown, "summary": summary}}


def recalled(row: Row[Any], metric: Metric) -> Asked:
    """The question that a receipt is about."""
    asked = row.asked
    period, filters = asked["period"], asked["filters"]
    question = Question(
        Period(date.fromisoformat(period["from"]), date.fromisoformat(period["to"]), period["tz"]),
        filters["granularity"],
        Filters(filters["tutor_id"], filters["student_ids"], filters["subject"]),
        datetime.fromisoformat(asked["now"]) if "now" in asked else row.created_at,
        tuple(sorted(asked.get("more", {}).items())),
    )
    return Asked(metric, question, filters["compare"])


def keep(conn: Connection, asked: Asked, position: int, figures: dict[str, Any]) -> dict[str, Any]:
    """Store a receipt in the caller's transaction; what the answer shows of it."""
    filters = asked.question.filters
    shown = {
        "metric": asked.metric.name,
        "version": VERSION,
        "position": position,
        "hash": hash_of(figures),
    }
    receipt = {"id": hash_of({**asked.basis, **shown}), **shown}
    if get(conn, str(receipt["id"])) is None:
        row: dict[str, Any] = {"asked": json.dumps(asked.basis, ensure_ascii=False), "definition": VERSION}
        row |= {"tutor_id": filters.tutor_id, "student_ids": filters.student_ids}
        store(conn, receipt | row)
    return receipt


def store(conn: Connection, row: dict[str, Any]) -> None:
    """Write a receipt's row.

    Nothing is missing when somebody else has stored the same one since our snapshot, which cannot show it.
    """
    try:
        with conn.begin_nested():
            conn.execute(KEEP, row)
    except exc.OperationalError as error:
        if getattr(error.orig, "pgcode", None) != STORED_MEANWHILE:
            raise


def get(conn: Connection, receipt_id: str) -> Row[Any] | None:
    """A receipt, or None."""
    return conn.execute(GET, {"id": receipt_id}).first()


def hash_of(value: Any) -> str:
    """The SHA-256 of a value in canonical JSON."""
    canonical = json.dumps(
        json.loads(to_json(value)), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()
