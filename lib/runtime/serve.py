"""`python -m lib.runtime.serve NAME`: one function behind gunicorn, as in its container.

`functions-framework --source functions/NAME/main.py --target NAME` serves the same thing; here SIGTERM drains,
the worker's heartbeat file stays out of a read-only root, and settings are checked before the port opens.
"""

import argparse
import gc
import os
import select
import sys
import threading
from pathlib import Path
from typing import Any

import flask
import functions_framework
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from lib.runtime import draining
from lib.runtime.function import Function
from lib.runtime.logs import configure
from lib.runtime.settings import SettingsError, load

# Containers give 30 s between SIGTERM and SIGKILL.
DRAIN_S = 27
# So long after SIGTERM everything is still answered: routers hear of an end only by and by. Longer than the gateway
# keeps an idle connection, so that none is left to be closed under a request.
FAREWELL_S = 5.0
# Longer than the gateway keeps an idle connection, so that it is never ours that closes under a request.
KEEP_ALIVE_S = 75


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's worker stops accepting at SIGTERM, with connections in its queue that it will never look at. This one
    goes on for a while, ends each connection with its answer, and leaves none behind when it closes the door."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM."""
        if draining.begun.is_set():
            return
        draining.begun.set()
        # From now on every answer says Connection: close.
        self.cfg.set("keepalive", 0)
        last = threading.Timer(self.app.farewell_s, super().handle_exit, (sig, frame))
        last.daemon = True
        last.start()

    def set_accept_enabled(self, enabled: bool) -> None:
        """As gunicorn does; at the end whoever has been let in by the kernel is served, then the door is shut."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                while select.select([listener], [], [], 0)[0]:
                    self.accept(listener)
                listener.close()


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    def __init__(self, name: str, options: dict[str, Any], farewell_s: float) -> None:
        self.farewell_s = farewell_s
        self._name = name
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self._options.items():
            self.cfg.set(key, value)

    def load(self) -> flask.Flask:
        """Called in the worker, after the fork: what is made warm here belongs to the process that answers."""
        app = wsgi(self._name)
        function: Function = getattr(sys.modules["main"], self._name).function
        if function.start_handler is not None:
            function.start_handler()
        _tune()
        return app


def _tune() -> None:
    """Settings of the interpreter, measured with batches of 1,000 events from several callers at once.

    The collector went over every object of a batch again and again to find no garbage: a seventh of the time.
    A thread that came back from the database waited up to 5 ms for one that computes, a dozen times a batch, with
    the log's lock in its hands.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    sys.setswitchinterval(0.0005)


def wsgi(name: str) -> flask.Flask:
    """The WSGI application of function `name` (folder name), made by functions-framework."""
    source = Path("functions") / name / "main.py"
    sys.path[:] = [os.getcwd(), *(p for p in sys.path if p != os.getcwd())]
    app: flask.Flask = functions_framework.create_app(  # type: ignore[no-untyped-call]  # ships no types
        target=name, source=str(source), signature_type="http"
    )
    return app


def serve(name: str, *, host: str, port: int, threads: int = 8, farewell_s: float = 0.0) -> None:
    """Serve until SIGTERM, and for `farewell_s` seconds after it. Raises SettingsError before the port is opened."""
    configure(load())
    shared_memory = "/dev/shm"  # noqa: S108 - gunicorn's heartbeat file needs a place on a read-only root
    options: dict[str, Any] = {
        "bind": f"{host}:{port}",
        "workers": 1,
        "threads": threads,
        "worker_class": Worker,
        "timeout": 0,
        "graceful_timeout": DRAIN_S,
        "keepalive": KEEP_ALIVE_S,
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    if os.access(shared_memory, os.W_OK):
        options["worker_tmp_dir"] = shared_memory
    _Server(name, options, farewell_s).run()


def main() -> int:
    """Parse the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m lib.runtime.serve", description=__doc__)
    parser.add_argument("name", help="the function's folder, for example send_email")
    parser.add_argument("--host", default=os.environ.get("HOST", "0.0.0.0"))  # noqa: S104 - a container's port
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8080")))
    parser.add_argument("--threads", type=int, default=int(os.environ.get("THREADS", "8")))
    parser.add_argument(
        "--farewell",
        type=float,
        default=float(os.environ.get("FAREWELL", str(FAREWELL_S))),
        metavar="SECONDS",
        help=f"how long to go on answering after SIGTERM, while routers learn of it (default: {FAREWELL_S:g})",
    )
    given = parser.parse_args()
    try:
        serve(given.name, host=given.host, port=given.port, threads=given.threads, farewell_s=given.farewell)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
