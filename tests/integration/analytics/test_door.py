"""The door events come in by: durable before it is answered, each event taken or refused on its own."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import create_engine, exc, text

from tests.integration.analytics.conftest import BATCH, Analytics
from tests.integration.analytics.stories import cloudevent, lesson_at


def rows(analytics: Analytics, statement: str) -> list[Any]:
    with create_engine(analytics.door.settings.database_url).connect() as conn:
        return [tuple(row) for row in conn.execute(text(statement))]


def test_a_bad_event_is_named_and_parked_and_its_neighbours_are_taken(analytics: Analytics) -> None:
    bad = cloudevent("lesson.created", {"lesson_id": "x"}, "2026-11-20T10:00:00Z")
    taken = analytics.take([lesson_at("2026-11-22T10:00:00Z"), bad])
    assert taken["accepted"] == 1
    assert taken["rejected"][0]["index"] == 1
    assert "student_id" in taken["rejected"][0]["reason"]
    analytics.take([bad])
    parked = rows(analytics, "SELECT queue, reason FROM dead_letters")
    assert len(parked) == 1
    assert parked[0][0] == "analytics.events"


def test_the_log_has_no_gaps_and_cannot_be_changed(analytics: Analytics) -> None:
    analytics.take([lesson_at("2026-11-22T10:00:00Z", f"L{i}") for i in range(5)])
    analytics.take([lesson_at("2026-11-22T10:00:00Z", f"L{i}") for i in range(3, 9)])
    assert [row[0] for row in rows(analytics, "SELECT position FROM events ORDER BY 1")] == list(range(1, 10))
    engine = create_engine(analytics.door.settings.database_url)
    with pytest.raises(exc.InternalError, match="append-only"), engine.begin() as conn:
        conn.execute(text("DELETE FROM events"))


def test_new_events_are_passed_on_to_the_notification_side_once(analytics: Analytics) -> None:
    events = [lesson_at("2026-11-22T10:00:00Z", f"L{i}") for i in range(5)]
    analytics.take(events)
    analytics.take(events)
    passed_on = rows(analytics, "SELECT routing_key, body FROM outbox")
    assert [key for key, _ in passed_on] == ["notifications.events"]
    assert [event["id"] for event in json.loads(passed_on[0][1])] == [event["id"] for event in events]


def test_the_same_key_and_body_give_the_same_answer_and_another_body_is_refused(analytics: Analytics) -> None:
    events, key = [lesson_at("2026-11-22T10:00:00Z")], {"Idempotency-Key": "batch-1"}
    first = analytics.take(events, headers=key)
    assert analytics.take(events, headers=key) == first == {"accepted": 1, "duplicates": 0, "rejected": []}
    other = analytics.door.post("/api/v1/events", json=[], content_type=BATCH, role="service", headers=key)
    assert other.status_code == 422


def test_many_writers_at_once_lose_and_double_nothing(analytics: Analytics) -> None:
    events = [lesson_at("2026-11-22T10:00:00Z", f"L{i}") for i in range(200)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: analytics.take(events[i * 20 : i * 20 + 60]), range(8)))
    assert sum(answer["accepted"] for answer in answers) == 200
    assert analytics.ask("lessons/stats?from=2026-11-22&to=2026-11-22")["summary"]["scheduled"] == 200


@pytest.mark.parametrize("role", ["tutor", "student", "parent", ""])
def test_only_services_and_admins_may_bring_events(analytics: Analytics, role: str) -> None:
    answer = analytics.door.post("/api/v1/events", json=[], content_type=BATCH, role=role)
    assert answer.status_code == (403 if role else 401)
    assert answer.content_type == "application/problem+json"


def test_binary_mode_carries_the_event_in_its_headers(analytics: Analytics) -> None:
    headers = {"ce-specversion": "1.0", "ce-id": "b-1", "ce-source": "test", "ce-type": "lesson.created"}
    headers["ce-time"] = "2026-11-20T10:00:00Z"
    data = lesson_at("2026-11-22T10:00:00Z")["data"]
    answer = analytics.door.post("/api/v1/events", json=data, role="service", headers=headers)
    assert (answer.status_code, answer.json["accepted"]) == (202, 1)
    assert rows(analytics, "SELECT id, type FROM events") == [("b-1", "lesson.created")]


def test_a_queue_message_is_answered_with_200_and_an_empty_body(analytics: Analytics) -> None:
    body = {"event_type": "lesson.deleted", "lesson_id": 7, "timestamp": "2026-11-20T10:00:00Z", "data": {}}
    for _ in range(2):
        answer = analytics.door.message(
            json.dumps(body).encode(), X_Message_Id="m-7", X_Routing_Key="lesson.deleted"
        )
        assert (answer.status_code, answer.data) == (200, b"")
    assert rows(analytics, "SELECT id, type FROM events") == [("m-7", "lesson.deleted")]


@pytest.mark.parametrize("poison", [b"", b"\xff", b"[[", b'{"a":1}', b'"text"', b'{"specversion":"1.0"}'])
def test_a_poison_message_is_parked_with_its_reason_and_counts_as_done(
    analytics: Analytics, poison: bytes
) -> None:
    answer = analytics.door.message(poison, X_Message_Id="poison")
    assert (answer.status_code, answer.data) == (200, b"")
    parked = rows(analytics, "SELECT reason FROM dead_letters")
    assert len(parked) == 1
    assert len(parked[0][0]) > 10


def test_while_the_database_is_away_the_answer_is_503_with_retry_after(
    analytics: Analytics, free_port: int
) -> None:
    url = f"postgresql://nobody:x@127.0.0.1:{free_port}/none"
    door = type(analytics.door)(
        "aggregate_events", analytics.door.settings.model_copy(update={"database_url": url})
    )
    answer = door.post("/api/v1/events", json=[], content_type=BATCH, role="service")
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) >= 1
    assert door.message(b"{}").status_code == 503


def test_the_log_can_be_read_page_by_page(analytics: Analytics) -> None:
    analytics.take([lesson_at("2026-11-22T10:00:00Z", f"L{i}") for i in range(5)])
    first = analytics.door.get("/api/v1/events?limit=3&type=lesson.created").json
    rest = analytics.door.get(f"/api/v1/events?limit=3&cursor={first['next_cursor']}").json
    assert [e["position"] for e in first["items"] + rest["items"]] == [5, 4, 3, 2, 1]
    assert rest["next_cursor"] is None
