"""A function's stand-in for tests of the bridge: it keeps what it is sent and answers as the test says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

from tests.servers.background import BackgroundServer


@dataclass(frozen=True)
class Request:
    """One request; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """`retry_after` is in seconds."""

    status: int = 200
    retry_after: int | None = None


Decide = Callable[[Request], Answer | None]
"""The answer to a request; None leaves it hanging until the end."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        self.server.requests.append(request)
        answer = self.server.decide(request)
        if answer is None:
            self.server.ended.wait(30)
            self.close_connection = True
            return
        self.send_response(answer.status)
        if answer.retry_after is not None:
            self.send_header("Retry-After", str(answer.retry_after))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Listener(BackgroundServer):
    """Listens on a free loopback port; `requests` are those it has had, in their order."""

    request_queue_size = 64

    def __init__(self, decide: Decide = lambda _: Answer(), port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.decide = decide
        self.requests: list[Request] = []
        self.ended = threading.Event()

    @property
    def template(self) -> str:
        """FUNCTION_URL for functions that are all here."""
        return f"http://127.0.0.1:{self.server_address[1]}/function/{{name}}"

    def stop(self) -> None:
        """Let go of whoever hangs, then as every server."""
        self.ended.set()
        super().stop()
