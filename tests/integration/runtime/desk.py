"""A function with one route of each sort, made for tests of what every function has."""

import threading
from typing import Any, cast

import flask
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, create_engine, text

from lib.auth.tokens import mint
from lib.errors import BadInput, Permanent, Temporary, not_found
from lib.runtime.function import Call, Function, Reply
from lib.runtime.services import Services
from lib.runtime.settings import Settings
from tests.clients import Answer

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
SECRET = "postgresql://repitbot:hunter2@db/repitbot"


class Lesson(BaseModel):
    """A body."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str = Field(min_length=1)
    minutes: int = Field(default=60, ge=1)


class Query(BaseModel):
    """A query."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int = Field(default=7, ge=1)


class Desk:
    """That function over a database of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.services = Services(settings)
        self.entered, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()
        self.function = _declared(self).bind(self.services)
        self._target = self.function.target
        app = flask.Flask("desk")
        app.add_url_rule("/", view_func=self._view, defaults={"path": ""}, methods=METHODS)
        app.add_url_rule("/<path:path>", view_func=self._view, methods=METHODS)
        self._app = app

    def _view(self, path: str) -> flask.Response:  # noqa: ARG002 - the function routes for itself
        return self._target(flask.request)

    def call(self, method: str, path: str, *, role: str = "tutor", sub: str = "t", **more: Any) -> Answer:
        """One request with a token of `role`; `role=""` sends none."""
        headers = dict(more.pop("headers", {}))
        if role:
            headers.setdefault("Authorization", f"Bearer {mint(self.settings, role=role, sub=sub)}")
        return cast(
            Answer,
            self._app.test_client(use_cookies=False).open(path, method=method, headers=headers, **more),
        )

    def add(self, body: Any, key: str | None = None, **more: Any) -> Answer:
        """POST /lessons."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.call("POST", "/lessons", json=body, headers=headers, **more)

    def kept(self) -> list[str]:
        """The subjects of the lessons that are durable."""
        engine = create_engine(self.settings.database_url)
        with engine.connect() as conn:
            found = [row[0] for row in conn.execute(text("SELECT subject FROM lessons ORDER BY lesson_id"))]
        engine.dispose()
        return found


def _declared(desk: Desk) -> Function:
    app = Function("desk")

    @app.post("/lessons", body=Lesson, write=True, status=201)
    def add(call: Call, body: Lesson, conn: Connection) -> Reply:
        conn.execute(
            text("INSERT INTO lessons (lesson_id, subject, deleted) VALUES (:id, :subject, false)"),
            {"id": call.request_id, "subject": body.subject},
        )
        desk.entered.set()
        desk.go_on.wait(20)
        if body.subject == "refused":
            raise BadInput("No.", status=422)
        if body.subject == "broken":
            raise ZeroDivisionError(SECRET)
        return Reply({"id": call.request_id, "subject": body.subject}, 201)

    @app.get("/lessons/<lesson_id>", query=Query)
    def show(call: Call, query: Query, lesson_id: str) -> Reply:
        if lesson_id == call.principal.sub:
            return Reply({"id": lesson_id, "days": query.days})
        raise not_found()

    @app.get("/errors/<name>", open=True)
    def fail(call: Call, name: str) -> Reply:
        errors: dict[str, Exception] = {
            "unexpected": RuntimeError(SECRET),
            "temporary": Temporary("Later.", retry_after=6.2),
            "permanent": Permanent("no_such_thing", "Never."),
        }
        raise errors[name]

    @app.get("/links/<token>", open=True)
    def follow(call: Call, token: str) -> Reply:
        return Reply({"length": len(token)})

    @app.delete("/lessons", roles=("admin",))
    def clear(call: Call) -> Reply:
        return Reply({"cleared": True})

    return app


def problem(answer: Answer, status: int) -> dict[str, Any]:
    """The problem details of an answer that must be one."""
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text
    body = answer.json
    assert isinstance(body, dict)
    assert {"type", "title", "status", "detail", "instance"} <= set(body)
    assert body["status"] == status
    return body
