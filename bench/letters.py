"""What one letter costs: a broadcast by e-mail through the whole system, in processor time and in bytes of database.

The mail server is the project's double in a process of its own, which is not counted. Processor seconds are those of
every process of the system and of its PostgreSQL, so that they hold on a machine that has other work to do.
"""

import argparse
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Engine, text

from bench.stage import Stage, stage
from tests.acceptance.system import System

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
    with stage(lambda conn: conn.execute(PEOPLE, {"people": given.letters})) as stood:
        return _measured(stood, given.letters)


def _measured(stood: Stage, letters: int) -> Json:
    folder, engine, office, system = stood
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
