"""A tap on one of a message's buttons, or the same by a link in a mail: the first answer of a family counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, text

from lib.db import answers, deliveries, recipients, timeline
from lib.domain import answers as domain
from lib.domain.audience import Recipient
from lib.domain.catalogue import PRIORITIES
from lib.errors import not_found
from lib.queue import outbox
from lib.queue.outbox import Outgoing
from lib.runtime import dispatching
from lib.runtime.call import Call

ANSWERED = "lesson.reminder_answered"
ASKED = text(
    "SELECT d.id::text AS id, d.user_id, n.id::text AS notification_id, n.type, n.data, n.must_answer_minutes, "
    "l.starts_at AS begins, coalesce(l.deleted OR l.outcome IS NOT NULL, false) AS closed, now() AS now "
    "FROM deliveries d JOIN notifications n ON n.id = d.notification_id "
    "LEFT JOIN lessons l ON l.lesson_id = n.data ->> 'lesson_id' WHERE d.id = CAST(:id AS uuid)"
)


@dataclass(frozen=True, slots=True)
class Result:
    """`taken` now, `already` answered before (`answer` is what counts), or `over`: there is nothing to ask."""

    kind: Literal["taken", "already", "over"]
    answer: str
    reader: Recipient | None = None


def look(conn: Connection, call: Call, given: str) -> Result:
    """What pressing the button would mean now; changes nothing. Raises BadInput (404) for a forged one."""
    row, answer = _asked(conn, call, given)
    reader = recipients.get(conn, row.user_id)
    before = answers.given(conn, [_question(row)]).get(_question(row))
    if before:
        return Result("already", before["answer"], reader)
    return Result("over" if _is_over(row) else "taken", answer, reader)


def take(conn: Connection, call: Call, given: str, chat_id: str | None = None) -> Result:
    """Record the answer, in the caller's transaction, with everything that follows from it.

    `chat_id`: where the button was pressed; only the chat it was sent to may.
    Raises BadInput (404) for a forged button or another chat's.
    """
    seen = look(conn, call, given)
    if chat_id is not None and (seen.reader is None or seen.reader.telegram_chat_id != chat_id):
        raise not_found()
    if seen.kind != "taken":
        return seen
    row, answer = _asked(conn, call, given)
    if not answers.give(conn, _question(row), answer, row.user_id, row.id):
        return look(conn, call, given)
    if row.must_answer_minutes is None:
        _close_lesson(conn, row, answer, seen.reader)
    else:
        outbox.add(conn, [_edit(each, answer) for each in answers.copies(conn, row.notification_id)])
    return seen


def _asked(conn: Connection, call: Call, given: str) -> tuple[Row[Any], str]:
    delivery_id, answer = domain.read(call.settings.jwt_secret_key, given)
    row = conn.execute(ASKED, {"id": delivery_id}).first()
    if row is None:
        raise not_found()
    return row, answer


def _question(row: Row[Any]) -> str:
    asked = None if row.must_answer_minutes is not None else domain.question(row.data)
    return asked or domain.receipt_of(row.notification_id)


def _is_over(row: Row[Any]) -> bool:
    """Whether the lesson has begun, was called off, or is at another time by now."""
    if row.must_answer_minutes is not None:
        return False
    said = datetime.fromisoformat(row.data["starts_at"])
    begins = row.begins or said
    return bool(row.closed or begins != said or begins <= row.now)


def _close_lesson(conn: Connection, row: Row[Any], answer: str, who: Recipient | None) -> None:
    data = row.data
    student = str(data.get("student_id"))
    known = recipients.get(conn, student)
    family = {student, row.user_id, *(known.parent_ids if known else ())} - {str(data.get("tutor_id"))}
    for each in deliveries.cancel_reminders(conn, [str(data["lesson_id"])], "already_answered", family):
        timeline.note(conn, each, "state", "already_answered", {"by": row.user_id})
    copies = answers.lesson_copies(conn, str(data["lesson_id"]), data["starts_at"], family)
    outbox.add(conn, [_event(row, answer, who), *(_edit(each, answer) for each in copies)])


def _event(row: Row[Any], answer: str, who: Recipient | None) -> Outgoing:
    data = {
        key: row.data[key] for key in ("lesson_id", "student_id", "tutor_id", "starts_at") if key in row.data
    }
    data |= {"answer": answer, "user_id": row.user_id, "answered_by_name": who.name if who else None}
    event_id = f"answer/{_question(row)}"
    return outbox.message(ANSWERED, event_id, data, exchange="repitbot_events", routing_key=ANSWERED)


def _edit(delivery_id: str, answer: str) -> Outgoing:
    """To the sender: show what was answered in a message that is out already."""
    return outbox.message(
        dispatching.EDIT,
        f"{delivery_id}:edit:{answer}",
        {"delivery_id": delivery_id},
        queue="notifications.telegram",
        priority=PRIORITIES["high"],
    )
