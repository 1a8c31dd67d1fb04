"""A database that the earlier code wrote becomes one of the present code, with nothing lost and all figures there."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import create_engine, text

from lib.db import migrations
from lib.domain.batches import decode_all
from lib.domain.events import Arrival
from lib.local.servers.postgres import PostgresServer
from lib.runtime.settings import Settings
from lib.testing.simulator.school import events as school
from tests.clients import Client
from tests.integration.analytics.test_exact_cache import QUESTIONS

UNTIL = datetime(2026, 4, 10, tzinfo=UTC)
# What the code before the months wrote; figures it kept are left out, for all of them are told anew.
WRITE = text(
    "INSERT INTO events (position, source, id, type, subject, entity, occurred_at, data) VALUES (:position, :source, "
    ":id, :type, :subject, :entity, :time, CAST(:data AS jsonb))"
)


def test_the_log_is_taken_over_and_told_anew(postgres: PostgresServer, database_url: str) -> None:
    events = list(school(6, days=60, seed=9, until=UNTIL))
    name = f"test_{secrets.token_hex(6)}"
    admin = create_engine(postgres.url()).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    try:
        url = postgres.url(name)
        migrations.upgrade(url, "0006")
        _written(url, events)
        migrations.upgrade(url)
        old, new = _clients(url), _clients(database_url)
        for body in _turns(url):
            assert old[0].message(body.encode()).status_code == 200
        assert old[0].get("/api/v1/admin/recompute").json["state"] == "done"
        _take(new[0], events)
        _take(old[0], events[-10:])
        for question in QUESTIONS:
            mine, theirs = (each[1].get(f"/api/v1/analytics/{question}").json for each in (old, new))
            assert mine.keys() == theirs.keys()
            assert {k: v for k, v in mine.items() if k not in ("as_of", "receipt")} == {
                k: v for k, v in theirs.items() if k not in ("as_of", "receipt")
            }, question
        for client in old:
            client.services.db.dispose()
    finally:
        with admin.connect() as conn:
            conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def _clients(url: str) -> tuple[Client, Client]:
    settings = Settings(database_url=url, environment="test")
    return Client("aggregate_events", settings), Client("query_analytics", settings)


def _take(door: Client, events: list[dict[str, Any]]) -> None:
    for start in range(0, len(events), 1000):
        answer = door.post("/api/v1/events", json=events[start : start + 1000], role="service")
        assert answer.status_code == 202, answer.text


def _written(url: str, events: list[dict[str, Any]]) -> None:
    engine = create_engine(url)
    with engine.begin() as conn:
        for start in range(0, len(events), 1000):
            for n, event in enumerate(
                decode_all(events[start : start + 1000], Arrival(UNTIL)).events, start + 1
            ):
                names = {k: getattr(event, k) for k in ("source", "id", "type", "subject", "time")}
                row = {
                    "position": n,
                    "data": json.dumps(event.data),
                    "entity": _old_entity(event.type, event.data),
                }
                conn.execute(WRITE, names | row)
    engine.dispose()


def _old_entity(kind: str, data: Any) -> str | None:
    """What the earlier code called an entity: it knew neither materials nor charges."""
    family, _, word = kind.partition(".")
    if kind in ("user.login", "material.accessed", "material.file.downloaded"):
        return f"{'login' if family == 'user' else 'access'}:{secrets.token_hex(4)}"
    if family == "homework":
        return f"homework:{data['homework_id']}/{data['student_id']}"
    if family == "lesson" and word != "reminder_needed":
        return f"lesson:{data['lesson_id']}"
    if family == "payment" and word in ("processed", "failed", "refunded"):
        return f"payment:{data['payment_id']}"
    return f"user:{data['user_id']}" if family == "user" else None


def _turns(url: str) -> list[str]:
    engine = create_engine(url)
    with engine.begin() as conn:
        found = conn.execute(text("DELETE FROM outbox RETURNING body")).scalars().all()
    engine.dispose()
    return list(found)
