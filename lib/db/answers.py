"""Answers to the questions that messages ask: the first one counts."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, text

GIVE = text(
    "INSERT INTO answers (question, answer, user_id, delivery_id) "
    "VALUES (:question, :answer, :user_id, CAST(:delivery_id AS uuid)) ON CONFLICT DO NOTHING"
)
GIVEN = text("SELECT * FROM answers WHERE question = ANY(CAST(:questions AS text[]))")
# The copies of a question: whoever else was asked the same, where the message can still be changed.
LESSON_COPIES = text(
    "SELECT coalesce(d.merged_into, d.id)::text AS id FROM deliveries d "
    "JOIN notifications n ON n.id = d.notification_id "
    "WHERE n.type = 'lesson_reminder' AND n.data ? 'lesson_id' AND n.data ->> 'lesson_id' = :lesson_id "
    "AND n.data ->> 'starts_at' = :starts_at AND d.channel = 'telegram' AND d.state IN ('sent', 'digested') "
    "AND d.user_id = ANY(CAST(:users AS text[])) GROUP BY 1 ORDER BY 1"
)
OWN_COPIES = text(
    "SELECT id::text AS id FROM deliveries WHERE notification_id = CAST(:notification_id AS uuid) "
    "AND channel = 'telegram' AND state = 'sent' ORDER BY 1"
)


def give(conn: Connection, question: str, answer: str, user_id: str, delivery_id: str) -> bool:
    """Answer a question; False when somebody has answered it before."""
    values = {"question": question, "answer": answer, "user_id": user_id, "delivery_id": delivery_id}
    return conn.execute(GIVE, values).rowcount == 1


def given(conn: Connection, questions: Iterable[str]) -> Mapping[str, Mapping[str, Any]]:
    """Those of the questions that have been answered: question → {answer, user_id, at}."""
    wanted = sorted(set(questions))
    if not wanted:
        return {}
    return {row["question"]: dict(row) for row in conn.execute(GIVEN, {"questions": wanted}).mappings()}


def lesson_copies(conn: Connection, lesson_id: str, starts_at: str, users: Iterable[str]) -> list[str]:
    """The deliveries through which these people were asked about a lesson on Telegram."""
    values = {"lesson_id": lesson_id, "starts_at": starts_at, "users": sorted(set(users))}
    return list(conn.execute(LESSON_COPIES, values).scalars())


def copies(conn: Connection, notification_id: str) -> list[str]:
    """The sent Telegram deliveries of one notification."""
    return list(conn.execute(OWN_COPIES, {"notification_id": notification_id}).scalars())
