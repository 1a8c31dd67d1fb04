"""The stack under docker-compose, started as a user starts it, from a copy of the files that it mounts."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import urllib3

from lib.auth.tokens import mint
from lib.runtime.settings import Settings
from tests.compose.engine import COMPOSE, Engine
from tests.compose.images import absent, services
from tests.compose.machine import ROOT
from tests.compose.telling import Failed, say

FILES = ("-f", "docker-compose.local.yml", "-f", "deploy/compose/standins.yml")
SERVICE = "com.docker.compose.service"
COPIED = ("docker-compose.local.yml", "deploy", "config")


def eventually(holds: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """Wait until `holds()` is true; its value. Raises Failed with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise Failed(f"In {seconds:.0f} s it did not come about: {what}")
        time.sleep(0.5)
    return found


class System:
    """`docker-compose` in a folder of its own."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        folder.mkdir()
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, folder / name)
        engine.run([folder / "deploy" / "secrets.sh"])
        self._key = (folder / "secrets" / "jwt-secret-key").read_text()

    def compose(self, *words: str, files: tuple[str, ...] = FILES, seconds: float = 600) -> str:
        """What docker-compose prints on stdout."""
        return self.engine.run([COMPOSE, *files, *words], cwd=self.folder, seconds=seconds)

    def up(self) -> None:
        """Start it and wait until everything is healthy."""
        self.compose("up", "--detach", "--no-build")
        eventually(self.all_healthy, "everything is healthy", 240)

    def down(self, *words: str) -> None:
        """Take it down. Docker 20.10 now and then forgets to take a container out of its network."""
        for _ in range(3):
            try:
                self.compose("--profile", "testing", "--profile", "load", "down", *words)
                return
            except Failed as failed:
                if "has active endpoints" not in str(failed):
                    raise
                self._take_out()
        raise Failed("Docker does not let go of the networks.")

    def _take_out(self) -> None:
        ours = ("--filter", "label=com.docker.compose.project=repitbot")
        for network in self.engine.docker("network", "ls", "--quiet", *ours).split():
            for end in json.loads(self.engine.docker("network", "inspect", network))[0][
                "Containers"
            ].values():
                say(f"  (Docker had left {end['Name']} in a network)")
                self.engine.docker("network", "disconnect", "--force", network, end["Name"])

    def all_healthy(self) -> bool:
        """Whether nothing is missing."""
        return not self.ailing()

    def ailing(self) -> list[str]:
        """The services that are neither healthy nor done."""
        containers = self._containers()
        return sorted(name for name in self.expected() if not _well(containers.get(name, {})))

    def expected(self) -> list[str]:
        """The services that start by default."""
        return [
            name for name, service in services().items() if "profiles" not in service and name not in absent()
        ]

    def inspect(self, service: str) -> dict[str, Any]:
        """What the engine knows of its container; nothing when there is none."""
        return self._containers().get(service, {})

    def _containers(self) -> dict[str, dict[str, Any]]:
        """By the service's name; one question for all of them, for docker-compose takes a second for each."""
        ours = self.engine.docker("ps", "--all", "--quiet", "--filter", f"label={SERVICE}").split()
        told = json.loads(self.engine.docker("inspect", *ours)) if ours else []
        return {each["Config"]["Labels"][SERVICE]: each for each in told}

    def inside(self, service: str, *command: str) -> str:
        """What a program prints that runs in the service's container."""
        return self.engine.docker("exec", self.inspect(service)["Id"], *command, seconds=60)

    def stories(self, *arguments: str) -> str:
        """The profile `testing`; its last line."""
        command = ["python", "-m", "pytest", "-c", "tests/compose/inside/pytest.ini"]
        words = [*command, "tests/compose/inside/stories.py", *arguments] if arguments else []
        out = self.compose("--profile", "testing", "run", "--rm", "-T", "tests", *words)
        return out.strip().splitlines()[-1]

    def ask(self, url: str, *, role: str = "admin") -> Any:
        """GET from this machine, with a token; the urllib3 answer, or None when nobody answers."""
        token = mint(Settings(jwt_secret_key=self._key), role=role, sub=f"{role}-1")
        try:
            headers = {"Authorization": f"Bearer {token}"}
            return urllib3.request("GET", url, headers=headers, timeout=20, retries=False)
        except urllib3.exceptions.HTTPError:
            return None


def _well(container: dict[str, Any]) -> bool:
    state = container.get("State", {})
    if "Health" in state:
        return bool(state["Health"]["Status"] == "healthy")
    return bool(state.get("Status") == "exited" and state.get("ExitCode") == 0)
