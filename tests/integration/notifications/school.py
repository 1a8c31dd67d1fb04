"""The notification side as tests drive it: calls, events, and turns of the queues one at a time."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from functions.answer_telegram import main as answer_telegram
from functions.dispatch_notifications import main as dispatch_notifications
from functions.manage_recipients import main as manage_recipients
from functions.send_email import main as send_email
from functions.send_telegram import main as send_telegram
from lib.auth.tokens import mint
from lib.runtime.function import Function
from lib.runtime.services import Services
from lib.testing.mailbox.office import PostOffice

Json = dict[str, Any]
MODULES = (dispatch_notifications, manage_recipients, send_email, send_telegram, answer_telegram)
CONSUMERS = {
    "notifications.events": "dispatch_notifications",
    "notifications.email": "send_email",
    "notifications.telegram": "send_telegram",
    "telegram.updates": "answer_telegram",
}
DUE = text(
    "DELETE FROM outbox WHERE routing_key = :queue AND due_at <= now() RETURNING body, content_type, id"
)
PASS = (
    "UPDATE outbox SET due_at = due_at - :d",
    "UPDATE deliveries SET due_at = due_at - :d, lease_until = lease_until - :d, expires_at = expires_at - :d",
    "UPDATE channel_pauses SET paused_until = paused_until - :d",
    "UPDATE send_permits SET free_at = free_at - :d, held_until = held_until - :d",
    "UPDATE send_chats SET free_at = free_at - :d, minutes = ARRAY(SELECT m - :d FROM unnest(minutes) AS m)",
)


class School:
    """`functions` by name; `office` is what arrived."""

    def __init__(self, services: Services, office: PostOffice) -> None:
        self.services, self.office = services, office
        self._webs: dict[str, flask.Flask] = {}
        self.functions: dict[str, Function] = {m.app.name: m.app.bind(services) for m in MODULES}

    def call(
        self,
        verb: str,
        path: str,
        body: Any = None,
        *,
        role: str | None = "admin",
        sub: str = "a-1",
        **options: Any,
    ) -> TestResponse:
        """One HTTP call, as the gateway would pass it on."""
        headers = dict(options.pop("headers", {}))
        if role is not None:
            headers["Authorization"] = f"Bearer {mint(self.services.settings, role=role, sub=sub)}"
        name = options.pop("function", None) or _owner(path)
        with self._web(name).test_client() as client:
            return client.open(path, method=verb, json=body, headers=headers, **options)

    def ok(self, verb: str, path: str, body: Any = None, **options: Any) -> Json:
        """The same, and its JSON, when it went well."""
        answer = self.call(verb, path, body, **options)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        value: Json = answer.get_json()
        return value

    def _web(self, name: str) -> flask.Flask:
        if name not in self._webs:
            self._webs[name] = self._made(name)
        return self._webs[name]

    def _made(self, name: str) -> flask.Flask:
        web = flask.Flask(name)
        target = self.functions[name].target
        rules = ("/", "/<path:path>")
        for rule in rules:
            web.add_url_rule(
                rule,
                endpoint=rule,
                view_func=lambda path="": target(flask.request),  # noqa: ARG005 - flask passes it
                methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            )
        return web

    def deliver(self, queue: str, body: str, content_type: str) -> TestResponse:
        """One message of a queue, to the function that consumes it."""
        with self._web(CONSUMERS[queue]).test_client() as client:
            return client.post("/", data=body.encode(), content_type=content_type)

    def event(self, *events: Json) -> TestResponse:
        """Events on the notification side's queue, as one message."""
        batch = json.dumps(list(events), ensure_ascii=False)
        return self.deliver("notifications.events", batch, "application/cloudevents-batch+json")

    def turn(self, queue: str) -> list[int]:
        """Everything that is due in a queue's part of the outbox, once; the statuses answered.

        What is answered 503 goes back, due now, as a broker would do it.
        """
        statuses = []
        for row in self.taken_from_outbox(queue):
            statuses.append(self.deliver(queue, row["body"], row["content_type"]).status_code)
            if statuses[-1] == 503:
                self.give_back(queue, row["body"], row["content_type"])
        return statuses

    def taken_from_outbox(self, queue: str) -> Sequence[Mapping[str, Any]]:
        """What is due for a queue, in order, and no longer in the outbox."""
        with self.services.db.begin() as conn:
            rows: list[Mapping[str, Any]] = [
                dict(row) for row in conn.execute(DUE, {"queue": queue}).mappings()
            ]
        return sorted(rows, key=lambda row: row["id"])

    def give_back(self, queue: str, body: str, content_type: str) -> None:
        self.sql(
            "INSERT INTO outbox (exchange, routing_key, message_id, content_type, body) "
            "VALUES ('', :queue, 'again', :content_type, :body)",
            queue=queue,
            content_type=content_type,
            body=body,
        )

    def send_all(self) -> None:
        """One turn of what waited, then of both channels."""
        self.turn("notifications.events")
        self.turn("notifications.email")
        self.turn("notifications.telegram")

    def pass_time(self, **amount: float) -> None:
        """Let time pass for everything that waits: `seconds=`, `minutes=`, `hours=`."""
        for statement in PASS:
            self.sql(statement, d=timedelta(**amount))

    def sql(self, statement: str, **values: Any) -> Sequence[Mapping[str, Any]]:
        """Rows of a statement, committed."""
        with self.services.db.begin() as conn:
            result = conn.execute(text(statement), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    def sql_script(self, statements: str) -> None:
        """Several statements in one transaction."""
        with self.services.db.begin() as conn:
            conn.exec_driver_sql(statements)

    def states(self, channel: str | None = None) -> list[tuple[str, str, str, str | None]]:
        """(user, channel, state, reason) of every delivery, sorted."""
        rows = self.sql("SELECT user_id, channel, state, reason FROM deliveries ORDER BY 1, 2, id")
        return [
            (r["user_id"], r["channel"], r["state"], r["reason"])
            for r in rows
            if channel in (None, r["channel"])
        ]

    def person(self, user_id: str, **fields: Any) -> Json:
        """Put somebody in the directory; by default they have only an e-mail address."""
        body = {"role": "student", "name": user_id.title(), "email": f"{user_id}@example.com", **fields}
        return self.ok("PUT", f"/api/v1/recipients/{user_id}", body)


def _owner(path: str) -> str:
    for start, name in (
        ("/api/v1/notifications", "dispatch_notifications"),
        ("/api/v1/ledger", "dispatch_notifications"),
        ("/api/v1/emails", "send_email"),
        ("/api/v1/telegram/messages", "send_telegram"),
        ("/telegram/webhook", "answer_telegram"),
    ):
        if path.startswith(start):
            return name
    return "manage_recipients"


def event(kind: str, data: Json, *, id: str, ago: timedelta = timedelta(), source: str = "test") -> Json:
    """A CloudEvent that happened `ago`."""
    at = datetime.now(UTC) - ago
    return {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": kind,
        "time": at.isoformat(),
        "data": data,
    }


def lesson(lesson_id: str = "l-1", *, id: str = "e-1", ago: timedelta = timedelta(), **fields: Any) -> Json:
    """A lesson tomorrow for sasha with olga, unless told otherwise."""
    starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    data = {
        "lesson_id": lesson_id,
        "student_id": "sasha",
        "tutor_id": "olga",
        "starts_at": starts_at.isoformat(),
        "subject": "Математика",
        **fields,
    }
    return event("lesson.created", data, id=id, ago=ago)
