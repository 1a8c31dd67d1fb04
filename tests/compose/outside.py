"""Somebody beyond the machine, whom nothing of the stack should be able to reach."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Set aside for examples (RFC 5737), so it is no address of anybody's.
HERE, THERE, PORT = "198.51.100.1/24", "198.51.100.2", "8080"
CALL = ("bash", "-c", f"exec 3<>/dev/tcp/{THERE}/{PORT}")
WAIT_S = 3


@contextmanager
def somebody() -> Iterator[None]:
    """A web server in a namespace of its own, at the other end of a cable; it answers to addresses of the cable only,
    as the Internet knows none of a private network."""
    server = [sys.executable, "-m", "http.server", PORT, "--bind", "0.0.0.0"]
    wait = 'read -r _ && ip link set there up && ip addr add "$1" dev there && shift && exec "$@"'
    process = subprocess.Popen(
        ["unshare", "--net", "sh", "-c", wait, "sh", f"{THERE}/24", *server],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        _until_apart(process.pid)
        _ip("link", "add", "here", "type", "veth", "peer", "name", "there", "netns", str(process.pid))
        _ip("link", "set", "here", "up")
        _ip("addr", "add", HERE, "dev", "here")
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.close()
        yield
    finally:
        process.kill()
        process.wait()


def reached_from(pid: int) -> bool:
    """Whether a connection is made from the network of that process. Process 0 has ended, and its network with it."""
    command = ["timeout", str(WAIT_S), "nsenter", f"--net=/proc/{pid}/ns/net", *CALL]
    return bool(pid) and subprocess.run(command, capture_output=True, check=False).returncode == 0


def _until_apart(pid: int) -> None:
    """Until `unshare` has done its work, which is over in an instant."""
    mine = _network("self")
    while _network(str(pid)) == mine:
        pass


def _network(pid: str) -> str:
    return subprocess.run(
        ["readlink", f"/proc/{pid}/ns/net"], capture_output=True, text=True, check=True
    ).stdout


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
