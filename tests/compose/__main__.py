"""Builds every image of docker-compose.local.yml, starts the stack with a Docker engine of its own, and tries it.

Needs root on a Debian, and a way to Debian's packages and to PyPI; no registry of images: what comes from one is
replaced by stand-ins of Debian's packages (deploy/compose/standins). Nothing of it is left behind.
"""

import argparse
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.compose import ground, machine
from tests.compose.telling import Failed, say, step

HELD, FAILED, CANNOT = 0, 1, 2
MARK = "REPITBOT_COMPOSE_TEST"
LONGEST_S = 1800


def main(arguments: list[str] | None = None) -> int:
    """0 when all held (or cannot be tried, with --if-possible), 1 when something did not, 2 when it cannot be tried."""
    given = _parser().parse_args(arguments)
    # So that it is cleaned up, whoever ends it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    started = time.monotonic()
    if why := machine.why_not():
        return _cannot(why, given.if_possible)
    with step("Debian's packages: Docker, docker-compose, debootstrap"):
        machine.install()
    if why := machine.why_not_now():
        return _cannot(why, given.if_possible)
    try:
        _try(machine.ROOT / "var" / "compose", keep=given.keep)
    except (Failed, subprocess.CalledProcessError) as failed:
        say(f"The stack does not hold: {failed}")
        return FAILED
    say(f"All of it holds. {time.monotonic() - started:.0f} s")
    return HELD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.compose", description=__doc__)
    parser.add_argument(
        "--if-possible", action="store_true", help="exit 0, with the reason, where it cannot be tried"
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep base and images in var/compose: the next run is faster"
    )
    return parser


def _cannot(why: str, if_possible: bool) -> int:
    say(f"NOT TRIED: the stack in containers. {why}")
    return HELD if if_possible else CANNOT


def _try(kept: Path, *, keep: bool) -> None:
    mark = secrets.token_hex(6)
    os.environ[MARK] = mark
    group = f"repitbot-{mark}"
    kept.mkdir(parents=True, exist_ok=True)
    # Short: the paths of sockets may have 108 letters.
    folder = Path(tempfile.mkdtemp(prefix="repitbot-"))
    data = kept / ("docker" if keep else f"docker-{mark}")
    archive = (kept if keep else folder) / "debian.tar"
    try:
        if not archive.exists():
            with step("A minimal Debian, by debootstrap"):
                ground.make(archive)
        _apart(machine.APART, "build", folder, data, group, archive)
        _apart(machine.ALONE, "run", folder, data, group)
    finally:
        with step("Cleaning up"):
            _clean(folder, data, group, keep=keep)
    _nothing_left(folder, group, mark)


def _apart(namespaces: tuple[str, ...], *words: str | Path) -> None:
    """One half, in namespaces of its own. Raises Failed."""
    command = [*namespaces, sys.executable, "-m", "tests.compose.apart", *words]
    process = subprocess.Popen(command, cwd=machine.ROOT)
    try:
        if process.wait(LONGEST_S):
            raise Failed("see above.")
    finally:
        # The kernel ends whatever lives in the namespace with it.
        process.kill()
        process.wait()


def _clean(folder: Path, data: Path, group: str, *, keep: bool) -> None:
    for place in machine.cgroup_folders(group):
        place.rmdir()
    shutil.rmtree(folder)
    if not keep:
        shutil.rmtree(data, ignore_errors=True)
    if data.parent.exists() and not any(data.parent.iterdir()):
        data.parent.rmdir()


def _nothing_left(folder: Path, group: str, mark: str) -> None:
    """No process, no mount, no control group, no folder. Raises Failed."""
    ours = f"{MARK}={mark}".encode()
    processes = [
        p.name for p in Path("/proc").glob("[0-9]*") if ours in _environment(p) and p.name != str(os.getpid())
    ]
    mounts = [
        line
        for line in Path("/proc/self/mounts").read_text().splitlines()
        if mark in line or str(folder) in line
    ]
    if left := [*processes, *mounts, *machine.cgroup_folders(group), *([folder] if folder.exists() else [])]:
        raise Failed(f"left behind: {left}")


def _environment(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


if __name__ == "__main__":
    sys.exit(main())
