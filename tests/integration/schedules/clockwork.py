"""The scheduling function, a clock, and the tables it reads and writes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, insert, text

from lib.db.tables import lessons, preferences, recipients
from lib.domain.reminders import AHEAD
from lib.runtime.settings import Settings
from tests.clients import Client

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clockwork:
    """The function, a clock, and the tables it reads and writes."""

    def __init__(self, url: str) -> None:
        self.client = Client("run_schedules", Settings(database_url=url, environment="test"), NOON)
        self.engine: Engine = create_engine(url)

    def tick(self, at: datetime = NOON) -> None:
        """One ring, as the cron connector sends it."""
        self.client.clock = at
        answer = self.client.message(b"", X_Topic="cron-function")
        assert (answer.status_code, answer.data) == (200, b"")

    def put(self, table: Any, **row: Any) -> None:
        """One row."""
        with self.engine.begin() as conn:
            conn.execute(insert(table), row)

    def run(self, statement: str) -> None:
        """One statement that changes something."""
        with self.engine.begin() as conn:
            conn.execute(text(statement))

    def rows(self, statement: str) -> list[Any]:
        """What the database says."""
        with self.engine.connect() as conn:
            return [tuple(row) for row in conn.execute(text(statement))]

    def lesson(self, starts_at: datetime, lesson_id: str = "L", **more: Any) -> None:
        """A lesson of student s and tutor t."""
        known = {"student_id": "s", "tutor_id": "t", "duration_minutes": 60, "deleted": False}
        self.put(lessons, lesson_id=lesson_id, starts_at=starts_at, **{**known, **more})

    def person(self, user_id: str, **more: Any) -> None:
        """Somebody in the directory."""
        self.put(
            recipients,
            user_id=user_id,
            active=True,
            **{"parent_ids": [], "child_ids": [], "channels": {}, **more},
        )

    def wish(self, user_id: str, body: dict[str, Any]) -> None:
        """Preferences."""
        self.put(preferences, user_id=user_id, body=body)

    def reminders(self) -> list[tuple[datetime, dict[str, Any]]]:
        """(its second, data) of each reminder in the outbox, the earliest first; all leave a little before."""
        rows = self.rows(
            "SELECT due_at, body FROM outbox WHERE routing_key = 'notifications.events' ORDER BY 1, id"
        )
        found = [(due_at, json.loads(body)["data"]) for due_at, body in rows]
        assert all(datetime.fromisoformat(data["remind_at"]) == at + AHEAD for at, data in found)
        return [(at + AHEAD, data) for at, data in found]

    def told(self) -> set[tuple[datetime, str]]:
        """(due time, person) of every reminder."""
        return {(at, user) for at, data in self.reminders() for user in data["user_ids"]}
