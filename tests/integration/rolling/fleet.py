"""Every function twice behind a real Nginx, as a platform runs them: to be stopped and started one by one."""

import os
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from typing import Self

import urllib3

from lib.local.servers.child import free_port
from lib.stack import Stack
from tests.servers.names import NameServer

# Nginx keeps a name's answer for a second and counts in whole ones: a name that is gone may be asked for two seconds.
# And it keeps an idle connection for three. Functions give five (lib.runtime.serve).
FAREWELL_S = 3.5
START_S = 60.0


class Fleet:
    """`names` is what the gateway asks; an instance `send-email/a` has an address of its own, another after each start
    unless `stay` is set."""

    def __init__(
        self, stack: Stack, folder: Path, environment: dict[str, str], *, stay: bool = False
    ) -> None:
        self.names = NameServer()
        self.functions = {f.name: f for f in stack.functions if f.routes}
        self.ports = {name: free_port() for name in self.functions}
        self._addresses: dict[str, str] = {}
        self._numbers = count(2)
        self._folder, self._stay = folder, stay
        known = {"PATH": os.environ["PATH"], "FUNCTION_URL": "http://127.0.0.1:9/{name}", **environment}
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.rolling.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "nursery.log").open("wb"),
            text=True,
            env=known,
        )

    def __enter__(self) -> Self:
        self.names.__enter__()
        self._heard("ready")
        return self

    def __exit__(self, *_: object) -> None:
        self._nursery.kill()
        self._nursery.communicate()
        self.names.__exit__()

    def start(self, *instances: str) -> None:
        """Start them, and let the gateway know of each that is ready."""
        for instance in instances:
            name = instance.partition("/")[0]
            if not (self._stay and instance in self._addresses):
                self._addresses[instance] = f"127.0.1.{next(self._numbers)}"
            log = self._folder / f"{instance.replace('/', '-')}.log"
            place = f"{self._addresses[instance]} {self.ports[name]}"
            self._say(f"start {instance} {self.functions[name].module} {place} {FAREWELL_S} {log}")
        for instance in instances:
            self._await(instance)
            self._name(instance)

    def stop(self, *instances: str) -> None:
        """SIGTERM, and wait for their end; until then the gateway is told of them as before."""
        self._say(f"stop {' '.join(instances)}")
        for instance in instances:
            self.names.names[instance.partition("/")[0]].remove(self._addresses[instance])

    def hosts(self, name: str, *instances: str) -> str:
        """`address:port` of each, separated by spaces."""
        return " ".join(f"{self._addresses[f'{name}/{each}']}:{self.ports[name]}" for each in instances)

    def _name(self, instance: str) -> None:
        self.names.names.setdefault(instance.partition("/")[0], []).append(self._addresses[instance])

    def _await(self, instance: str) -> None:
        url = f"http://{self._addresses[instance]}:{self.ports[instance.partition('/')[0]]}/_/ready"
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            try:
                if urllib3.request("GET", url, retries=False, timeout=5).status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.02)
        raise TimeoutError(f"{instance} did not become ready")

    def _say(self, order: str) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(f"{order}\n")
        self._nursery.stdin.flush()
        self._heard("done")

    def _heard(self, word: str) -> None:
        assert self._nursery.stdout is not None
        assert self._nursery.stdout.readline().strip() == word
