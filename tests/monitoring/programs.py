"""Prometheus and its companions, each as Debian ships it, on loopback ports and over our own configuration."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import urllib3

from lib.local.servers.child import Child, Server, answers, free_port

CONFIG = Path(__file__).resolve().parents[2] / "config"
START_S = 30.0


def eventually(holds: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Wait until `holds()` is true; its value. Fails the test after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
    return found


class Program(Server):
    """One of them in a folder of its own; `port` is where it answers HTTP."""

    def __init__(self, folder: Path, command: Sequence[str], **environment: str) -> None:
        """`{port}` in the command is replaced."""
        self._environment = {**os.environ, **environment}
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._command = [part.replace("{port}", str(self.port)) for part in command]
        self._child: Child | None = None

    @property
    def address(self) -> str:
        """As it stands among Prometheus' targets."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it says that it is ready, or its port is open."""
        self._child = Child(self._command, log=self._folder / "log", cwd=self._folder, env=self._environment)
        self._child.wait_until(self._is_ready, seconds=START_S)

    def _is_ready(self) -> bool:
        if not answers(self.port):
            return False
        # Exporters do not know the address: 404 is as good.
        status = urllib3.request("GET", f"http://{self.address}/-/ready", timeout=20, retries=False).status
        return status in (200, 404)

    def stop(self) -> None:
        """End it."""
        if self._child:
            self._child.stop()

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """One request; its JSON."""
        url = f"http://{self.address}{path}"
        answer = urllib3.request(method, url, timeout=20, retries=False, **more)
        assert answer.status == 200, answer.data
        return answer.json() if answer.data else None


def rewritten(source: Path, target: Path, words: Mapping[str, str]) -> Path:
    """Our configuration with the places of a test; each word must be there to be replaced."""
    text = source.read_text(encoding="utf-8")
    for old, new in words.items():
        assert old in text, old
        text = text.replace(old, new)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return target


def node_exporter(folder: Path) -> Program:
    """The machine's figures."""
    return Program(folder, ["prometheus-node-exporter", "--web.listen-address=127.0.0.1:{port}"])


def blackbox_exporter(folder: Path, authority: Path) -> Program:
    """Asks addresses as people do, and trusts this authority alone."""
    config = CONFIG / "blackbox" / "blackbox.yml"
    listen = "--web.listen-address=127.0.0.1:{port}"
    command = ["prometheus-blackbox-exporter", f"--config.file={config}", listen]
    return Program(folder, command, SSL_CERT_FILE=str(authority))


def alertmanager(folder: Path, smtp_port: int) -> Program:
    """Tells people; it waits for nothing, and its letters go to `smtp_port`."""
    words = {"mailbox:1025": f"127.0.0.1:{smtp_port}", "group_wait: 10s": "group_wait: 0s"}
    config = rewritten(CONFIG / "alertmanager" / "alertmanager.yml", folder / "alertmanager.yml", words)
    options = [f"--config.file={config}", f"--storage.path={folder}", "--cluster.listen-address="]
    return Program(folder, ["prometheus-alertmanager", *options, "--web.listen-address=127.0.0.1:{port}"])


def prometheus(folder: Path, places: Mapping[str, str], https: str) -> Program:
    """Scrapes every second what stands at `places`: the address in our configuration → the test's."""
    config = folder / "prometheus.yml"
    options = [f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}"]
    program = Program(folder, ["prometheus", *options, "--web.listen-address=127.0.0.1:{port}"])
    every = ("scrape_interval: 15s", "evaluation_interval: 15s", "scrape_interval: 1m")
    fast = {each: each.rsplit(" ", 1)[0] + " 1s" for each in every}
    own = {"localhost:9090": program.address}
    rewritten(CONFIG / "prometheus" / "prometheus.yml", config, {**fast, **own, **places})
    (folder / "rules").symlink_to(CONFIG / "prometheus" / "rules")
    targets = {"[]\n": f'- targets: ["{https}"]\n'}
    rewritten(CONFIG / "prometheus" / "targets" / "https.yml", folder / "targets" / "https.yml", targets)
    return program
