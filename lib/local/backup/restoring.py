"""Restoring a backup into an empty database, with the send fence closed before the first row is there."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text

from lib.db import fence
from lib.db.engine import libpq_url, sqlalchemy_url
from lib.db.migrations import MIGRATION_LOCK, fence_table, newest, upgrade
from lib.local.backup import fingerprints, programs
from lib.local.backup.archive import DUMP, Reader, reading
from lib.local.backup.manifest import Manifest, differences
from lib.local.backup.telling import Tell
from lib.local.backup.trouble import Trouble
from lib.storage.model import Store

JOBS = 2
OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' "
    "AND pid <> pg_backend_pid()"
)
MAJOR = text("SELECT CAST(current_setting('server_version_num') AS integer) / 10000")
# In pg_restore's list of contents.
FENCE_DATA = re.compile(r"^\d+; \d+ \d+ TABLE DATA public send_fence ", re.MULTILINE)


def restore(url: str, store: Store, file: Path, *, tell: Tell) -> Manifest:
    """Load `file` into the empty database at `url`, compare it with what was backed up, and bring it to this
    version's schema. Nothing is sent afterwards until an operator releases it. Raises Trouble."""
    with reading(file) as backup, _alone(url) as (engine, conn):
        _check_fit(conn, backup.manifest)
        tell("checking the file")
        backup.check()
        with _unpacked(backup, file) as dump:
            _load(engine, conn, url, dump, backup.manifest, tell)
        _compare(engine, backup.manifest, tell)
        for key, data, media_type in backup.stored():
            tell(f"storing {key}")
            store.put(key, data, media_type)
        told = backup.manifest
    tell("bringing the schema to this version")
    upgrade(url)
    return told


@contextmanager
def _alone(url: str) -> Iterator[tuple[Engine, Connection]]:
    """A connection that keeps migrators out while it is open. Raises Trouble when somebody uses the database."""
    engine = create_engine(sqlalchemy_url(url), hide_parameters=True, connect_args={"connect_timeout": 10})
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            others = conn.execute(OTHERS).scalar_one()
            free = conn.execute(text("SELECT pg_try_advisory_lock(:k)"), {"k": MIGRATION_LOCK}).scalar_one()
            if others or not free:
                raise Trouble(
                    f"The database is in use ({others} connections). Stop the functions and the bridge first."
                )
            yield engine, conn
    finally:
        engine.dispose()


def _check_fit(conn: Connection, told: Manifest) -> None:
    if there := fingerprints.tables(conn):
        raise Trouble(
            f"This database is not empty: it has {len(there)} tables, {there[0]} among them. Restore into a new one "
            "(createdb), or move the embedded one away (mv var/postgres var/postgres.before)."
        )
    major = conn.execute(MAJOR).scalar_one()
    if major < told.postgres:
        raise Trouble(
            f"The backup comes from PostgreSQL {told.postgres}, this server is {major}. It can go into "
            f"{told.postgres} or newer."
        )
    if told.schema_revision > newest():
        raise Trouble(
            f"The backup has schema {told.schema_revision}, this version knows {newest()}. Restore it with version "
            f"{told.version} or later."
        )


@contextmanager
def _unpacked(backup: Reader, file: Path) -> Iterator[Path]:
    """The dump as a file beside the backup, where there was room for it before; else where temporary files go."""
    beside = file.resolve().parent
    try:
        folder = tempfile.mkdtemp(dir=beside, prefix=".restoring-")
    except OSError:
        folder = tempfile.mkdtemp(prefix="restoring-")
    dump = Path(folder) / DUMP
    try:
        backup.extract(DUMP, dump)
        yield dump
    finally:
        dump.unlink(missing_ok=True)
        Path(folder).rmdir()


def _load(engine: Engine, conn: Connection, url: str, dump: Path, told: Manifest, tell: Tell) -> None:
    program = programs.of_server(conn.execute(MAJOR).scalar_one(), least=told.postgres) / "pg_restore"
    libpq = libpq_url(url)
    load: list[str | Path] = [program, "--no-owner", "--no-privileges", "--exit-on-error"]
    contents = dump.with_suffix(".list")
    try:
        listed = programs.run([program, "--list", "--section=data", dump], "")
        contents.write_text(FENCE_DATA.sub(r";\g<0>", listed), encoding="utf-8")
        tell("making the tables")
        programs.run([*load, "--section=pre-data", dump], libpq)
        with engine.begin() as closing:
            closing.execute(text(fence_table()))
            fence.close(closing, told.made_at)
        tell("loading the rows")
        programs.run([*load, f"--jobs={JOBS}", "--section=data", f"--use-list={contents}", dump], libpq)
        tell("making the indexes")
        programs.run([*load, f"--jobs={JOBS}", "--section=post-data", dump], libpq)
    finally:
        contents.unlink(missing_ok=True)
    tell("gathering the planner's statistics")
    conn.execute(text("ANALYZE"))


def _compare(engine: Engine, told: Manifest, tell: Tell) -> None:
    with engine.connect() as conn:
        found = fingerprints.taken(conn, lambda name: tell(f"comparing {name}"))
    if wrong := differences(told.tables, found):
        raise Trouble(
            f"These tables are not what was backed up: {', '.join(wrong)}. Do not use this database; sending is off."
        )
