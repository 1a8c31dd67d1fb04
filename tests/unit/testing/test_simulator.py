"""The simulated school keeps its promises: order, references, required fields, sameness."""

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from lib.testing.simulator.__main__ import main
from lib.testing.simulator.school import events

UNTIL = date(2026, 11, 22)
END = datetime(2026, 11, 22, tzinfo=UTC)
REQUIRED: dict[str, tuple[str, ...]] = {
    "lesson.created": ("lesson_id", "student_id", "tutor_id", "starts_at"),
    "lesson.updated": ("lesson_id",),
    "lesson.rescheduled": ("lesson_id", "starts_at"),
    "lesson.cancelled": ("lesson_id", "reason", "cancelled_by"),
    "lesson.deleted": ("lesson_id",),
    "lesson.attendance_marked": ("lesson_id", "attendance_status"),
    "lesson.completed": ("lesson_id", "completed_at"),
    "lesson.reminder_needed": ("lesson_id", "hours_before"),
    "homework.assigned": ("homework_id", "student_id", "due_at"),
    "homework.submitted": ("homework_id", "student_id", "submitted_at"),
    "homework.graded": ("homework_id", "student_id", "score", "max_score"),
    "homework.overdue": ("homework_id", "student_id", "days_overdue"),
    "payment.processed": ("payment_id", "student_id", "amount", "currency", "lessons"),
    "payment.failed": ("payment_id", "student_id", "amount", "reason"),
    "payment.refunded": ("payment_id", "student_id", "amount", "reason"),
    "payment.balance.updated": ("student_id", "balance_change"),
    "payment.balance.deducted": ("student_id", "lessons_deducted", "lesson_id"),
    "payment.balance.refunded": ("student_id", "lessons_refunded"),
    "balance.low": ("student_id", "balance"),
    "material.created": ("material_id", "title", "subject", "grade"),
    "material.updated": ("material_id",),
    "material.deleted": ("material_id",),
    "material.shared": ("material_id", "student_id"),
    "material.file.uploaded": ("material_id", "file_id", "filename", "file_size", "uploaded_by"),
    "material.accessed": ("material_id", "user_id", "access_type"),
    "material.file.downloaded": ("material_id", "user_id"),
    "user.registered": ("user_id", "role", "name", "email", "locale", "timezone"),
    "user.updated": ("user_id",),
    "user.login": ("user_id",),
    "user.deactivated": ("user_id",),
    "user.deleted": ("user_id",),
    "system.notification": ("role", "title", "message"),
}


@pytest.fixture(scope="module")
def log() -> list[dict[str, Any]]:
    return list(events(300, days=60, seed=1, until=UNTIL))


def test_every_type_of_the_contract_occurs_with_its_fields(log: list[dict[str, Any]]) -> None:
    assert {event["type"] for event in log} == set(REQUIRED)
    for event in log:
        missing = [name for name in REQUIRED[event["type"]] if event["data"].get(name) is None]
        assert not missing, (event, missing)


def test_events_come_in_the_order_of_time_and_within_the_period(log: list[dict[str, Any]]) -> None:
    times = [event["time"] for event in log]
    assert times == sorted(times)
    assert times[0] >= "2026-09-23T00:00:00Z"
    assert times[-1] <= "2026-11-22T00:00:00Z"


def test_ids_are_unique_and_other_for_other_arguments(log: list[dict[str, Any]]) -> None:
    ids = {event["id"] for event in log}
    assert len(ids) == len(log)
    assert ids.isdisjoint(event["id"] for event in events(300, days=60, seed=2, until=UNTIL))


def test_the_same_arguments_give_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    arguments = ["--students", "20", "--days", "20", "--seed", "7", "--until", "2026-11-22", "--out"]
    here, there = tmp_path / "here.ndjson", tmp_path / "there.ndjson"
    assert main([*arguments, str(here)]) == 0
    subprocess.run([sys.executable, "-m", "lib.testing.simulator", *arguments, str(there)], check=True)
    assert here.read_bytes() == there.read_bytes()


def test_whoever_is_mentioned_was_registered_before(log: list[dict[str, Any]]) -> None:
    known: dict[str, str] = {}
    for event in log:
        data = event["data"]
        if event["type"] == "user.registered":
            known[data["user_id"]] = data["role"]
            continue
        for name, role in (("student_id", "student"), ("tutor_id", "tutor"), ("user_id", None)):
            if name in data:
                assert data[name] in known, event
                assert role in (None, known[data[name]]), event


def test_lessons_homework_materials_and_payments_exist_before_they_change(log: list[dict[str, Any]]) -> None:
    known: set[str] = set()
    firsts = {
        "lesson.created",
        "homework.assigned",
        "material.created",
        "payment.processed",
        "payment.failed",
    }
    names = ("lesson_id", "homework_id", "material_id", "payment_id")
    for event in log:
        for name in names:
            if name in event["data"] and event["data"][name] not in known:
                assert event["type"] in firsts, event
                known.add(event["data"][name])


def test_a_lesson_is_created_once_and_has_one_outcome(log: list[dict[str, Any]]) -> None:
    made = Counter(event["subject"] for event in log if event["type"] == "lesson.created")
    assert set(made.values()) == {1}
    ends = {"lesson.cancelled", "lesson.deleted", "lesson.attendance_marked", "lesson.completed"}
    ended = Counter(event["subject"] for event in log if event["type"] in ends)
    assert set(ended.values()) == {1}


def test_families_know_each_other_both_ways(log: list[dict[str, Any]]) -> None:
    people = {event["data"]["user_id"]: event["data"] for event in log if event["type"] == "user.registered"}
    sizes = set()
    for person in people.values():
        for parent in person.get("parent_ids", ()):
            assert person["user_id"] in people[parent]["child_ids"]
        for child in person.get("child_ids", ()):
            assert person["user_id"] in people[child]["parent_ids"]
        sizes.add(len(person.get("child_ids", ())))
    assert sizes == {0, 1, 2, 3}


def test_nobody_can_be_written_to_by_mistake(log: list[dict[str, Any]]) -> None:
    for event in log:
        data = event["data"]
        assert data.get("email", "x.example").endswith(".example")
        assert data.get("telegram_chat_id", 900_000_000_001) > 900_000_000_000
        assert data.get("phone", "+7000").startswith("+7000")


def test_no_tutor_teaches_two_children_at_once(log: list[dict[str, Any]]) -> None:
    starts = Counter(
        (event["data"]["tutor_id"], event["data"]["starts_at"])
        for event in log
        if event["type"] == "lesson.created"
    )
    assert max(starts.values()) == 1


def test_lessons_are_announced_up_to_fourteen_days_after_the_end(log: list[dict[str, Any]]) -> None:
    starts = [event["data"]["starts_at"] for event in log if event["type"] == "lesson.created"]
    latest = datetime.fromisoformat(max(starts))
    assert END + timedelta(days=10) < latest <= END + timedelta(days=14)


def test_money_is_a_decimal_string_and_never_a_float(log: list[dict[str, Any]]) -> None:
    for event in log:
        amount = event["data"].get("amount", "1.00")
        assert isinstance(amount, str)
        assert amount.rpartition(".")[2].isdecimal()
        assert not any(isinstance(value, float) for value in event["data"].values())


def test_some_lessons_are_marked_late_and_some_never(log: list[dict[str, Any]]) -> None:
    starts = {e["subject"]: e["data"]["starts_at"] for e in log if e["type"] == "lesson.created"}
    marks = {
        e["subject"]: e["time"] for e in log if e["type"] in ("lesson.attendance_marked", "lesson.completed")
    }
    late = [1 for lesson, at in marks.items() if at[:10] > starts[lesson][:10]]
    gone = {
        e["subject"] for e in log if e["type"] in ("lesson.cancelled", "lesson.deleted", "lesson.rescheduled")
    }
    unmarked = [
        1 for lesson, at in starts.items() if at < "2026-11-10" and lesson not in marks | dict.fromkeys(gone)
    ]
    assert len(late) > 50
    assert len(unmarked) > 20


@pytest.mark.parametrize("students", [1, 20, 2_000])
def test_any_size_has_exactly_so_many_students(students: int) -> None:
    stream = events(students, days=3, seed=1, until=UNTIL)
    registered = [e["data"]["role"] for e in stream if e["type"] == "user.registered"]
    assert registered.count("student") == students


def test_the_largest_school_starts_to_stream_at_once() -> None:
    assert len(list(islice(events(50_000, days=60, seed=1, until=UNTIL), 100))) == 100


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--students", "0"], "students must be 1 to 50000"),
        (["--students", "50001"], "students must be 1 to 50000"),
        (["--days", "0"], "days must be 1 or more"),
        (["--students", "500", "--tutors", "2"], "500 students need at least 28 tutors"),
    ],
)
def test_a_size_that_makes_no_sense_is_refused_in_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(arguments) == 2
    assert sentence in capsys.readouterr().err


def test_a_packed_log_holds_the_same_events(tmp_path: Path) -> None:
    import gzip

    arguments = ["--students", "20", "--days", "5", "--until", "2026-11-22T12:00:00+03:00", "--out"]
    assert main([*arguments, str(tmp_path / "a.ndjson")]) == 0
    assert main([*arguments, str(tmp_path / "a.ndjson.gz")]) == 0
    packed = gzip.decompress((tmp_path / "a.ndjson.gz").read_bytes())
    assert packed == (tmp_path / "a.ndjson").read_bytes()
    assert all(json.loads(line)["time"] <= "2026-11-22T09:00:00Z" for line in packed.splitlines())
