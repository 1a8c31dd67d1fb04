"""Every figure has a receipt, and every receipt can be proved from the event log."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text

from functions.query_analytics import proof
from functions.query_analytics.catalogue import METRICS
from functions.query_analytics.receipts import store
from lib.db.engine import connect
from lib.testing.simulator.school import events as school
from tests.integration.analytics.conftest import Analytics
from tests.integration.analytics.stories import cloudevent, lesson_at

MARCH = "from=2026-03-01&to=2026-03-31"
CALLS = (
    "overview",
    "lessons/stats",
    "payments/summary",
    "homework/stats",
    "users/activity",
    "users/retention",
    "materials/usage",
    "tutors/earnings",
    "subjects/performance",
    "money/leaks",
    "dashboard/admin",
    "lessons/stats/rows",
    "payments/summary/rows",
    "homework/stats/rows",
    "users/activity/rows",
    "materials/usage/rows",
)


@pytest.fixture
def db(analytics: Analytics) -> Iterator[Engine]:
    """The database behind both functions."""
    engine = connect(analytics.door.settings.database_url)
    yield engine
    engine.dispose()


def verified(analytics: Analytics, answer: dict[str, Any], **more: Any) -> dict[str, Any]:
    found = analytics.figures.post(f"/api/v1/receipts/{answer['receipt']['id']}/verify", **more)
    assert found.status_code == 200, found.text
    told: dict[str, Any] = found.json
    return told


@pytest.mark.timeout(600)
def test_every_answer_is_proved_from_the_log_and_still_is_after_more_events(
    analytics: Analytics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "MOST_NAMED", 2)
    events = list(school(8, days=90, seed=5, until=date(2026, 4, 15)))
    half = len(events) * 3 // 4
    for start in range(0, half, 500):
        analytics.take(events[start : min(start + 500, half)])
    student = next(e["data"]["student_id"] for e in events if e["type"] == "lesson.created")
    tutor = next(e["data"]["tutor_id"] for e in events if e["type"] == "lesson.created")
    asked = [f"{call}?{MARCH}&tz=Asia/Kolkata" for call in CALLS]
    asked += [f"{call}?{MARCH}&tutor_id={tutor}&compare=previous" for call in CALLS[1:9]]
    asked += [f"dashboard/tutor?{MARCH}&tutor_id={tutor}", f"dashboard/student?{MARCH}&student_id={student}"]
    asked += [f"dashboard/parent?{MARCH}&student_id={student}", f"students/{student}/progress?{MARCH}"]
    answers = [analytics.ask(path) for path in asked]
    assert {answer["receipt"]["metric"] for answer in answers} == set(METRICS)
    for path, answer in zip(asked, answers, strict=True):
        found = verified(analytics, answer)
        assert (found["equal"], found["changed_since"]) == (True, False), path
        assert found["figures"].items() <= answer.items()
    for start in range(half, len(events), 500):
        analytics.take(events[start : start + 500])
    for path, answer in zip(asked, answers, strict=True):
        found = verified(analytics, answer)
        assert found["equal"] is True, path
        now = analytics.ask(path)
        assert found["changed_since"] is (now["receipt"]["hash"] != answer["receipt"]["hash"]), path
        assert bool(found["changed_by"]) is found["changed_since"], path


def test_the_events_that_changed_a_figure_are_named_and_no_others(analytics: Analytics) -> None:
    analytics.take([lesson_at("2026-03-10T10:00:00Z", lesson=f"L{n}") for n in range(20)])
    answer = analytics.ask(f"lessons/stats?{MARCH}")
    noise = [lesson_at("2026-05-10T10:00:00Z", lesson=f"M{n}") for n in range(200)]
    marked = {"lesson_id": "L3", "attendance_status": "attended"}
    cancelled = {"lesson_id": "L4"}
    changes = [
        cloudevent("lesson.attendance_marked", marked, "2026-03-10T12:00:00Z"),
        cloudevent("lesson.cancelled", cancelled, "2026-03-10T13:00:00Z"),
    ]
    topic = cloudevent("lesson.updated", {"lesson_id": "L5", "topic": "Сила"}, "2026-03-10T13:00:00Z")
    analytics.take([*noise[:90], changes[0], topic, *noise[90:150], changes[1], *noise[150:]])
    found = verified(analytics, answer)
    assert (found["equal"], found["changed_since"], found["changed_by_is_complete"]) == (True, True, True)
    assert [event["id"] for event in found["changed_by"]] == [event["id"] for event in changes]
    assert found["figures"]["summary"]["scheduled"] == 20


def test_a_figure_that_the_log_does_not_give_is_found_out(analytics: Analytics, db: Engine) -> None:
    analytics.take([lesson_at("2026-03-10T10:00:00Z")])
    with db.begin() as conn:
        conn.execute(text("UPDATE lesson_slots SET scheduled = 7"))
    answer = analytics.ask(f"lessons/stats?{MARCH}")
    assert answer["summary"]["scheduled"] == 7
    found = verified(analytics, answer)
    assert found["equal"] is False
    assert "recompute" in found["reason"]
    assert found["figures"]["summary"]["scheduled"] == 1


def test_a_receipt_is_seen_by_whom_its_figures_are(analytics: Analytics) -> None:
    analytics.take([lesson_at("2026-03-10T10:00:00Z", student="s-1", tutor="t-1")])
    child = {"user_id": "s-1", "role": "student", "parent_ids": ["p-1"]}
    analytics.take([cloudevent("user.registered", child, "2026-01-01T00:00:00Z")])
    parent = {"user_id": "p-1", "role": "parent", "child_ids": ["s-1"]}
    analytics.take([cloudevent("user.registered", parent, "2026-01-01T00:00:00Z")])
    people = {"admin": "a", "tutor": "t-1", "student": "s-1", "parent": "p-1"}
    own = {
        role: analytics.ask(f"lessons/stats?{MARCH}", role=role, sub=sub)["receipt"]["id"]
        for role, sub in people.items()
    }
    seen = {
        (role, of): analytics.figures.get(f"/api/v1/receipts/{own[of]}", role=role, sub=sub).status_code
        for role, sub in people.items()
        for of in people
    }
    # The parent's only child is the student: both were told the same figures of the same rows.
    together = {("student", "parent"), ("parent", "student")}
    allowed = {pair for pair in seen if pair[0] in ("admin", pair[1])} | together
    assert seen == {pair: 200 if pair in allowed else 404 for pair in seen}
    absent = analytics.figures.get("/api/v1/receipts/nothing", role="tutor", sub="t-2").json
    hidden = analytics.figures.get(f"/api/v1/receipts/{own['admin']}", role="tutor", sub="t-2").json
    assert {k: v for k, v in hidden.items() if k != "instance"} == {
        k: v for k, v in absent.items() if k != "instance"
    }
    assert (
        analytics.figures.post(f"/api/v1/receipts/{own['tutor']}/verify", role="tutor", sub="t-2").status_code
        == 404
    )


def test_two_equal_questions_at_once_are_both_answered(analytics: Analytics, db: Engine) -> None:
    """The second cannot see the receipt that the first has stored since, and must not mind."""
    analytics.ask(f"lessons/stats?{MARCH}")
    with db.begin() as conn:
        row = conn.execute(text("DELETE FROM receipts RETURNING *")).mappings().one()
    kept = {**row, "asked": json.dumps(row["asked"])}
    with db.connect().execution_options(isolation_level="REPEATABLE READ") as second, second.begin():
        second.execute(text("SELECT 1 FROM receipts")).all()
        with db.begin() as first:
            store(first, kept)
        store(second, kept)
        assert second.execute(text("SELECT 1")).scalar_one() == 1
    with db.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM receipts")).scalar_one() == 1
