"""Making a backup: everything from one snapshot, while the system goes on."""

import contextlib
import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from lib.db.engine import connect, libpq_url
from lib.errors import Permanent
from lib.local.backup import archive, fingerprints, programs
from lib.local.backup.archive import DUMP, STORED, Writer
from lib.local.backup.manifest import Manifest
from lib.local.backup.telling import Tell
from lib.local.backup.trouble import Trouble
from lib.storage.model import Store

PREFIX, SUFFIX = "repitbot-", ".tar"
UNFINISHED = ".unfinished-"
ABANDONED_S = 24 * 3600
LONGEST_STATEMENT_MS = 3_600_000
SNAPSHOT = text(
    "SELECT pg_export_snapshot() AS id, now() AS made_at, "
    "CAST(current_setting('server_version_num') AS integer) / 10000 AS postgres"
)
POSITION = text("SELECT coalesce(max(position), 0) FROM events")
REVISION = text("SELECT version_num FROM alembic_version")
FILES = text(
    "SELECT DISTINCT ON (artifact_key) artifact_key AS key, media_type FROM reports "
    "WHERE state = 'done' AND artifact_key IS NOT NULL ORDER BY artifact_key"
)


def make(url: str, store: Store, folder: Path, *, version: str, tell: Tell) -> Path:
    """A backup of the database at `url` (SQLAlchemy's form) and its stored files; the new file in `folder`.

    Nothing with a backup's name is left behind when it fails. Raises Trouble.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    engine = connect(url, pool_size=1, statement_timeout_ms=LONGEST_STATEMENT_MS)
    work = folder / f"{UNFINISHED}{secrets.token_hex(8)}"
    work.mkdir(mode=0o700)
    try:
        made_at = _write(engine, url, store, work, version, tell)
        place = folder / f"{PREFIX}{made_at:%Y-%m-%dT%H%M%S}Z{SUFFIX}"
        if place.exists():
            raise Trouble(f"{place} is there already. Wait for a second and try again.")
        (work / "whole").rename(place)
        _sync(folder)
        return place
    except OSError as error:
        raise Trouble(f"The backup cannot be written to {folder}: {error.strerror}.") from error
    finally:
        engine.dispose()
        shutil.rmtree(work, ignore_errors=True)


def _write(engine: Engine, url: str, store: Store, work: Path, version: str, tell: Tell) -> datetime:
    with _snapshot(engine) as (conn, taken):
        if not (tables := fingerprints.tables(conn)) or "public.alembic_version" not in tables:
            raise Trouble("This database is empty or none of ours: there is nothing to back up.")
        position, revision = conn.execute(POSITION).scalar_one(), conn.execute(REVISION).scalar_one()
        files = conn.execute(FILES).all()
        with _dumping(taken, url, work / DUMP, tell):
            sums = fingerprints.taken(conn, lambda name: tell(f"adding up {name}"))
    with archive.writing(work / "whole") as writer:
        tell("packing the dump")
        writer.add_file(DUMP, work / DUMP)
        missing = _add_files(writer, store, files, tell)
        writer.finish(
            Manifest(
                made_at=taken.made_at,
                version=version,
                schema_revision=revision,
                postgres=taken.postgres,
                position=position,
                tables=sums,
                files=writer.files,
                missing=missing,
            )
        )
    made_at: datetime = taken.made_at
    return made_at


@contextlib.contextmanager
def _snapshot(engine: Engine) -> Iterator[tuple[Connection, Row[tuple[str, datetime, int]]]]:
    """A transaction that sees one moment, and the name under which others may see it."""
    with engine.connect().execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    ) as conn:
        yield conn, conn.execute(SNAPSHOT).one()


@contextlib.contextmanager
def _dumping(taken: Row[tuple[str, datetime, int]], url: str, to: Path, tell: Tell) -> Iterator[None]:
    """pg_dump at work beside the block; waits for its end. Raises Trouble when it fails."""
    name = programs.of_server(taken.postgres) / "pg_dump"
    argv: list[str | Path] = [
        name,
        "--format=custom",
        "--compress=1",
        "--no-owner",
        "--no-privileges",
        "--verbose",
    ]
    argv = [*argv, f"--snapshot={taken.id}", "--lock-wait-timeout=60s", f"--file={to}"]
    failed: list[BaseException] = []

    def dump() -> None:
        try:
            programs.run(argv, libpq_url(url), lambda line: _told(line, tell))
        except BaseException as error:  # noqa: BLE001 - told to whoever waits for the thread
            failed.append(error)

    thread = threading.Thread(target=dump, daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if failed:
        raise failed[0]


def _told(line: str, tell: Tell) -> None:
    if "dumping contents of table" in line:
        tell(line.partition("pg_dump: ")[2])


def _add_files(writer: Writer, store: Store, rows: Sequence[Row[Any]], tell: Tell) -> tuple[str, ...]:
    """The stored files that the snapshot knows; the keys of those that have run out meanwhile."""
    missing = []
    for number, row in enumerate(rows, 1):
        tell(f"packing stored files, {number} of {len(rows)}")
        try:
            writer.add_bytes(f"{STORED}{row.key}", store.get(row.key), row.media_type)
        except Permanent as error:
            if error.reason != "not_stored":
                raise
            missing.append(row.key)
    return tuple(missing)


def keep_newest(folder: Path, count: int) -> list[Path]:
    """Delete our backups but the newest `count`; those that were deleted."""
    ours = sorted(folder.glob(f"{PREFIX}*{SUFFIX}"), reverse=True)
    for path in ours[count:]:
        path.unlink()
    return ours[count:]


def _sweep(folder: Path) -> None:
    """What a killed run left behind."""
    for path in folder.glob(f"{UNFINISHED}*"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - ABANDONED_S:
                shutil.rmtree(path, ignore_errors=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
