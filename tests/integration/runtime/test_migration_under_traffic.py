"""The schema changes while everybody goes on: who waits for a table's lock lets the others pass."""

import secrets
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, exc, text

from lib.db import migrations
from lib.db.migrations import HERE, Busy, newest, upgrade
from lib.local.servers.postgres import PostgresServer

STEP = '''"""A step of this test."""
from alembic import op

from lib.db.migrations import concurrently

revision, down_revision = "{number}", {before}


def upgrade() -> None:
    {body}
'''
READERS = 4
# Five times the migrator's: whoever waits longer has waited for more than one of its tries.
READER_PATIENCE = "SET lock_timeout = '1s'"
LET_PASS = "A table is in use"


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database."""
    admin = create_engine(postgres.url("postgres")).execution_options(isolation_level="AUTOCOMMIT")
    name = f"test_{secrets.token_hex(6)}"
    with admin.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    yield postgres.url(name)
    with admin.connect() as conn:
        conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A pool over it, with a table that is in use."""
    made = create_engine(url, pool_size=READERS + 3)
    with made.begin() as conn:
        conn.execute(text("CREATE TABLE busy AS SELECT n FROM generate_series(1, 1000) n"))
    yield made
    made.dispose()


def scripts(folder: Path, *bodies: str) -> Path:
    """Revisions 0001, 0002, … whose work is `bodies`."""
    (folder / "versions").mkdir(parents=True)
    shutil.copy(HERE / "env.py", folder)
    for n, body in enumerate(bodies, 1):
        before = f'"{n - 1:04}"' if n > 1 else None
        step = STEP.format(number=f"{n:04}", before=before, body=body)
        (folder / "versions" / f"{n:04}_step.py").write_text(step)
    return folder


class Readers:
    """Read again and again. `waited`: how many reads PostgreSQL broke off because of a lock."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.read = self.waited = 0
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(READERS)]

    def __enter__(self) -> "Readers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(30)

    def _run(self) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text(READER_PATIENCE))
            while not self._over.wait(0.005):
                try:
                    conn.execute(text("SELECT count(*) FROM busy")).scalar_one()
                    self.read += 1
                except exc.OperationalError:
                    self.waited += 1


def columns(engine: Engine) -> set[str]:
    with engine.connect() as conn:
        return set(conn.execute(text("SELECT * FROM busy LIMIT 0")).keys())


def test_readers_pass_while_a_change_waits_for_a_long_transaction(
    engine: Engine, url: str, tmp_path: Path
) -> None:
    steps = scripts(tmp_path / "steps", 'op.execute("ALTER TABLE busy ADD COLUMN note text")')
    told: list[str] = []
    thrice = threading.Event()

    def tell(line: str) -> None:
        told.append(line)
        if sum(each.startswith(LET_PASS) for each in told) == 3:
            thrice.set()

    migrator = threading.Thread(target=lambda: upgrade(url, tell=tell, scripts=steps), daemon=True)
    with engine.connect() as holder, Readers(engine) as readers:
        holder.execute(text("SELECT 1 FROM busy LIMIT 1"))
        migrator.start()
        assert thrice.wait(60)
        before = readers.read
        assert columns(engine) == {"n"}
        holder.rollback()
        migrator.join(60)
    assert columns(engine) == {"n", "note"}
    assert readers.waited == 0
    assert readers.read > before > 100
    assert told[-1] == "0001 is in place."


def test_a_change_that_does_not_come_through_says_what_to_do_and_leaves_all_as_it_was(
    engine: Engine, url: str, tmp_path: Path
) -> None:
    steps = scripts(
        tmp_path / "steps",
        'op.execute("CREATE TABLE before_it (n int)")',
        'op.execute("CREATE TABLE beside_it (n int)"); op.execute("ALTER TABLE busy ADD COLUMN note text")',
    )
    with engine.connect() as holder:
        holder.execute(text("SELECT 1 FROM busy LIMIT 1"))
        with pytest.raises(Busy, match="pg_stat_activity"):
            upgrade(url, scripts=steps, patience_s=1)
    with engine.connect() as conn:
        there = set(
            conn.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
        )
    assert there == {"busy", "before_it", "alembic_version"}
    upgrade(url, scripts=steps)
    assert columns(engine) == {"n", "note"}


def test_an_index_is_made_beside_writers_and_what_a_broken_try_left_is_made_again(
    engine: Engine, url: str, tmp_path: Path
) -> None:
    statement = "CREATE UNIQUE INDEX CONCURRENTLY busy_n ON busy (n)"
    steps = scripts(tmp_path / "steps", f'concurrently.index("{statement}")')
    with engine.begin() as conn:
        conn.execute(text("INSERT INTO busy VALUES (1)"))
    with pytest.raises(exc.IntegrityError):
        upgrade(url, scripts=steps)
    valid = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('busy_n')")
    with engine.begin() as conn:
        assert conn.execute(valid).scalar_one() is False
        conn.execute(text("DELETE FROM busy WHERE ctid = (SELECT max(ctid) FROM busy WHERE n = 1)"))
    upgrade(url, scripts=steps)
    with engine.connect() as conn:
        assert conn.execute(valid).scalar_one() is True


def test_two_migrators_at_once_make_one_schema(url: str) -> None:
    told: list[list[str]] = [[], []]
    failed: list[BaseException] = []

    def migrate(lines: list[str]) -> None:
        try:
            upgrade(url, tell=lines.append)
        except BaseException as error:  # noqa: BLE001 - told to the test
            failed.append(error)

    threads = [threading.Thread(target=migrate, args=(lines,), daemon=True) for lines in told]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    done = [line for lines in told for line in lines if line.endswith("is in place.")]
    assert len(done) == len(set(done)) == int(newest())


def test_whoever_finds_another_at_work_for_too_long_is_told(url: str, engine: Engine) -> None:
    with engine.begin() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": migrations.MIGRATION_LOCK})
        with pytest.raises(Busy, match="Another migration, or a restore, is at work"):
            upgrade(url, patience_s=0.5)
    upgrade(url)
