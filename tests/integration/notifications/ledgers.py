"""Many letters at once, and what became of them: counted from the receiver's ledger, never from our tables."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import flask

from tests.integration.notifications.school import DUE, School

EMAIL = "notifications.email"
# As many as one instance of the function has.
THREADS = 8


@dataclass(frozen=True)
class Figures:
    """`planned` letters as the receiver saw them; `copies` counts each letter's acceptances by its Message-ID."""

    planned: frozenset[str]
    copies: Counter[str]

    @property
    def delivered(self) -> int:
        """Letters that arrived at least once."""
        return len(self.planned & set(self.copies))

    @property
    def missing(self) -> frozenset[str]:
        """Letters that never arrived."""
        return self.planned - set(self.copies)

    @property
    def duplicates(self) -> int:
        """Copies beyond the first of each letter."""
        return sum(count - 1 for count in self.copies.values())

    @property
    def unexpected(self) -> set[str]:
        """Letters that nobody had planned."""
        return set(self.copies) - self.planned


def ask_many(school: School, kind: str, user_ids: list[str], count: int = 1) -> frozenset[str]:
    """`count` letters to each; returns the ids of their deliveries."""
    body = {"type": kind, "user_ids": user_ids, "channels": ["email"], "data": {"subject": "Физика"}}
    made = [school.ok("POST", "/api/v1/notifications", body)["decisions"] for _ in range(count)]
    return frozenset(each["delivery_id"] for decisions in made for each in decisions)


def drain(school: School) -> int:
    """Every e-mail that is due, by as many threads as an instance has; returns how many messages there were."""
    with school.services.db.begin() as conn:
        rows = conn.execute(DUE, {"queue": EMAIL}).all()
    web = _web(school)

    def deliver(row: Any) -> int:
        with web.test_client() as client:
            return client.post("/", data=row.body.encode(), content_type=row.content_type).status_code

    with ThreadPoolExecutor(THREADS) as threads:
        assert set(threads.map(deliver, rows)) <= {200}
    return len(rows)


def _web(school: School) -> flask.Flask:
    """One for all threads: Python 3.11 sometimes fails to compile routes in several threads at once."""
    web, target = flask.Flask("send_email"), school.functions["send_email"].target
    web.add_url_rule("/", view_func=lambda: target(flask.request), methods=["POST"])
    return web


def drain_all(school: School, rounds: int) -> None:
    """The same until nothing waits any more, with an hour between two rounds."""
    for _ in range(rounds):
        if not drain(school):
            return
        school.pass_time(hours=1)


def figures(school: School, planned: frozenset[str]) -> Figures:
    """What the receiver accepted of these deliveries."""
    accepted = [each["message_id"] for each in school.office.ledger("smtp", "accepted")]
    return Figures(planned, Counter(each.partition("@")[0].rpartition(".")[2] for each in accepted))


def struck(school: School, what: str) -> int:
    """How many times the receiver refused, dropped or hung."""
    return len(school.office.ledger("smtp", what))
