"""A backup of a big school while it is being written to, and its restore, checked row by row.

PostgreSQL runs with its durability on. `load`: a writer commits an event at a time, with the message that tells of
it, before and during the backup; its slowest commit says what a backup costs whoever works meanwhile.
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
from lib.local.backup.making import make
from lib.local.backup.restoring import restore
from lib.local.servers.postgres import PostgresServer
from lib.runtime.settings import VERSION
from lib.storage.files import FileStore

PART = 50_000
CALM_S = 5.0
EVENTS = text(
    "INSERT INTO events (position, source, id, type, subject, entity, occurred_at, data) "
    "SELECT n, 'bench', 'e-' || n, 'lesson.created', 'lessons/' || n, 'lesson:' || n, now() - n * interval '1 minute', "
    "jsonb_build_object('lesson_id', 'l-' || n, 'student_id', 's-' || n % 5000, 'tutor_id', 't-' || n % 200, "
    "'subject', 'Математика', 'topic', md5(n::text), 'starts_at', now() + n * interval '1 minute', "
    "'duration_minutes', 60, 'price', '1500.00', 'currency', 'RUB', "
    "'room_url', 'https://rooms.example/' || md5(n::text)) "
    "FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) n"
)
LESSONS = text(
    "INSERT INTO lessons (lesson_id, student_id, tutor_id, subject, topic, starts_at, duration_minutes, price, "
    "currency) SELECT 'l-' || n, 's-' || n % 5000, 't-' || n % 200, 'Математика', md5(n::text), "
    "now() + n * interval '1 minute', 60, 1500, 'RUB' "
    "FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) n"
)
MESSAGES = (
    text(
        "INSERT INTO notifications (id, type, priority, data, critical) SELECT gen_random_uuid(), 'lesson_created', "
        "'normal', jsonb_build_object('lesson_id', 'l-' || n, 'subject', 'Математика'), false "
        "FROM generate_series(1, :count) n"
    ),
    text(
        "INSERT INTO deliveries (id, notification_id, user_id, channel, state, reason, finished_at) "
        "SELECT gen_random_uuid(), id, 's-1', 'email', 'sent', 'sent', now() FROM notifications"
    ),
    text(
        "INSERT INTO timeline (delivery_id, notification_id, kind, state, reason) "
        "SELECT id, notification_id, k, 'sent', 'sent' FROM deliveries, unnest(ARRAY['decision', 'answer']) k"
    ),
)
TOLD = text(
    "INSERT INTO outbox (exchange, routing_key, message_id, content_type, body) "
    "VALUES ('', 'notifications.events', :id, 'application/json', '{}')"
)
Json = dict[str, Any]


def add_arguments(group: "argparse._ArgumentGroup") -> None:
    """The options of this benchmark."""
    group.add_argument("--logged", type=int, default=1_000_000, help="events in the log (default 1,000,000)")


def run(given: argparse.Namespace) -> Json:
    """Run it; the figures by name."""
    with (
        tempfile.TemporaryDirectory() as name,
        PostgresServer(Path(name) / "one") as one,
        PostgresServer(Path(name) / "two") as two,
    ):
        migrations.upgrade(one.url())
        engine = create_engine(one.url())
        _fill(engine, given.logged)
        store = FileStore(Path(name) / "artifacts", "bench")
        with Writer(engine, given.logged) as writer:
            time.sleep(CALM_S)
            calm = writer.cut()
            began = time.monotonic()
            made = make(one.url(), store, Path(name) / "backups", version=VERSION, tell=lambda _: None)
            backup_s = time.monotonic() - began
            busy = writer.cut()
        began = time.monotonic()
        told = restore(two.url(), store, made, tell=lambda _: None)
        restore_s = time.monotonic() - began
        engine.dispose()
        return {
            "events": given.logged,
            "rows": sum(table.count for table in told.tables.values()),
            "tables_equal": len(told.tables),
            "megabytes": round(made.stat().st_size / 1e6, 1),
            "backup_s": round(backup_s, 1),
            "restore_s": round(restore_s, 1),
            "commits_during_backup": len(busy),
            **{f"commit_{cut}_ms_before": value for cut, value in _cuts(calm).items()},
            **{f"commit_{cut}_ms_during": value for cut, value in _cuts(busy).items()},
        }


def _fill(engine: Engine, events: int) -> None:
    for first in range(1, events + 1, PART):
        part = {"first": first, "last": min(first + PART - 1, events)}
        with engine.begin() as conn:
            conn.execute(EVENTS, part)
            conn.execute(LESSONS, part)
    with engine.begin() as conn:
        for statement in MESSAGES:
            conn.execute(statement, {"count": events // 5} if ":count" in statement.text else {})


class Writer:
    """Commits an event and its message again and again, from the beginning of a with block to its end."""

    def __init__(self, engine: Engine, events: int) -> None:
        self._engine, self._next = engine, events + 1
        self._seconds: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Writer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(30)

    def cut(self) -> list[float]:
        """How long each commit since the last cut took, seconds."""
        taken, self._seconds = self._seconds, []
        return taken

    def _run(self) -> None:
        while not self._over.wait(0.01):
            began = time.monotonic()
            with self._engine.begin() as conn:
                conn.execute(EVENTS, {"first": self._next, "last": self._next})
                conn.execute(TOLD, {"id": str(self._next)})
            self._seconds.append(time.monotonic() - began)
            self._next += 1


def _cuts(seconds: list[float]) -> dict[str, float]:
    cuts = quantiles(seconds, n=100)
    return {"p50": round(cuts[49] * 1000, 1), "p99": round(cuts[98] * 1000, 1)}
