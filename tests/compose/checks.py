"""What the running stack must do, each a sentence. All raise Failed."""

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from lib.stack import load
from tests.compose import outside
from tests.compose.engine import COMPOSE
from tests.compose.images import PYTHON
from tests.compose.machine import ROOT
from tests.compose.system import System, eventually
from tests.compose.telling import Failed

STACK = load(ROOT / "stack.yml")
PUBLISHED = {
    8000: "/health", 8006: "/health", 8007: "/health", 8025: "/", 15672: "/", 9090: "/-/ready", 9093: "/-/ready",
}  # fmt: skip
LOOPBACK, LISTENING = "0100007F", "0A"
LEDGER = "http://127.0.0.1:8006/api/v1/ledger/balance"
FIGURES = "http://127.0.0.1:8007/api/v1/analytics/overview"
MAIL = "http://127.0.0.1:8025/api/mail"


def must(holds: bool, otherwise: str) -> None:
    """Raises Failed unless it holds."""
    if not holds:
        raise Failed(otherwise)


def the_file_is_read_without_a_warning(system: System) -> None:
    """As the user reads it, without the stand-ins."""
    command = [COMPOSE, "-f", "docker-compose.local.yml", "config", "--quiet"]
    done = subprocess.run(
        command,
        cwd=system.folder,
        env=system.engine.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    must((done.returncode, done.stderr) == (0, ""), f"docker-compose config: {done.stderr}")


def every_page_answers_on_the_loopback_and_nothing_anywhere_else(system: System) -> None:
    """Each published port, and no listener with another address."""
    for port, path in PUBLISHED.items():
        url = f"http://127.0.0.1:{port}{path}"
        eventually(partial(_answers, system, url), f"{url} answers 200", 30)
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    elsewhere = {row[1] for row in rows if row[3] == LISTENING and not row[1].startswith(LOOPBACK)}
    must(not elsewhere, f"Somebody listens on other addresses, too: {elsewhere}")


def every_function_is_locked_in(system: System) -> None:
    """No root, nothing to write to, no capability, and bounds on what it takes."""
    for name in (f.name for f in STACK.functions):
        container = system.inspect(name)
        host = container["HostConfig"]
        facts = {
            "the user": container["Config"]["User"] == "12000:12000",
            "a read-only root": host["ReadonlyRootfs"],
            "no capabilities": host["CapDrop"] == ["ALL"] and not host["CapAdd"],
            "bounded memory and CPU": host["Memory"] > 0 and host["NanoCpus"] > 0,
        }
        must(all(facts.values()), f"{name} lacks {[fact for fact, holds in facts.items() if not holds]}")


def nothing_reaches_the_outside(system: System) -> None:
    """Neither a function nor what people open; a container that is not of the stack does."""
    with outside.somebody():
        control = system.engine.docker(
            "run", "--detach", "--rm", "--network", "bridge", PYTHON, "sleep", "60"
        ).strip()
        pid = int(system.engine.docker("inspect", "--format", "{{.State.Pid}}", control))
        eventually(
            lambda: outside.reached_from(pid), "a container that is not of the stack reaches the outside", 20
        )
        pids = {name: system.inspect(name)["State"]["Pid"] for name in system.expected()}
        with ThreadPoolExecutor(len(pids)) as pool:
            tried = dict(zip(pids, pool.map(outside.reached_from, pids.values()), strict=True))
        system.engine.docker("rm", "--force", control)
    reached = [name for name, did in tried.items() if did]
    must(not reached, f"These reach the outside: {reached}")


def stores_are_reached_by_those_only_who_have_to(system: System) -> None:
    """A name that is not in a service's networks is nobody's there."""
    for service, known, unknown in (
        ("send-email", "postgres", "rabbitmq"),
        ("send-email", "mailbox", "s3"),
        ("query-analytics", "redis", "mailbox"),
        ("generate-report", "s3.localhost", "rabbitmq"),
        ("gateway", "query-analytics", "postgres"),
        ("prometheus", "gateway", "postgres"),
    ):
        system.inside(service, "timeout", "3", "getent", "hosts", known)
        try:
            # What Docker's name server does not know it asks for outside, in vain and for long.
            system.inside(service, "timeout", "3", "getent", "hosts", unknown)
        except Failed:
            continue
        raise Failed(f"{service} finds {unknown}")


def prometheus_reaches_all_that_it_asks(system: System) -> None:
    """Every target is up."""
    try:
        eventually(lambda: not _targets_down(system), "Prometheus reaches every target", 60)
    except Failed:
        raise Failed(f"Prometheus does not reach {_targets_down(system)}") from None


def the_load_tester_plays_without_a_failed_request(system: System) -> None:
    """Ten seconds of a school; locust's status is that of its requests."""
    words = ("--users", "5", "--spawn-rate", "5", "--run-time", "10s")
    system.compose("--profile", "load", "run", "--rm", "-T", "load-tester", *words, seconds=120)


def a_function_that_dies_is_there_again(system: System, name: str = "send-email") -> None:
    """Its process is killed. `docker kill` would count as an order to stop, after which nothing is restarted."""
    before = system.inspect(name)
    os.kill(before["State"]["Pid"], signal.SIGKILL)

    def healed() -> bool:
        now = system.inspect(name)
        return bool(
            now["RestartCount"] > before["RestartCount"] and now["State"]["Health"]["Status"] == "healthy"
        )

    eventually(healed, f"{name} is healthy again")


def a_container_with_another_address_is_found(system: System, name: str = "query-analytics") -> None:
    """Its old address is somebody else's by then."""
    before = _address(system, name)
    must(_answers(system, FIGURES), f"{name} does not answer through the gateway")
    system.compose("rm", "--stop", "--force", name)
    system.engine.docker(
        "run", "--detach", "--name", "squatter", "--network", "repitbot_functions", PYTHON, "sleep", "600"
    )
    system.engine.docker(
        "run", "--detach", "--name", "another", "--network", "repitbot_functions", PYTHON, "sleep", "600"
    )
    try:
        system.compose("up", "--detach", "--no-build", "--no-deps", name)
        must(_address(system, name) != before, f"{name} has its old address again: nothing was tried")
        eventually(
            lambda: _status(system, FIGURES) == 200, f"the gateway finds {name} at its new address", 60
        )
    finally:
        system.engine.docker("rm", "--force", "squatter", "another")


def a_function_that_is_told_to_stop_ends_by_itself(system: System, name: str = "export-data") -> None:
    """Exit status 0: SIGTERM was heard, nobody had to be killed."""
    number = system.inspect(name)["Id"]
    system.compose("stop", name)
    code = system.engine.docker("inspect", "--format", "{{.State.ExitCode}}", number).strip()
    must(code == "0", f"{name} ended with status {code}")
    system.compose("start", name)
    eventually(system.all_healthy, "everything is healthy again", 90)


def data_outlives_the_containers(system: System) -> None:
    """Down and up again, with the same volumes."""
    before = _kept(system)
    must(before[0] > 0, "There is nothing that could be lost.")
    system.down()
    system.up()
    must(_kept(system) == before, f"Before: {before}, after: {_kept(system)} (messages planned, letters)")


def nothing_is_left(system: System) -> None:
    """Taken down with its volumes."""
    system.down("--volumes")
    left = [system.engine.docker(*words).split() for words in (("ps", "-aq"), ("volume", "ls", "-q"))]
    networks = system.engine.docker("network", "ls", "--format", "{{.Name}}").split()
    must(left == [[], []] and set(networks) <= {"bridge", "host", "none"}, f"Left over: {left} {networks}")


def _kept(system: System) -> tuple[int, int]:
    return int(system.ask(LEDGER).json()["planned"]), len(system.ask(MAIL).json())


def _targets_down(system: System) -> list[str]:
    answer = system.ask("http://127.0.0.1:9090/api/v1/targets")
    targets = answer.json()["data"]["activeTargets"] if answer else []
    if not targets:
        return ["anything"]
    return [f"{t['scrapeUrl']} ({t['lastError']})" for t in targets if t["health"] != "up"]


def _answers(system: System, url: str) -> bool:
    return _status(system, url) == 200


def _status(system: System, url: str) -> int:
    answer = system.ask(url)
    return answer.status if answer else 0


def _address(system: System, name: str) -> str:
    return str(system.inspect(name)["NetworkSettings"]["Networks"]["repitbot_functions"]["IPAddress"])
