"""What readers of a table in use feel of a change of it that has to wait for a long transaction.

The longest read is what counts: beside the migrator's 0.2 s of waiting and the change itself, nobody waits.
`without_limit` is the same with the migrator waiting for as long as it takes.
"""

import argparse
import tempfile
import threading
import time
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import Engine, create_engine, text

from lib.db import migrations
from lib.db.migrations import HERE
from lib.local.servers.postgres import PostgresServer

HELD_S = 5.0
READERS = 4
STEP = '''"""A step of this benchmark."""
from alembic import op

revision, down_revision = "9001", None


def upgrade() -> None:
    op.execute("ALTER TABLE busy ADD COLUMN note text")
'''
Json = dict[str, Any]


def run(_: argparse.Namespace) -> Json:
    """Run it; the figures by name."""
    with tempfile.TemporaryDirectory() as name, PostgresServer(Path(name) / "postgres") as server:
        steps = _steps(Path(name) / "steps")
        reads, tries = _measured(server.url(), steps)
        endless, _tries = _measured(server.url(), steps, limit_ms=0)
        return {
            "reads": len(reads),
            "tries": tries + 1,
            "read_p50_ms": _ms(quantiles(reads, n=100)[49]),
            "read_p99_ms": _ms(quantiles(reads, n=100)[98]),
            "read_worst_ms": _ms(max(reads)),
            "read_worst_ms_without_limit": _ms(max(endless)),
        }


def _steps(folder: Path) -> Path:
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text((HERE / "env.py").read_text())
    (folder / "versions" / "9001_step.py").write_text(STEP)
    return folder


def _measured(url: str, steps: Path, limit_ms: int = migrations.LOCK_TIMEOUT_MS) -> tuple[list[float], int]:
    """How long each read took, seconds, and how often the migrator let the others pass."""
    engine = create_engine(url, pool_size=READERS + 2)
    with engine.begin() as conn:
        conn.execute(text("DROP TABLE IF EXISTS busy, alembic_version"))
        conn.execute(
            text("CREATE TABLE busy AS SELECT n, md5(n::text) AS word FROM generate_series(1, 100000) n")
        )
        conn.execute(text("ALTER TABLE busy ADD PRIMARY KEY (n)"))
    reads: list[float] = []
    over = threading.Event()
    readers = [
        threading.Thread(target=_read, args=(engine, reads, over), daemon=True) for _ in range(READERS)
    ]
    passed: list[str] = []
    given, migrations.LOCK_TIMEOUT_MS = migrations.LOCK_TIMEOUT_MS, limit_ms
    migrator = threading.Thread(
        target=lambda: migrations.upgrade(url, tell=passed.append, scripts=steps), daemon=True
    )
    try:
        for reader in readers:
            reader.start()
        with engine.connect() as holder:
            holder.execute(text("SELECT 1 FROM busy LIMIT 1"))
            migrator.start()
            time.sleep(HELD_S)
        migrator.join(60)
    finally:
        migrations.LOCK_TIMEOUT_MS = given
        over.set()
        for reader in readers:
            reader.join(30)
        engine.dispose()
    return reads, sum(line.startswith("A table is in use") for line in passed)


def _read(engine: Engine, reads: list[float], over: threading.Event) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        n = 0
        while not over.wait(0.003):
            n = n % 100_000 + 1
            began = time.monotonic()
            conn.execute(text("SELECT * FROM busy WHERE n = :n"), {"n": n}).one()
            reads.append(time.monotonic() - began)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
