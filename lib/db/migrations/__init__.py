"""Schema migrations (Alembic). `python -m lib.db.migrations` brings DATABASE_URL to the newest revision, while the
system before it goes on working: a step that does not get its lock at once lets everybody pass and tries again."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, exc, text

# One migrator at a time, however many machines start at once.
MIGRATION_LOCK = 8006_8007
# Whoever waits for a table's lock holds up everybody who comes after, readers too: so long, and no longer.
LOCK_TIMEOUT_MS = 200
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
PATIENCE_S = 900.0
# lock_not_available, deadlock_detected
BUSY = ("55P03", "40P01")
HERE = Path(__file__).parent
Tell = Callable[[str], None]


class Busy(Exception):
    """The locks could not be had in time. What was finished stays; running it again goes on."""


def upgrade(
    url: str,
    revision: str = "head",
    *,
    tell: Tell = lambda _: None,
    patience_s: float = PATIENCE_S,
    scripts: Path = HERE,
) -> None:
    """Bring the database at `url` (a SQLAlchemy URL) to `revision`. Does nothing when it is there already.

    Each revision is one transaction. Raises Busy after `patience_s` seconds of trying.
    """
    end = time.monotonic() + patience_s
    engine = create_engine(url, connect_args={"connect_timeout": 10})
    try:
        with engine.connect() as connection:
            _take_turn(connection, end, tell)
            connection.execute(text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
            connection.commit()
            _insist(connection, revision, scripts, end, tell)
    finally:
        engine.dispose()


def _take_turn(connection: Connection, end: float, tell: Tell) -> None:
    """Asked again and again: whoever waits for a lock keeps a snapshot, for which concurrent indexes would wait."""
    told = False
    while not connection.execute(text("SELECT pg_try_advisory_lock(:k)"), {"k": MIGRATION_LOCK}).scalar_one():
        connection.commit()
        if time.monotonic() > end:
            raise Busy(
                "Another migration, or a restore, is at work on this database. Try again when it is done."
            )
        if not told:
            tell("Another migration is at work; waiting for it.")
            told = True
        time.sleep(FIRST_PAUSE_S / 2)
    connection.commit()


def _insist(connection: Connection, revision: str, scripts: Path, end: float, tell: Tell) -> None:
    # Imported here: function images read the schema, only a migrator needs Alembic.
    from alembic import command

    config, pause = _config(scripts), FIRST_PAUSE_S
    config.attributes.update(connection=connection, tell=tell)
    while True:
        try:
            command.upgrade(config, revision)
            connection.commit()
            return
        except exc.DBAPIError as error:
            connection.rollback()
            if getattr(error.orig, "pgcode", None) not in BUSY:
                raise
            if time.monotonic() + pause > end:
                raise Busy(
                    "A table is in use by long transactions, so its change was put off. The system works on as it "
                    "was; try again when there is less to do. pg_stat_activity shows who holds it (xact_start)."
                ) from error
            tell(f"A table is in use; everybody is let pass, the next try follows in {pause:g} s.")
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)


def _config(scripts: Path) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str:
    """The revision that this version of the code brings a database to."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(_config(HERE)).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations")
    return head


def fence_table() -> str:
    """The statement that makes the send fence where there is none yet: a restore closes it before anything else."""
    return (HERE / "versions" / "0015_fence.sql").read_text(encoding="utf-8")
