"""A school with figures, whose schedules a test rings, and what came of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from tests.integration.schedules.clockwork import Clockwork

# Midday of a Monday in Moscow.
MIDDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
EVENING = datetime(2026, 11, 23, 19, tzinfo=UTC)
FIVE = timedelta(minutes=5)
DAY = timedelta(days=1)
Json = dict[str, Any]


class Alarms(Clockwork):
    """`notices` and `published` are what the outbox holds; `alerts` what lasts or has ended."""

    def sql(self, statement: str, **values: Any) -> None:
        """One statement that changes something, with values."""
        with self.engine.begin() as conn:
            conn.execute(text(statement), values)

    def set(self, at: datetime) -> None:
        """The database's clock and the function's."""
        self.sql("DELETE FROM test_clock")
        self.sql("INSERT INTO test_clock (at) VALUES (:at)", at=at)
        self.client.clock = at

    def ring(self, at: datetime) -> None:
        """One ring at an instant."""
        self.set(at)
        self.tick(at)

    def paid(self, lessons: int, at: datetime = MIDDAY, payment_id: str = "P", **more: Any) -> None:
        """A payment of student s, 1,000 roubles a lesson."""
        row = {"student_id": "s", "refunded": 0, "refunded_at": None, **more}
        self.sql(
            "INSERT INTO payments (payment_id, student_id, currency, amount, lessons, processed_at, refunded, "
            "refunded_at) VALUES (:payment_id, :student_id, 'RUB', :amount, :lessons, :at, :refunded, :refunded_at)",
            payment_id=payment_id,
            amount=lessons * 1000,
            lessons=lessons,
            at=at,
            **row,
        )

    def charged(self, lesson_id: str, at: datetime = MIDDAY, student_id: str = "s", lessons: int = 1) -> None:
        """A charge."""
        self.sql(
            "INSERT INTO charges (student_id, lesson_id, lessons, charged_at) VALUES (:s, :l, :n, :at)",
            s=student_id,
            l=lesson_id,
            n=lessons,
            at=at,
        )

    def held(self, lesson_id: str, starts_at: datetime, outcome: str, **more: Any) -> None:
        """A lesson that was marked an hour after its start."""
        marked_at = starts_at + timedelta(hours=1)
        self.lesson(starts_at, lesson_id, outcome=outcome, marked_at=marked_at, **more)

    def arrived(self, at: datetime, position: int) -> None:
        """An event in the log."""
        self.sql(
            "INSERT INTO events (position, source, id, type, occurred_at, received_at, data) "
            "VALUES (:n, 'test', CAST(:n AS text), 'x.y', :at, :at, '{}')",
            n=position,
            at=at,
        )

    def family(self) -> None:
        """A student with two parents of different languages, a tutor and an admin."""
        self.person("s", role="student", name="Мария Зацепина", parent_ids=["p1", "p2"])
        self.person("p1", role="parent", locale="ru")
        self.person("p2", role="parent", locale="en-GB")
        self.person("t", role="tutor", locale="ru")
        self.person("a", role="admin")

    def notices(self) -> list[Json]:
        """What the dispatcher is asked to tell, in the order written."""
        rows = self.rows(
            "SELECT body FROM outbox WHERE routing_key = 'notifications.events' "
            "AND message_id LIKE 'alert/%' ORDER BY id"
        )
        return [json.loads(body)["data"] for (body,) in rows]

    def told(self) -> Any:
        """(people, message) of each, with plain spaces."""
        return [
            (tuple(each["user_ids"]), each["message"].replace("\u00a0", " ").split(". ")[0])
            for each in self.notices()
        ]

    def published(self) -> list[Json]:
        """What subscribers to alerts are told."""
        rows = self.rows("SELECT body FROM outbox WHERE exchange = 'repitbot_notifications' ORDER BY id")
        return [json.loads(body) for (body,) in rows]

    def alerts(self) -> list[tuple[str, str, bool]]:
        """(kind, subject, over) in the order raised."""
        return self.rows(
            "SELECT kind, subject, over_at IS NOT NULL FROM alerts ORDER BY since, kind, subject"
        )
