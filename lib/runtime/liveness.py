"""`/_/health` and `/_/metrics` of a process that answers nothing else."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import generate_latest

from lib.runtime.metrics import TEXT

HEADERS_S = 5.0


def serve(port: int, missing: Callable[[], list[str]], *, host: str = "0.0.0.0") -> ThreadingHTTPServer:  # noqa: S104 - a container's port
    """Answer on `port` (0: a free one) from a thread of its own.

    `/_/health` is 200 while `missing()` is empty, and 503 with its names otherwise. Raises OSError when the port is
    taken.
    """

    class Handler(BaseHTTPRequestHandler):
        timeout = HEADERS_S

        def do_GET(self) -> None:
            if self.path == "/_/metrics":
                self._answer(200, TEXT, generate_latest())
            elif self.path == "/_/health":
                gone = missing()
                said = {"status": "unhealthy", "missing": gone} if gone else {"status": "healthy"}
                self._answer(503 if gone else 200, "application/json", json.dumps(said).encode())
            else:
                self._answer(404, "text/plain", b"")

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Every few seconds the same is no news."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="liveness", daemon=True).start()
    return server
