"""A broadcast on Telegram under the Bot API's limits, while urgent messages go to other chats.

Everything is real but the Bot API, which is played by the project's double in a process of its own: it keeps the
limits strictly, and its ledger is what is counted. Achieved rate = calls that arrived / seconds between the first
and the last call of the broadcast.
"""

import argparse
import threading
import time
from collections import Counter
from datetime import datetime
from statistics import quantiles
from typing import Any

from sqlalchemy import Connection, text

from bench.stage import stage
from lib.testing.mailbox.office import PostOffice
from tests.acceptance.system import System

WARMING = 16
ALLOWED = 30
FIRST_CHAT, FIRST_URGENT_CHAT = 1_000_000, 2_000_000
PEOPLE = text(
    "INSERT INTO recipients (user_id, role, name, telegram_chat_id) "
    "SELECT :prefix || n, :role, 'Имя ' || n, (:first + n)::text FROM generate_series(1, :people) AS n"
)
Json = dict[str, Any]


def add_arguments(group: "argparse._ArgumentGroup") -> None:
    """The options of this benchmark."""
    group.add_argument("--recipients", type=int, default=10_000, help="default 10,000: about six minutes")
    group.add_argument("--urgent", type=float, default=2.0, help="urgent messages a second (default 2)")


def run(given: argparse.Namespace) -> Json:
    """Run it; the figures by name."""
    with stage(lambda conn: _people(conn, given)) as (_, _, office, system):
        office.script(limits={})
        urgent = Urgent(system, given.urgent)
        urgent.warm_up(office)
        urgent.start()
        progress = _broadcast(system, given.recipients)
        urgent.stop()
        return _figures(office, given, progress, urgent.answered)


def _people(conn: Connection, given: argparse.Namespace) -> None:
    urgent = WARMING + int(given.urgent * (given.recipients / ALLOWED * 2 + 120))
    for prefix, role, first, people in (
        ("p-", "parent", FIRST_CHAT, given.recipients),
        ("u-", "student", FIRST_URGENT_CHAT, urgent),
    ):
        conn.execute(PEOPLE, {"prefix": prefix, "role": role, "first": first, "people": people})


def _broadcast(system: System, recipients: int) -> Json:
    body = {
        "audience": {"role": "parent"},
        "channels": ["telegram"],
        "data": {"title": "Каникулы", "message": "Школа закрыта до понедельника."},
    }
    placed = system.ask("POST", "NOTIFICATION_PORT", "/api/v1/broadcasts", body=body)
    assert placed.status == 202, placed.data  # noqa: S101 - nothing to measure otherwise
    path = f"/api/v1/broadcasts/{placed.json()['id']}"
    deadline = time.monotonic() + recipients / ALLOWED * 2 + 120
    while time.monotonic() < deadline:
        time.sleep(5)
        shown: Json = system.get("NOTIFICATION_PORT", path).json()
        if shown["state"] == "done":
            return shown
    return shown


class Urgent:
    """Asks for urgent messages at a steady rate. `answered`: by chat, when the 202 was there (seconds)."""

    def __init__(self, system: System, rate: float) -> None:
        self._system, self._rate = system, rate
        self.answered: dict[int, float] = {}
        self._sent = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def warm_up(self, office: PostOffice) -> None:
        """A few that are not counted: each process makes its connections with its first message."""
        for _ in range(WARMING):
            self._ask()
        office.telegram(at_least=WARMING, timeout=30)
        # Until their turns are over, and the plan is as it would be on any day.
        time.sleep(2)
        self.answered.clear()

    def start(self) -> None:
        """In a thread of its own."""
        if self._rate > 0:
            self._thread.start()

    def stop(self) -> None:
        """Ask for no more, and give the last one its time."""
        self._over.set()
        time.sleep(2)

    def _run(self) -> None:
        while not self._over.wait(1 / self._rate):
            self._ask()

    def _ask(self) -> None:
        self._sent += 1
        n = self._sent
        body: Json = {"type": "lesson_cancelled", "user_id": f"u-{n}", "channels": ["telegram"]}
        body |= {"data": {"subject": "Физика"}}
        answer = self._system.ask("POST", "NOTIFICATION_PORT", "/api/v1/notifications", body=body)
        if answer.status == 202:
            self.answered[FIRST_URGENT_CHAT + n] = time.time()


def _figures(office: PostOffice, given: argparse.Namespace, progress: Json, urgent: dict[int, float]) -> Json:
    # What carries no chat is the pings of the health checks.
    ledger = [each for each in office.ledger("telegram") if "chat_id" in each]
    calls = [(each["chat_id"], _seconds(each["at"])) for each in ledger if each["what"] == "attempted"]
    refused = [each for each in ledger if each["what"] == "refused" and each.get("status") == 429]
    mine = [at for chat, at in calls if chat < FIRST_URGENT_CHAT]
    span = max(mine) - min(mine)
    within = sum(min(mine) <= at <= max(mine) for _, at in calls)
    got = Counter(message["chat_id"] for message in office.telegram())
    everybody = [*range(FIRST_CHAT + 1, FIRST_CHAT + given.recipients + 1), *urgent]
    first_call = dict(reversed(calls))
    waits = [(first_call[chat] - at) * 1000 for chat, at in urgent.items() if chat in first_call]
    cuts = quantiles(waits, n=100) if len(waits) > 1 else [0.0] * 99
    return {
        "recipients": given.recipients,
        "state": progress["state"],
        "by_state": progress["by_state"],
        "seconds": round(span, 2),
        "rate_per_second": round((within - 1) / span, 3),
        "achieved_of_allowed": round((within - 1) / span / ALLOWED, 4),
        "most_in_a_rolling_second": _densest([at for _, at in calls]),
        "answers_429": len(refused),
        "calls_inside_retry_after": sum(each["what"] == "inside_retry_after" for each in ledger),
        "lost": sum(got[chat] == 0 for chat in everybody),
        "duplicates": sum(n - 1 for n in got.values() if n > 1),
        "urgent_messages": len(urgent),
        "urgent_p50_ms": round(cuts[49], 1),
        "urgent_p99_ms": round(cuts[98], 1),
        "urgent_worst_ms": round(max(waits, default=0.0), 1),
    }


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def _densest(times: list[float]) -> int:
    ordered, start, most = sorted(times), 0, 0
    for end, at in enumerate(ordered):
        while ordered[start] <= at - 1:
            start += 1
        most = max(most, end - start + 1)
    return most
