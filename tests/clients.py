"""Calling a function in this process, through its own edge, with its real connections."""

import importlib
from datetime import UTC, datetime
from typing import Any, cast

import flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lib.auth.tokens import mint
from lib.runtime.function import Function
from lib.runtime.services import Services
from lib.runtime.settings import Settings

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Answer(TestResponse):
    """An answer whose `json` is taken for granted: a test that finds none fails by itself."""

    @property
    def json(self) -> Any:
        """The decoded body."""
        return self.get_json()


class Client:
    """One function; `clock` may be set to any instant."""

    def __init__(self, name: str, settings: Settings, now: datetime = NOON) -> None:
        module = importlib.import_module(f"functions.{name}.main")
        self.clock = now
        self.settings = settings
        self._target = getattr(module, name)
        self.function: Function = self._target.function
        self.services = Services(settings, lambda: self.clock)
        app = flask.Flask(name)
        app.add_url_rule("/", view_func=self._view, defaults={"path": ""}, methods=METHODS)
        app.add_url_rule("/<path:path>", view_func=self._view, methods=METHODS)
        self._http: FlaskClient = app.test_client()

    def _view(self, path: str) -> flask.Response:  # noqa: ARG002 - the function routes for itself
        self.function.bind(self.services)
        response: flask.Response = self._target(flask.request)
        return response

    def call(
        self, method: str, path: str, *, role: str = "admin", sub: str = "admin-1", **more: Any
    ) -> Answer:
        """One request with a token of `role`; `role=""` sends none."""
        headers = dict(more.pop("headers", {}))
        if role:
            headers.setdefault("Authorization", f"Bearer {mint(self.settings, role=role, sub=sub)}")
        return cast(Answer, self._http.open(path, method=method, headers=headers, **more))

    def get(self, path: str, **more: Any) -> Answer:
        """GET."""
        return self.call("GET", path, **more)

    def post(self, path: str, **more: Any) -> Answer:
        """POST; `json=` for a body."""
        return self.call("POST", path, **more)

    def message(self, body: bytes, content_type: str = "application/json", **headers: str) -> Answer:
        """A queue's message, as the bridge hands it over."""
        named = {"Content-Type": content_type, **{k.replace("_", "-"): v for k, v in headers.items()}}
        return cast(Answer, self._http.open("/", method="POST", data=body, headers=named))


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
