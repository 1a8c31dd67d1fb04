"""PostgreSQL's own programs: those that fit the server, and how they are run."""

import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from psycopg2.extensions import make_dsn, parse_dsn

from lib.local.backup.trouble import Trouble
from lib.local.servers.child import ServerError
from lib.local.servers.postgres import packaged_programs

DEBIAN = Path("/usr/lib/postgresql")
LIMITS = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
# What is loaded is checked afterwards, and loaded again after a power cut.
OPTIONS = "-c synchronous_commit=off -c maintenance_work_mem=256MB -c statement_timeout=0 -c timezone=UTC"
KEPT_LINES = 20


def of_server(major: int, *, least: int = 0) -> Path:
    """The folder of the programs for a server of this major version; `least`: not older than these.

    The same version if it is there, else the next newer: an older one refuses to work. Raises Trouble.
    """
    found = dict(_found())
    fitting = sorted(version for version in found if version >= max(major, least))
    if not fitting:
        have = ", ".join(map(str, sorted(found))) or "none"
        raise Trouble(
            f"No pg_dump and pg_restore of version {max(major, least)} or newer is on this machine (found: {have}). "
            f"Install postgresql-client-{max(major, least)}."
        )
    return found[fitting[0]]


def _found() -> Iterator[tuple[int, Path]]:
    """By version; those of the machine before those of the package, which come later and are overwritten."""
    for folder in (*_packaged(), *map(Path, os.get_exec_path()), *sorted(DEBIAN.glob("*/bin"))):
        if (folder / "pg_dump").is_file() and (folder / "pg_restore").is_file():
            told = subprocess.run(
                [folder / "pg_dump", "--version"], capture_output=True, text=True, check=False
            )
            if version := re.search(r"\) (\d+)", told.stdout):
                yield int(version[1]), folder


def _packaged() -> tuple[Path, ...]:
    try:
        newest = packaged_programs()
    except ServerError:
        return ()
    return (newest.parents[1] / "pginstall" / "bin", newest)


def run(argv: Sequence[str | Path], url: str, told: Callable[[str], None] = lambda _: None) -> str:
    """Run one of them on the database at `url` (libpq's form, or empty for none); its output.

    `told` hears each line that it says of its work or its errors. The password is in its environment, where other
    users do not see it. Raises Trouble when it fails.
    """
    known = parse_dsn(url) if url else {}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    environment |= {"PGPASSWORD": known.pop("password", ""), "PGOPTIONS": OPTIONS, "LC_ALL": "C.UTF-8"}
    database = [f"--dbname={make_dsn(**{**LIMITS, **known})}"] if url else []
    with subprocess.Popen(
        [*map(str, argv), *database],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env=environment,
    ) as process:
        lines: list[str] = []
        listener = threading.Thread(target=_listen, args=(process, lines, told), daemon=True)
        listener.start()
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for; this is for the type checker
            output = process.stdout.read()
            listener.join()
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise Trouble(f"{Path(argv[0]).name} failed: {' '.join(_complaints(lines))}")
    return output


def _listen(process: "subprocess.Popen[str]", lines: list[str], told: Callable[[str], None]) -> None:
    assert process.stderr is not None  # noqa: S101 - as above
    for line in process.stderr:
        lines[:] = [*lines[-KEPT_LINES:], line.strip()]
        told(line.strip())


def _complaints(lines: Sequence[str]) -> Sequence[str]:
    return [line for line in lines if "error" in line or "FATAL" in line][-3:] or lines[-3:]
