"""Every figure against the plain computation over the same log."""

import gzip
import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from lib.testing.simulator.school import events as simulated
from tests.integration.analytics.conftest import Analytics
from tests.integration.analytics.oracle import homework, leaks, lessons, payments, people
from tests.integration.analytics.oracle.asked import Asked
from tests.integration.analytics.oracle.school import Json, School, school_of

ZONES = (
    "Europe/Moscow",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "UTC",
    "Australia/Adelaide",
)
GRANULARITIES = ("day", "week", "month")
UNTIL = date(2026, 9, 1)
NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
# A whole school of two years takes a quarter of an hour: ORACLE_STUDENTS=2000 ORACLE_DAYS=730 ORACLE_ROUNDS=18.
ROUNDS = int(os.environ.get("ORACLE_ROUNDS", "72"))
STUDENTS = int(os.environ.get("ORACLE_STUDENTS", "60"))
DAYS = int(os.environ.get("ORACLE_DAYS", "200"))
# Logs that are not ours to ship: ORACLE_LOGS=a.ndjson.gz:b.ndjson.gz.
LOGS = [Path(name) for name in os.environ.get("ORACLE_LOGS", "").split(":") if name]
CALLS: dict[str, Callable[[School, Asked], Json]] = {
    "lessons/stats": lessons.lessons_stats,
    "payments/summary": payments.payments_summary,
    "homework/stats": homework.homework_stats,
    "users/activity": people.users_activity,
    "users/retention": people.retention,
    "materials/usage": people.materials_usage,
    "tutors/earnings": lessons.earnings,
    "subjects/performance": homework.subjects_performance,
}


def questions(school: School, first: date, last: date, seed: int, rounds: int) -> Iterator[Asked]:
    """Every zone and granularity in turn, with a period and filters by chance."""
    chance = random.Random(seed)
    held = [each for each in school.lessons.values() if "at" in each]
    everybody = sorted({*school.users, *(each["student_id"] for each in school.payments.values())})
    for number in range(rounds):
        span = chance.choice((1, 7, 30, 30, 92, 366))
        start = first + timedelta(days=chance.randrange(max(1, (last - first).days - span // 2)))
        asked = Asked(
            start, start + timedelta(days=span - 1), ZONES[number % 6], GRANULARITIES[number // 6 % 3]
        )
        lesson = chance.choice(held) if held else {}
        if chance.random() < 0.3:
            asked.tutor = lesson.get("tutor_id")
        if chance.random() < 0.3:
            asked.student = lesson.get("student_id") or chance.choice(everybody)
        if chance.random() < 0.2:
            asked.subject = lesson.get("subject")
        yield asked


def url_of(call: str, asked: Asked, **more: str) -> str:
    given = {"tutor_id": asked.tutor, "student_id": asked.student, "subject": asked.subject}
    query = {"from": asked.first, "to": asked.last, "tz": asked.tz, "granularity": asked.granularity}
    return f"{call}?{urlencode(query | {k: v for k, v in given.items() if v is not None} | more)}"


def agree(analytics: Analytics, school: School, call: str, asked: Asked) -> None:
    """The answer and the plain computation are the same, section by section, the previous period included."""
    url = url_of(call, asked, compare="previous")
    answer, expected = analytics.ask(url), CALLS[call](school, asked)
    for section, figures in expected.items():
        assert same(answer[section], figures), (url, section)
    if "summary" in expected:
        before = replace(asked, first=asked.first - (asked.last - asked.first) - timedelta(days=1))
        before.last = asked.first - timedelta(days=1)
        assert same(answer["previous"]["summary"], CALLS[call](school, before)["summary"]), (url, "previous")


def same(found: Any, expected: Any) -> bool:
    """Equal; a mean of percents may differ by less than their rounding, once in 20 digits each."""
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(same(found[k], expected[k]) for k in expected)
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, float) and isinstance(found, float):
        return abs(found - expected) <= 1e-13 * max(1.0, abs(expected))
    return bool(found == expected)


def taken(analytics: Analytics, events: list[Json]) -> School:
    """The log, taken in shuffled, with copies, and told by the oracle."""
    chance = random.Random(7)
    arriving = [*events, *chance.sample(events, len(events) // 20)]
    if len(events) < 200_000:
        chance.shuffle(arriving)
    for start in range(0, len(arriving), 1000):
        analytics.take(arriving[start : start + 1000])
    return school_of(events)


@pytest.mark.timeout(7200)
def test_a_simulated_school_agrees_on_every_figure(analytics: Analytics) -> None:
    school = taken(analytics, list(simulated(STUDENTS, days=DAYS, seed=11, until=UNTIL)))
    analytics.figures.clock = NOW
    for asked in questions(school, UNTIL - timedelta(days=DAYS), UNTIL, seed=1, rounds=ROUNDS):
        for call in CALLS:
            agree(analytics, school, call, asked)
        agree_on_leaks(analytics, school, asked)


def agree_on_leaks(analytics: Analytics, school: School, asked: Asked) -> None:
    url, expected = url_of("money/leaks", asked), leaks.leaks(school, asked, NOW)
    answer = analytics.ask(url)
    for name in ("taught_not_marked", "marked_not_billed", "billed_not_paid", "paid_not_used"):
        count, worth = expected[name]
        section = answer[name]
        assert section["payments" if name == "paid_not_used" else "lessons"] == count, (url, name)
        assert section["money"].get("RUB", "0.00") == worth, (url, name)
    sums = answer["reconciliation"].get(
        "RUB", dict.fromkeys(("paid", "used", "not_used", "billed", "not_paid"), "0.00")
    )
    for name in ("paid", "used", "not_used", "billed", "not_paid"):
        assert sums[name] == expected[name], (url, name)


if LOGS:

    @pytest.mark.timeout(1800)
    @pytest.mark.parametrize("log", LOGS, ids=lambda path: path.name)
    def test_a_given_log_agrees_on_every_figure(analytics: Analytics, log: Path) -> None:
        with gzip.open(log, "rt", encoding="utf-8") as lines:
            events = [json.loads(line) for line in lines]
        school = taken(analytics, events)
        days = sorted(event["time"][:10] for event in events)
        first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
        for asked in questions(school, first, last, seed=2, rounds=36):
            for call in CALLS:
                agree(analytics, school, call, asked)
