"""Functions as they run in their containers, each a process of its own, for benchmarks to call."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import urllib3

from lib.auth.tokens import mint
from lib.local.servers.child import Child, answers, free_port
from lib.runtime.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SECRET = "benchmarks-benchmarks-0123456789-abcdefghij"  # noqa: S105 - of this run's own servers
STARTS_WITHIN_S = 30


class Instance:
    """One running function. `ask` raises nothing for an HTTP error: look at the status."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._http = urllib3.PoolManager(maxsize=16)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        role: str = "admin",
        sub: str = "admin-1",
        kind: str = "",
    ) -> urllib3.BaseHTTPResponse:
        """One request with a token of `role`."""
        headers = {"Authorization": f"Bearer {mint(SETTINGS, role=role, sub=sub)}"}
        if body:
            headers["Content-Type"] = kind or "application/json"
        return self._http.request(method, self.url + path, body=body or None, headers=headers, retries=False)


SETTINGS = Settings(jwt_secret_key=SECRET)


@contextmanager
def running(folder: Path, names: list[str], environment: Mapping[str, str]) -> Iterator[list[Instance]]:
    """Each name's function behind gunicorn; ended with the block."""
    with ExitStack() as stack:
        instances = []
        for number, name in enumerate(names):
            port = free_port()
            child = Child(
                [sys.executable, "-m", "lib.runtime.serve", name, "--host", "127.0.0.1", "--port", str(port)],
                log=folder / f"{name}-{number}.log",
                env={**os.environ, "JWT_SECRET_KEY": SECRET, "LOG_LEVEL": "WARNING", **environment},
                cwd=ROOT,
            )
            stack.callback(child.stop)
            _wait(port)
            instances.append(Instance(port))
        yield instances


def _wait(port: int) -> None:
    end = time.monotonic() + STARTS_WITHIN_S
    while not answers(port):
        if time.monotonic() > end:
            raise TimeoutError(f"nothing listens on {port}")
        time.sleep(0.05)
