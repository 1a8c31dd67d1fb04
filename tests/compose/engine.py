"""A Docker engine of the test's own: its own data, its own socket, the namespaces of whoever starts it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.compose.telling import Failed

# Debian's, by its whole name: another client may come first on the PATH.
DOCKER, COMPOSE, DOCKERD = "/usr/bin/docker", "/usr/bin/docker-compose", "/usr/sbin/dockerd"
STARTS_S, STOPS_S = 60, 90


@dataclass(frozen=True)
class Engine:
    """A running engine. `folder` has its socket and its log and is removed with it."""

    folder: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """For its clients. A configuration of the user's may name stores of passwords that are not there."""
        given = {
            name: value for name, value in os.environ.items() if not name.startswith(("DOCKER_", "COMPOSE_"))
        }
        return {
            **given,
            "DOCKER_HOST": f"unix://{self.folder}/docker.sock",
            "DOCKER_CONFIG": str(self.folder / "client"),
            "DOCKER_BUILDKIT": "1",
            "COMPOSE_PROJECT_NAME": "repitbot",
            "COMPOSE_HTTP_TIMEOUT": "300",
        }

    def docker(self, *words: str | Path, seconds: float = 900) -> str:
        """What the client prints. Raises Failed with the end of what it said."""
        return self.run([DOCKER, *words], seconds=seconds)

    def run(self, command: list[str | Path], *, cwd: Path | None = None, seconds: float = 900) -> str:
        """What a client of the engine prints on stdout. Raises Failed when it fails or takes longer than `seconds`."""
        try:
            done = subprocess.run(
                command,
                cwd=cwd,
                env=self.environment,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Failed(f"{_words(command)} took longer than {seconds:.0f} s") from None
        if done.returncode:
            raise Failed(f"{_words(command)} failed:\n{(done.stdout + done.stderr)[-4000:]}")
        return done.stdout

    def is_up(self) -> bool:
        """Whether it answers."""
        return subprocess.run(
            [DOCKER, "version"], env=self.environment, capture_output=True, timeout=30, check=False
        ).returncode == 0  # fmt: skip


def _words(command: list[str | Path]) -> str:
    return " ".join(str(word) for word in command[:8])


@contextmanager
def engine(folder: Path, data: Path, *, group: str, networks: bool) -> Iterator[Engine]:
    """Start dockerd and end it. Without `networks` containers have none of their own: enough for building."""
    run = folder / "engine"
    run.mkdir(parents=True, exist_ok=True)
    options: dict[str, str | Path] = {
        "--data-root": data,
        "--exec-root": run / "exec",
        "--pidfile": run / "pid",
        "--host": f"unix://{run}/docker.sock",
        "--config-file": _configuration(run),
        "--cgroup-parent": f"/{group}",
        "--exec-opt": "native.cgroupdriver=cgroupfs",
    }
    command = [DOCKERD, *(str(word) for pair in options.items() for word in pair)]
    if not networks:
        command += ["--iptables=false", "--bridge=none"]
    with (folder / "dockerd.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        started = Engine(run)
        _wait(started, process, folder / "dockerd.log")
        yield started
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOPS_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _configuration(run: Path) -> Path:
    """An empty one: that of the machine's own engine is none of ours."""
    path = run / "daemon.json"
    path.write_text("{}", encoding="utf-8")
    return path


def _wait(started: Engine, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + STARTS_S
    while not started.is_up():
        if process.poll() is not None or time.monotonic() > deadline:
            raise Failed(f"The Docker engine does not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.2)
