"""A function's stand-in for tests of gateways: it answers with what it was asked."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler

from tests.servers.background import BackgroundServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: EchoServer

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.connections.add(self.client_address[1])
        if self.path.endswith("/held"):
            self.server.arrived.set()
            self.server.released.wait(10)
        if self.path.endswith("/cut"):
            self._cut()
            return
        told = {
            "name": self.server.name,
            "path": self.path,
            "length": len(body),
            "headers": dict(self.headers),
        }
        answer = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Connection", "X-Private, keep-alive")
        self.send_header("X-Private", "for this connection")
        self.send_header("X-Accel-Buffering", "no")
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET  # noqa: N815

    def _cut(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\r\nfirst\r\n")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class EchoServer(BackgroundServer):
    """Listens on a free loopback port; `connections` are the client ports that it has seen.

    A request to `…/cut` gets half an answer; one to `…/held` sets `arrived` and is answered after `released`.
    """

    def __init__(self, name: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.name = name
        self.connections: set[int] = set()
        self.arrived = threading.Event()
        self.released = threading.Event()

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}"
