"""Whatever the order, the duplication and the batches of arrival: the same states and figures, to the byte."""

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from lib.db import event_log, rebuild
from lib.db.engine import connect
from lib.domain.events import Event

START = datetime(2026, 9, 1, 15, tzinfo=UTC)
LATER = "2026-09-03T16:30:00Z"
MARK = "~"


def happened(kind: str, hours: float, **data: Any) -> Event:
    """An event of a story; its names end in a mark, where each copy of the story puts its number."""
    named = {k: f"{v}{MARK}" if k.endswith("_id") or k == "subject" else v for k, v in data.items()}
    return Event("test", f"{kind}/{hours}{MARK}", kind, START + timedelta(hours=hours), named)


LESSON = {"lesson_id": "L", "student_id": "s", "tutor_id": "t"}
PLAN = {
    **LESSON,
    "starts_at": "2026-09-02T15:00:00Z",
    "subject": "Физика",
    "price": "1500.50",
    "currency": "RUB",
}
WORK = {"homework_id": "H", "student_id": "s", "tutor_id": "t", "subject": "Химия"}
PAID = {"payment_id": "P", "student_id": "s", "amount": "1700.10", "currency": "RUB"}
SHEET = {"material_id": "M", "subject": "Физика", "tutor_id": "t"}
STORIES: dict[str, list[Event]] = {
    "a lesson that is moved, called off, opened again and taught": [
        happened("lesson.created", 0, **PLAN),
        happened("lesson.cancelled", 1, lesson_id="L", reason="болезнь"),
        happened("lesson.rescheduled", 2, lesson_id="L", starts_at=LATER),
        happened("lesson.attendance_marked", 60, **LESSON, attendance_status="attended", student_rating=5),
        happened("lesson.updated", 61, lesson_id="L", duration_minutes=90, price="1600"),
    ],
    "a lesson that is marked twice, deleted and made again": [
        happened("lesson.created", 0, **PLAN),
        happened("lesson.attendance_marked", 30, **LESSON, attendance_status="unexcused_absence"),
        happened("lesson.attendance_marked", 31, **LESSON, attendance_status="attended"),
        happened("lesson.deleted", 32, lesson_id="L"),
        happened("lesson.created", 33, **PLAN | {"starts_at": LATER, "tutor_id": "u"}),
    ],
    "a lesson that two said something about in the same second": [
        happened("lesson.created", 0, **PLAN),
        happened("lesson.reminder_answered", 1, **LESSON, starts_at=LATER, user_id="s", answer="confirm"),
        happened("lesson.rescheduled", 1, lesson_id="L", starts_at=LATER),
        happened("lesson.cancelled", 1, lesson_id="L"),
        happened("lesson.completed", 1, lesson_id="L", rating=4),
    ],
    "homework that is handed in twice and graded twice": [
        happened("homework.assigned", 0, **WORK, due_at="2026-09-03T00:00:00Z"),
        happened("homework.submitted", 10, **WORK),
        happened("homework.graded", 12, **WORK, score="2", max_score="3"),
        happened("homework.submitted", 40, **WORK, due_at="2026-09-03T00:00:00Z"),
        happened("homework.graded", 50, **WORK, score="3", max_score="7"),
    ],
    "a payment that fails, comes, is corrected and given back in two parts": [
        happened("payment.failed", 0, **PAID),
        happened("payment.processed", 1, **PAID, lessons=4, tutor_id="t"),
        happened("payment.processed", 2, **PAID | {"amount": "1800"}, method="card"),
        happened("payment.refunded", 30, **PAID | {"amount": "100.05"}),
        happened("payment.refunded", 31, **PAID | {"amount": "1699.95"}),
    ],
    "a material and its readers": [
        happened("material.created", 0, **SHEET, title="Сила"),
        happened("material.accessed", 1, material_id="M", user_id="s", access_type="download"),
        happened("material.updated", 2, **SHEET | {"subject": "Химия"}),
        happened("material.deleted", 3, material_id="M"),
        happened("material.created", 4, **SHEET, grade=7),
    ],
    "an account and its lessons": [
        happened("user.registered", 0, user_id="s", role="student"),
        happened("user.deactivated", 5, user_id="s"),
        happened("user.registered", 6, user_id="s"),
        happened("user.updated", 7, user_id="s", role="parent"),
        happened("payment.balance.deducted", 8, student_id="s", lesson_id="L", lessons_deducted=2),
    ],
}
TOGETHER = [event for story in STORIES.values() for event in story]
TOGETHER = [replace(event, id=f"{n}/{event.id}") for n, event in enumerate(TOGETHER)]


@pytest.fixture
def db(database_url: str) -> Iterator[Engine]:
    """A database of the test's own."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


def copy_of(event: Event, number: int) -> Event:
    """The same in the `number`th world."""
    data = {
        k: v.replace(MARK, f"{MARK}{number};") if isinstance(v, str) else v for k, v in event.data.items()
    }
    return replace(event, id=event.id.replace(MARK, f"{MARK}{number};"), data=data)


def arrive(db: Engine, rounds: Iterable[Sequence[Event]]) -> None:
    """Append each round in a transaction of its own."""
    for events in rounds:
        with db.begin() as conn:
            event_log.append(conn, events)


def worlds(db: Engine) -> dict[int, set[tuple[str, str]]]:
    """By world: all its rows of all states and roll-ups, as texts without the world's number."""
    found: dict[int, set[tuple[str, str]]] = {}
    with db.connect() as conn:
        for table in rebuild.TABLES:
            for (row,) in conn.execute(text(f"SELECT CAST(t AS text) FROM {table} t")):  # noqa: S608 - our names
                number = row.partition(MARK)[2].partition(";")[0]
                found.setdefault(int(number), set()).add((table, row.replace(f"{MARK}{number};", "")))
    return found


@pytest.mark.parametrize("name", STORIES)
def test_every_order_of_five_events_in_every_batching_comes_to_the_same(db: Engine, name: str) -> None:
    story, number = STORIES[name], 0
    rounds: list[list[Event]] = [[] for _ in range(5)]
    groupings = list(itertools.product((0, 1), repeat=4))
    for order in itertools.permutations(story):
        for cuts in groupings:
            number += 1
            for event, turn in zip(order, itertools.accumulate((0, *cuts)), strict=True):
                rounds[turn].append(copy_of(event, number))
    arrive(db, rounds)
    found = worlds(db)
    assert len(found) == 120 * 16
    assert len(set(map(frozenset, found.values()))) == 1


@pytest.mark.timeout(600)
def test_ten_thousand_shuffles_with_duplicates_come_to_the_same(db: Engine) -> None:
    chance = random.Random(8007)
    for first in range(0, 10_000, 1_000):
        queues = [shuffled(chance, number) for number in range(first, first + 1_000)]
        while any(queues):
            events = [queue.pop() for queue in queues for _ in range(chance.choice((1, 2, 5, 20))) if queue]
            arrive(db, [events])
    found = worlds(db)
    assert len(found) == 10_000
    assert len(set(map(frozenset, found.values()))) == 1


def shuffled(chance: random.Random, number: int) -> list[Event]:
    """All stories' events of one world in a random order, a third of them twice."""
    events = [copy_of(event, number) for event in TOGETHER]
    events += chance.sample(events, len(events) // 3)
    chance.shuffle(events)
    return events
