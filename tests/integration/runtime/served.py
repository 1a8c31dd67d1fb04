"""Functions behind one real HTTP port, each with its real connections: what peers and the bridge call."""

import threading
from collections.abc import Callable, Iterable
from typing import Any, Self
from wsgiref.types import StartResponse, WSGIEnvironment

import flask
from werkzeug.serving import BaseWSGIServer, make_server

from lib.runtime.settings import Settings
from tests.clients import Client

Wsgi = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]
ABSENT = flask.Flask("absent")


class Served:
    """Listens on a free loopback port and hands `/function/NAME/…` to the function of that dashed name.

    What is not among `names` answers 404, as a gateway does for a function that is not deployed.
    """

    def __init__(self, settings: Settings, *names: str) -> None:
        self._server: BaseWSGIServer = make_server("127.0.0.1", 0, self.dispatch, threaded=True)
        url = f"{self.url}/function/{{name}}"
        self.settings = settings.model_copy(update={"function_url": url})
        self.clients = {name: _Client(name, self.settings) for name in names}

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.port}"

    def __getitem__(self, name: str) -> Client:
        return self.clients[name]

    def dispatch(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """The WSGI application of all of them."""
        _, _, name, path = environ["PATH_INFO"].split("/", 3)
        client = self.clients.get(name.replace("-", "_"))
        if client is None:
            return ABSENT(environ, start)
        return client.wsgi({**environ, "PATH_INFO": f"/{path}"}, start)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()
        for client in self.clients.values():
            client.services.db.dispose()


class _Client(Client):
    @property
    def wsgi(self) -> Wsgi:
        """The function as a server sees it."""
        return self._http.application
