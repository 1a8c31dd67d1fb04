"""The functions behind a report that is made later, driven one turn of a queue at a time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, text

from lib.runtime.settings import Settings
from lib.storage.model import Store
from lib.storage.opening import opened
from lib.testing.mailbox.office import PostOffice
from tests.clients import Answer
from tests.integration.notifications.school import DUE, Json, event
from tests.integration.runtime.served import Served

REPORTS = "/api/v1/reports"
BATCH = "application/cloudevents-batch+json"
NAMES = (
    "aggregate_events",
    "query_analytics",
    "render_chart",
    "generate_report",
    "manage_recipients",
    "dispatch_notifications",
    "send_email",
    "send_telegram",
    "run_schedules",
)
QUEUE = "reports.requested"
CONSUMERS = {
    QUEUE: "generate_report",
    "notifications.events": "dispatch_notifications",
    "notifications.email": "send_email",
    "notifications.telegram": "send_telegram",
}
# The cheapest real one.
CSV: Json = {"type": "lesson", "format": "csv", "parameters": {"days": 7}}


class Bureau:
    """`functions` behind one port, `store` where files are, `office` what arrived."""

    def __init__(self, settings: Settings, office: PostOffice, *, clocked: bool = False) -> None:
        self.functions = Served(settings, *NAMES)
        self.settings = self.functions.settings
        self.office = office
        self.clocked = clocked
        self.set_clock(datetime.now(UTC))

    @property
    def db(self) -> Engine:
        """The database."""
        return self.functions["generate_report"].services.db

    @property
    def store(self) -> Store:
        """The store."""
        return opened(self.settings)

    def set_clock(self, now: datetime) -> None:
        """The functions' clock; and the database's, if it is one whose time a test sets."""
        for client in self.functions.clients.values():
            client.clock = now
        if self.clocked:
            self.sql("DELETE FROM test_clock")
            self.sql("INSERT INTO test_clock (at) VALUES (:at)", at=now)

    def asked(self, body: Json | None = None, **who: Any) -> Answer:
        """POST /reports; `type`, `format`, … replace those of the cheapest one."""
        fields = {k: who.pop(k) for k in ("type", "format", "parameters", "locale", "deliver_to") if k in who}
        return self.functions["generate_report"].post(REPORTS, json={**CSV, **(body or {}), **fields}, **who)

    def ask(self, body: Json | None = None, **who: Any) -> Json:
        """The same, accepted."""
        answer = self.asked(body, **who)
        assert answer.status_code == 202, answer.text
        job: Json = answer.json
        return job

    def call(self, method: str, path: str, **who: Any) -> Answer:
        """Any of the report routes."""
        return self.functions["generate_report"].call(method, path, **who)

    def job(self, job_id: str, **who: Any) -> Json:
        """One as it stands."""
        answer = self.call("GET", f"{REPORTS}/{job_id}", **who)
        assert answer.status_code == 200, answer.text
        job: Json = answer.json
        return job

    def turn(self, queue: str = QUEUE) -> list[int]:
        """A queue's part of the outbox, once; what is answered 503 goes back, as a broker would do it."""
        statuses = []
        for row in self.waiting(queue, take=True):
            answer = self.functions[CONSUMERS[queue]].message(row["body"].encode(), row["content_type"])
            statuses.append(answer.status_code)
            if answer.status_code == 503:
                self.sql(
                    "INSERT INTO outbox (exchange, routing_key, message_id, content_type, body) "
                    "VALUES ('', :queue, 'again', :content_type, :body)",
                    queue=queue,
                    content_type=row["content_type"],
                    body=row["body"],
                )
        return statuses

    def waiting(self, queue: str = QUEUE, *, take: bool = False) -> Sequence[Mapping[str, Any]]:
        """What is due for a queue, in order."""
        if not take:
            return self.sql("SELECT * FROM outbox WHERE routing_key = :q ORDER BY id", q=queue)
        with self.db.begin() as conn:
            rows = conn.execute(DUE, {"queue": queue}).mappings().all()
        return sorted((dict(row) for row in rows), key=lambda row: int(row["id"]))

    def tick(self) -> None:
        """The platform's cron."""
        answer = self.functions["run_schedules"].message(b"", X_Topic="cron-function")
        assert answer.status_code == 200

    def send_all(self) -> None:
        """One turn of each channel."""
        for queue in ("notifications.events", "notifications.email", "notifications.telegram"):
            self.turn(queue)

    def sql(self, statement: str, **values: Any) -> list[Json]:
        """Rows of a statement, committed."""
        with self.db.begin() as conn:
            result = conn.execute(text(statement), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    def take(self, *events: Json) -> None:
        """Events into the log."""
        door = self.functions["aggregate_events"]
        answer = door.post("/api/v1/events", json=list(events), content_type=BATCH, role="service")
        assert answer.status_code == 202, answer.text

    def person(self, user_id: str, **fields: Any) -> None:
        """Somebody in the directory."""
        known = {"role": "tutor", "name": user_id.title(), "email": f"{user_id}@example.com", **fields}
        path = f"/api/v1/recipients/{user_id}"
        answer = self.functions["manage_recipients"].call("PUT", path, json=known)
        assert answer.status_code == 200, answer.text

    def fetched(self, job_id: str, **who: Any) -> bytes:
        """The file behind the download's link, as whoever follows it without a token gets it."""
        answer = self.call("GET", f"{REPORTS}/{job_id}/download", **who)
        assert answer.status_code == 302, answer.text
        data: bytes = self.follow(answer.headers["Location"]).data
        return data

    def follow(self, location: str) -> Answer:
        """A link of ours."""
        answer = self.call("GET", urlsplit(location).path, role="")
        assert answer.status_code == 200, answer.text
        return answer

    def stored(self) -> list[str]:
        """Every file that is stored."""
        return sorted(each.key for each in self.store.stored("reports"))

    def published(self) -> list[str]:
        """Kinds of the news about reports, in order."""
        rows = self.sql("SELECT routing_key FROM outbox WHERE routing_key LIKE 'report.%' ORDER BY id")
        return [row["routing_key"] for row in rows]


def login(n: int) -> Json:
    """An event that moves the log on."""
    return event("user.login", {"user_id": "u"}, id=f"login-{n}")
