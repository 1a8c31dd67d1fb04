"""Every image that docker-compose.local.yml names: ours as it says, the registry's as stand-ins."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from tests.compose.engine import Engine
from tests.compose.ground import environment, proxies
from tests.compose.machine import ROOT
from tests.compose.telling import say, step

BASE, PYTHON = "debian:bookworm-slim", "python:3.11-slim-bookworm"
STANDINS = ROOT / "deploy" / "compose" / "standins"
# Of the profiles, those that the test starts.
TRIED_PROFILES = ["testing", "load"]
AT_ONCE = 2
# The builders reach the registries as this machine does.
BUILD = ("build", "--network", "host", "--quiet")


def services() -> dict[str, dict[str, Any]]:
    """The services of the file, as it stands."""
    told: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.local.yml").read_text())[
        "services"
    ]
    return told


def absent() -> set[str]:
    """The services that have no stand-in."""
    over = yaml.safe_load((STANDINS.parent / "standins.yml").read_text())["services"]
    return set(over) | {name for name, s in services().items() if s.get("profiles") == ["dev"]}


def build(engine: Engine, folder: Path, archive: Path) -> None:
    """All of them, from the tar of a Debian. Raises Failed."""
    with step("The base images"):
        changes = [word for line in environment() for word in ("--change", line)]
        engine.docker("import", *changes, archive, BASE)
        _standin(engine, folder, "python", PYTHON)
    with step(
        "Stand-ins for PostgreSQL, RabbitMQ, Redis, Nginx, S3 and Prometheus' family, of Debian's packages"
    ):
        for name, service in services().items():
            if "build" not in service and name not in absent():
                _standin(engine, folder, name, service["image"])
    with step(f"Our own images ({len(dict(_own()))})"):
        first, *others = _own()
        # What they share is made once.
        _built(engine, *first)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(_built, engine, *one) for one in others]:
                done.result()
    for line in sizes(engine):
        say(line)


def sizes(engine: Engine) -> list[str]:
    """A line an image of ours: its size, and what of it stands above the base. In MB of 1,000,000 bytes."""
    base = _bytes(engine, PYTHON)
    told = [(image, _bytes(engine, image)) for image, _ in _own()]
    return [
        f"  {image:38} {size / 1e6:6.0f} MB, {(size - base) / 1e6:4.0f} MB above Python's"
        for image, size in told
    ]


def _own() -> Iterator[tuple[str, dict[str, Any]]]:
    """Image and how it is built; the first has what all share."""
    found = {s["image"]: s["build"] for s in services().values() if "build" in s}
    yield from found.items()


def _built(engine: Engine, image: str, how: dict[str, Any]) -> None:
    arguments = [w for name, value in how.get("args", {}).items() for w in ("--build-arg", f"{name}={value}")]
    target = ["--target", how["target"]] if "target" in how else []
    file = ["-f", ROOT / how["dockerfile"]]
    engine.docker(*BUILD, *proxies(), *file, *target, *arguments, "-t", image, ROOT)


def _standin(engine: Engine, folder: Path, target: str, image: str) -> None:
    context = folder / "standins"
    if not context.exists():
        shutil.copytree(STANDINS, context)
        shutil.copy(ROOT / "requirements.lock", context)
    engine.docker(*BUILD, *proxies(), "--target", target, "-t", image, context)


def _bytes(engine: Engine, image: str) -> int:
    return int(engine.docker("image", "inspect", "--format", "{{.Size}}", image))
