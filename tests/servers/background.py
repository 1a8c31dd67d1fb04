"""An HTTP server of a test's own, answering in threads of its own."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer

from lib.local.servers.child import Server


class BackgroundServer(Server, ThreadingHTTPServer):
    """Serves from `start` to `stop`; its port is open from the beginning."""

    daemon_threads = True

    def start(self) -> None:
        """Answer from now on."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        """Answer no more, and close the port."""
        self.shutdown()
        self.server_close()
