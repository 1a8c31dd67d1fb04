"""What one letter costs: a broadcast by e-mail through the whole system, in processor time and in bytes of database.

The mail server is the project's double in a process of its own, which is not counted. Processor seconds are those of
every process of the system and of its PostgreSQL, so that they hold on a machine that has other work to do.
"""

import argparse
import os
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Engine, text

from lib.db import migrations
from lib.db.engine import connect
from lib.local.servers.postgres import PostgresServer
from lib.testing.mailbox.office import PostOffice
from tests.acceptance.system import System

MEMORY = "/dev/shm"  # noqa: S108 - a folder of a random name in it
TOKEN = "1000000001:letters-of-benchmarks-letters-00000"  # noqa: S105 - the double's own
PEOPLE = text(
    "INSERT INTO recipients (user_id, role, name, email) "
    "SELECT 'p-' || n, 'parent', 'Имя ' || n, 'p' || n || '@school.example' FROM generate_series(1, :people) AS n"
)
# Not the queue's own tables, which are as large as what waits.
KEPT = text(
    "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND c.relname IN ('notifications', 'deliveries', 'timeline')"
)
Json = dict[str, Any]


def add_arguments(group: "argparse._ArgumentGroup") -> None:
    """The options of this benchmark."""
    group.add_argument("--letters", type=int, default=3000, help="default 3,000: about two minutes")


def run(given: argparse.Namespace) -> Json:
    """Run it; the figures by name."""
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as elsewhere,
        PostgresServer(Path(folder) / "postgres") as server,
        PostOffice(Path(elsewhere) / "office", token=TOKEN, process=True) as office,
    ):
        migrations.upgrade(server.url())
        engine = connect(server.url())
        with engine.begin() as conn:
            conn.execute(PEOPLE, {"people": given.letters})
        home = Path(folder) / "system"
        home.mkdir()
        environment = {
            "DATABASE_URL": server.url().replace("postgresql+psycopg2:", "postgresql:"),
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(office.smtp_port),
            "EMAIL_USE_TLS": "false",
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": office.url,
        }
        with System(home, environment) as system:
            figures = _measured(system, engine, office, Path(folder), given.letters)
        engine.dispose()
        return figures


def _measured(system: System, engine: Engine, office: PostOffice, folder: Path, letters: int) -> Json:
    kept, used = _kept(engine), _processor(system, folder)
    body = {
        "audience": {"role": "parent"},
        "channels": ["email"],
        "data": {"title": "Каникулы", "message": "Школа закрыта до понедельника."},
    }
    placed = system.ask("POST", "NOTIFICATION_PORT", "/api/v1/broadcasts", body=body)
    assert placed.status == 202, placed.data  # noqa: S101 - nothing to measure otherwise
    path = f"/api/v1/broadcasts/{placed.json()['id']}"
    deadline = time.monotonic() + letters / 5 + 120
    while system.get("NOTIFICATION_PORT", path).json()["state"] != "done" and time.monotonic() < deadline:
        time.sleep(2)
    spent = _processor(system, folder) - used
    times = [_seconds(each["at"]) for each in office.ledger("smtp") if each["what"] == "accepted"]
    return {
        "letters": letters,
        "arrived": len(times),
        "letters_per_second": round((len(times) - 1) / (max(times) - min(times)), 1),
        "processor_ms_per_letter": round(spent * 1000 / len(times), 1),
        "letters_per_second_and_core": round(len(times) / spent, 1),
        "database_bytes_per_letter": round((_kept(engine) - kept) / len(times)),
    }


def _processor(system: System, folder: Path) -> float:
    """Seconds that the system's processes and its database's have used, those that have ended not counted."""
    ours = {*system.processes(), *_database(folder)}
    total = 0.0
    for pid in ours:
        try:
            times = psutil.Process(pid).cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def _database(folder: Path) -> list[int]:
    main = int((folder / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])
    return [main, *(child.pid for child in psutil.Process(main).children(recursive=True))]


def _kept(engine: Engine) -> int:
    with engine.connect() as conn:
        return int(conn.execute(KEPT).scalar_one())


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
