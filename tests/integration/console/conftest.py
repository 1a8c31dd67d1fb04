"""The pages as a browser gets them: over a real port, as the service that the gateway names."""

import threading
from collections.abc import Callable, Iterable, Iterator
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from werkzeug.serving import make_server

from lib.runtime.settings import Settings
from tests.integration.console.console import Console
from tests.integration.runtime.served import Served


@pytest.fixture
def site() -> Iterator[Callable[[str], str]]:
    """Serves the console as a service; its address."""
    stops = []

    def serve(service: str) -> str:
        console = Served(Settings(environment="test"), "serve_console")

        def as_service(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            path = f"/function/serve-console{environ['PATH_INFO']}"
            return console.dispatch({**environ, "PATH_INFO": path, "HTTP_X_SERVICE": service}, start)

        server = make_server("127.0.0.1", 0, as_service, threaded=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        stops.append(server)
        return f"http://127.0.0.1:{server.port}"

    yield serve
    for server in stops:
        server.shutdown()
        server.server_close()


@pytest.fixture
def console(database_url: str, redis_url: str) -> Iterator[Console]:
    """A school of three, with nothing sent yet."""
    made = Console(Settings(environment="test", database_url=database_url, redis_url=redis_url))
    with made.served:
        made.person("sasha", name="Саша Петров", telegram_chat_id=71, parent_ids=["mama"])
        made.person("mama", name="Ирина Петрова", role="parent")
        made.person("olga", name="Ольга Серова", role="tutor")
        yield made
