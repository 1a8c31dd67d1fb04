"""Whether this machine can run containers for a test, and what has to be put there first."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Everything that is started lives in namespaces of its own, and ends with them.
APART = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
ALONE = (*APART, "--net")
TRIED = "ip link set lo up && ip link add name tried type bridge && iptables -t nat -L -n && mount -t tmpfs none /mnt"


def why_not() -> str:
    """Why containers cannot be run here, in a sentence; empty when they can. Asks before anything is installed."""
    if os.geteuid() != 0:
        return "A Docker engine of its own can only be started by root."
    if shutil.which("unshare") is None or not _runs([*ALONE, "true"]):
        return "This machine gives its root no namespaces."
    if not os.access("/sys/fs/cgroup", os.W_OK) or not _cgroups():
        return "This machine gives its root no control groups."
    if shutil.which("apt-get") is None:
        return "The stand-ins are made of Debian's packages, and this is no Debian."
    return ""


def why_not_now() -> str:
    """The same, once the packages are there: bridges and address translation."""
    if not _runs([*ALONE, "sh", "-c", TRIED]):
        return "This machine's kernel has no bridges or no iptables for a namespace."
    return ""


def install() -> None:
    """Debian's packages that this needs. Raises CalledProcessError."""
    subprocess.run([ROOT / "deploy/machine/install.sh", "compose"], check=True)


def cgroup_folders(name: str) -> list[Path]:
    """The control groups called `name`, one for each hierarchy that is mounted, deepest first."""
    found = [p for top in _hierarchies() if (p := top / name).is_dir()]
    return [
        folder for top in found for folder in sorted((q for q in top.rglob("*") if q.is_dir()), reverse=True)
    ] + found


def _hierarchies() -> list[Path]:
    top = Path("/sys/fs/cgroup")
    return [top, *(p for p in top.iterdir() if p.is_dir() and not p.is_symlink())]


def _cgroups() -> bool:
    """Whether a group can be made where memory is counted."""
    memory = Path("/sys/fs/cgroup/memory")
    tried = (memory if memory.is_dir() else Path("/sys/fs/cgroup")) / f"repitbot-tried-{os.getpid()}"
    try:
        tried.mkdir()
        tried.rmdir()
    except OSError:
        return False
    return True


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0
