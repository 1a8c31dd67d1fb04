"""Taking events in: a school's log in batches over HTTP, and beside it the same events one commit each.

PostgreSQL runs with its durability on, as it comes. The function runs in as many processes as there are cores;
the notification side is not running (its messages are written, nobody takes them). `visible` is the time from
the answer 202 until an answer of the other function counts the event, at a steady rate.
"""

import argparse
import itertools
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from queue import Queue
from statistics import quantiles
from typing import Any

from bench.functions import Instance, running
from lib.db import migrations, recipients
from lib.db.engine import connect
from lib.domain.batches import decode_all
from lib.domain.events import Arrival
from lib.local.servers.postgres import PostgresServer
from lib.testing.simulator.school import events as school

BATCH = 1_000
BATCH_TYPE = "application/cloudevents-batch+json"
PROCESSES = 2
FEEDERS = 4
PEER_EVENTS = 2_000
RATE, TICK_S, VISIBLE_S = 500, 0.02, 30.0
Json = dict[str, Any]


def add_arguments(group: "argparse._ArgumentGroup") -> None:
    """The options of this benchmark."""
    group.add_argument("--events", type=int, default=600_000, help="how many to take in (default 600,000)")


def run(given: argparse.Namespace) -> Json:
    """Run it; the figures by name."""
    with tempfile.TemporaryDirectory() as name, PostgresServer(Path(name) / "postgres") as server:
        migrations.upgrade(server.url())
        log = school(2_000, days=730, seed=7, until=date(2026, 9, 1))
        batches = [
            json.dumps(part, ensure_ascii=False).encode()
            for part in _parts(itertools.islice(log, given.events), BATCH)
        ]
        environment = {"DATABASE_URL": server.url().replace("+psycopg2", "")}
        with running(
            Path(name), ["aggregate_events"] * PROCESSES + ["query_analytics"], environment
        ) as started:
            *doors, figures = started
            taken = _feed(doors, batches)
            visible = _visible(doors[0], figures)
        peer = _one_by_one(server.url(), list(itertools.islice(log, PEER_EVENTS)))
    return {
        "events": given.events,
        **taken,
        "one_commit_each_per_second": round(peer),
        "times_one_commit_each": round(taken["events_per_second"] / peer, 1),
        **visible,
    }


def _parts(events: Iterator[Json], size: int) -> Iterator[list[Json]]:
    while part := list(itertools.islice(events, size)):
        yield part


def _feed(doors: list[Instance], batches: list[bytes]) -> Json:
    waiting: Queue[bytes | None] = Queue()
    for body in [*batches, *[None] * FEEDERS]:
        waiting.put(body)
    ends: list[float] = []

    def feed(door: Instance) -> None:
        while (body := waiting.get()) is not None:
            answer = door.ask("POST", "/api/v1/events", body, role="service", kind=BATCH_TYPE)
            if answer.status != 202:
                raise RuntimeError(f"{answer.status}: {answer.data[:200]!r}")
            ends.append(time.perf_counter())

    threads = [threading.Thread(target=feed, args=(doors[n % len(doors)],)) for n in range(FEEDERS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = max(ends) - begun
    if len(ends) != len(batches):
        raise RuntimeError("A batch was not taken.")
    tenth = len(ends) // 10
    slowest = max(ends[n + tenth] - ends[n] for n in range(0, len(ends) - tenth, max(tenth, 1)))
    return {
        "events_per_second": round(len(batches) * BATCH / seconds),
        "slowest_tenth_per_second": round(tenth * BATCH / slowest),
        "seconds": round(seconds, 1),
    }


def _one_by_one(url: str, events: list[Json]) -> float:
    engine = connect(url)
    decoded = decode_all(events[:BATCH], Arrival(datetime.now(UTC))).events
    begun = time.perf_counter()
    for event in decoded:
        with engine.begin() as conn:
            recipients.record(conn, [event])
    seconds = time.perf_counter() - begun
    engine.dispose()
    return len(decoded) / seconds


def _visible(door: Instance, figures: Instance) -> Json:
    """A login a tick is looked for, among others that keep the rate."""
    waits: list[float] = []
    accepted: list[float] = []
    end, number = time.perf_counter() + VISIBLE_S, 0
    due = time.perf_counter()
    while time.perf_counter() < end:
        number += 1
        asked = time.perf_counter()
        body = json.dumps([_login(number, n) for n in range(round(RATE * TICK_S))]).encode()
        door.ask("POST", "/api/v1/events", body, role="service", kind=BATCH_TYPE)
        accepted.append(time.perf_counter() - asked)
        if number % 5 == 0:
            waits.append(_until_seen(figures, f"seen-{number}-0"))
        due += TICK_S
        time.sleep(max(0.0, due - time.perf_counter()))
    cuts = quantiles(waits, n=100)
    return {
        "visible_rate_per_second": round(number * RATE * TICK_S / VISIBLE_S),
        "visible_p50_ms": round(cuts[49] * 1000, 1),
        "visible_p99_ms": round(cuts[98] * 1000, 1),
        "accepted_p99_ms": round(quantiles(accepted, n=100)[98] * 1000, 1),
    }


def _login(tick: int, number: int) -> Json:
    user = f"seen-{tick}-{number}"
    time_text = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    data = {"user_id": user}
    return {
        "specversion": "1.0",
        "id": user,
        "source": "bench",
        "type": "user.login",
        "time": time_text,
        "data": data,
    }


def _until_seen(figures: Instance, user: str) -> float:
    begun = time.perf_counter()
    while True:
        answer = figures.ask("GET", f"/api/v1/analytics/users/activity?days=2&student_id={user}")
        if answer.json()["summary"]["logins"] == 1:
            return time.perf_counter() - begun
