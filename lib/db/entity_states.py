"""Writing folded states: one row an entity, for reminders, drill-downs, exports and the row scope."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any

from sqlalchemy import TextClause, text

from lib.db.arrays import Statement, columns, upsert
from lib.domain.entities.homework import Homework
from lib.domain.entities.payments import Payment
from lib.domain.shapes import instant_text
from lib.domain.stories import Outcome

MINUTES, COUNT, INSTANT, TEXT, MONEY = "integer", "integer", "timestamptz", "text", "numeric"


@dataclass(frozen=True, slots=True)
class StateTable:
    """Where a kind of entity is kept: `types` by column, the first `keys` of them the primary key."""

    table: str
    types: dict[str, str]
    row: Callable[[str, Any], Sequence[Any]]
    keys: int = 1

    @property
    def key(self) -> list[str]:
        """The primary key."""
        return list(self.types)[: self.keys]

    def upsert(self) -> TextClause:
        """The statement that replaces rows."""
        return upsert(self.table, self.types, self.key)

    def delete(self) -> TextClause:
        """The statement that takes rows away, given the arrays of their keys."""
        arrays = ", ".join(f"CAST(:{name} AS text[])" for name in self.key)
        names = ", ".join(self.key)
        return text(f"DELETE FROM {self.table} WHERE ({names}) IN (SELECT * FROM unnest({arrays}))")  # noqa: S608


def _plain(*names: str) -> Callable[[str, Any], Sequence[Any]]:
    get = attrgetter(*names)
    return lambda _entity, state: get(state)


def _payment(_entity: str, payment: Payment) -> Sequence[Any]:
    done, failed, refunds = payment.processed, payment.failed, payment.refunds
    return (
        payment.payment_id,
        payment.student_id,
        payment.tutor_id,
        payment.currency,
        payment.method,
        payment.subject,
        done.amount if done else None,
        payment.lessons,
        done.at if done else None,
        failed.at if failed else None,
        sum((refund.amount for refund in refunds), Decimal(0)),
        refunds[-1].at if refunds else None,
        json.dumps([{"at": instant_text(each.at), "amount": f"{each.amount:f}"} for each in refunds]),
    )


def _homework(entity: str, work: Homework) -> Sequence[Any]:
    # The student of the state is the one of the entity's name, so that is what is cut off.
    homework_id = entity.removeprefix("homework:").removesuffix(f"/{work.student_id}")
    return (
        homework_id,
        work.student_id,
        work.tutor_id,
        work.subject,
        work.due_at,
        work.assigned_at,
        work.overdue_at,
        min((each.at for each in work.submissions), default=None),
        len(work.submissions),
        work.graded_at,
        work.percent,
    )


LESSON = {
    **dict.fromkeys(("lesson_id", "student_id", "tutor_id", "subject", "topic"), TEXT),
    "starts_at": INSTANT,
    "duration_minutes": MINUTES,
    "price": MONEY,
    **dict.fromkeys(("currency", "room_url", "outcome", "outcome_reason"), TEXT),
    **dict.fromkeys(("actual_minutes", "student_rating", "tutor_rating"), COUNT),
    "marked_at": INSTANT,
    "deleted": "boolean",
    "answer": TEXT,
    "answered_for": INSTANT,
}
USER = {"user_id": TEXT, "role": TEXT, "registered_at": INSTANT, "deactivated_at": INSTANT}
PAYMENT = {
    **dict.fromkeys(("payment_id", "student_id", "tutor_id", "currency", "method", "subject"), TEXT),
    "amount": MONEY,
    "lessons": COUNT,
    "processed_at": INSTANT,
    "failed_at": INSTANT,
    "refunded": MONEY,
    "refunded_at": INSTANT,
    "refunds": "jsonb",
}
HOMEWORK = {
    **dict.fromkeys(("homework_id", "student_id", "tutor_id", "subject"), TEXT),
    **dict.fromkeys(("due_at", "assigned_at", "overdue_at", "submitted_at"), INSTANT),
    "submissions": COUNT,
    "graded_at": INSTANT,
    "percent": MONEY,
}
MATERIAL = {
    **dict.fromkeys(("material_id", "title", "subject"), TEXT),
    "grade": COUNT,
    **dict.fromkeys(("material_type", "tutor_id"), TEXT),
    **dict.fromkeys(("created_at", "deleted_at"), INSTANT),
    **dict.fromkeys(("files", "shares"), COUNT),
}
CHARGE = {"student_id": TEXT, "lesson_id": TEXT, "lessons": COUNT, "charged_at": INSTANT}
STATES = {
    "lesson": StateTable("lessons", LESSON, _plain(*LESSON)),
    "user": StateTable("users", USER, _plain(*USER)),
    "payment": StateTable("payments", PAYMENT, _payment),
    "homework": StateTable("homeworks", HOMEWORK, _homework, keys=2),
    "material": StateTable("materials", MATERIAL, _plain(*MATERIAL)),
    "charge": StateTable("charges", CHARGE, _plain(*CHARGE), keys=2),
}
REPLACE = {kind: state.upsert() for kind, state in STATES.items()}
REMOVE = {kind: state.delete() for kind, state in STATES.items()}


def written(outcomes: Iterable[tuple[str, Outcome]]) -> Iterator[Statement]:
    """Statements that replace the rows of (entity, outcome) by their new states."""
    rows: dict[str, list[Sequence[Any]]] = {}
    for entity, outcome in outcomes:
        if outcome.state is not None:
            rows.setdefault(outcome.kind, []).append(STATES[outcome.kind].row(entity, outcome.state))
    for kind, states in sorted(rows.items()):
        # In key order, so that two writers that ever met could not deadlock.
        width = STATES[kind].keys
        states.sort(key=lambda row: tuple(map(str, row[:width])))
        yield REPLACE[kind], columns(list(STATES[kind].types), states)


def removed(outcomes: Iterable[tuple[str, Outcome]]) -> Iterator[Statement]:
    """Statements that take the rows of (entity, outcome) away: their stories are told of no more."""
    keys: dict[str, list[Sequence[Any]]] = {}
    for entity, outcome in outcomes:
        if outcome.state is not None:
            state = STATES[outcome.kind]
            keys.setdefault(outcome.kind, []).append(state.row(entity, outcome.state)[: state.keys])
    for kind, gone in keys.items():
        yield REMOVE[kind], columns(STATES[kind].key, gone)
