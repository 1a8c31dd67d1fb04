"""Messages to many: everybody once, in pages, at a pace, and to be stopped at any moment."""

import json
from collections import Counter
from typing import Any

import pytest

from lib.auth.tokens import mint
from tests.integration.notifications.school import Json, School, event

PAGES = "notifications.events"
TELEGRAM = "notifications.telegram"
TEXT = {"title": "Каникулы", "message": "Школа закрыта до понедельника."}


def crowd(school: School, people: int, role: str = "parent") -> list[str]:
    """People with a chat each, put straight into the directory; their ids."""
    school.sql(
        "INSERT INTO recipients (user_id, role, name, telegram_chat_id) "
        "SELECT 'p-' || lpad(n::text, 5, '0'), :role, 'Родитель ' || n, (100000 + n)::text "
        "FROM generate_series(1, :people) AS n",
        people=people,
        role=role,
    )
    return [f"p-{n:05}" for n in range(1, people + 1)]


def ask(school: School, query: str = "", **fields: Any) -> Json:
    """A broadcast to all parents on Telegram unless told otherwise."""
    body = {"audience": {"role": "parent"}, "data": TEXT, "channels": ["telegram"], **fields}
    return school.ok("POST", f"/api/v1/broadcasts{query}", body, function="dispatch_notifications")


def act(school: School, broadcast: Json, what: str) -> Json:
    path = f"/api/v1/broadcasts/{broadcast['id']}/{what}"
    return school.ok("POST", path, function="dispatch_notifications")


def show(school: School, broadcast: Json) -> Json:
    shown = school.ok("GET", f"/api/v1/broadcasts/{broadcast['id']}", function="dispatch_notifications")
    assert sum(shown["by_state"].values()) == shown["recipients"]
    return shown


def run(school: School, broadcast: Json, turns: int = 400) -> Json:
    """Turns of both queues, a tenth of a second apart, until nothing is left of it."""
    for _ in range(turns):
        school.turn(PAGES)
        school.turn(TELEGRAM)
        school.pass_time(seconds=0.5)
        shown = show(school, broadcast)
        if shown["state"] == "done":
            return shown
    raise AssertionError(f"not done: {shown}")


def arrived(school: School) -> Counter[int]:
    return Counter(message["chat_id"] for message in school.office.telegram())


def test_three_hundred_people_get_it_exactly_once(school: School) -> None:
    crowd(school, 300)
    shown = run(school, ask(school))
    assert shown["by_state"] == {"sent": 300}
    assert arrived(school) == Counter(range(100001, 100301))


def test_a_page_that_is_delivered_twice_is_planned_once(school: School) -> None:
    crowd(school, 100)
    broadcast = ask(school)
    turns = school.sql("SELECT body, content_type FROM outbox WHERE body LIKE '%broadcast.page%'")
    for _ in range(3):
        school.deliver(PAGES, turns[0]["body"], turns[0]["content_type"])
    assert school.sql("SELECT count(*) AS n FROM notifications")[0]["n"] == 60
    assert run(school, broadcast)["by_state"] == {"sent": 100}
    assert set(arrived(school).values()) == {1}


def test_who_gets_it_is_settled_when_it_is_asked_for(school: School) -> None:
    crowd(school, 70)
    broadcast = ask(school)
    school.person("late", role="parent", telegram_chat_id=999)
    school.sql("UPDATE recipients SET active = false WHERE user_id = 'p-00070'")
    shown = run(school, broadcast)
    assert shown["by_state"] == {"sent": 69, "suppressed": 1}
    assert shown["by_reason"]["suppressed"] == {"recipient_inactive": 1}
    assert 999 not in arrived(school)


def test_paused_it_keeps_its_place_and_goes_on_from_there(school: School) -> None:
    crowd(school, 150)
    broadcast = ask(school)
    school.turn(PAGES)
    act(school, broadcast, "pause")
    for _ in range(20):
        school.turn(PAGES)
        school.turn(TELEGRAM)
        school.pass_time(seconds=1)
    shown = show(school, broadcast)
    assert (shown["state"], shown["by_state"]) == ("paused", {"sent": 60, "waiting": 90})
    act(school, broadcast, "resume")
    assert run(school, broadcast)["by_state"] == {"sent": 150}
    assert set(arrived(school).values()) == {1}


def test_cancelled_the_rest_is_never_planned_but_accounted_for(school: School) -> None:
    crowd(school, 150)
    broadcast = ask(school)
    school.turn(PAGES)
    school.turn(TELEGRAM)
    gone = len(school.office.telegram())
    shown = act(school, broadcast, "cancel")
    assert shown["by_state"] == {"sent": gone, "cancelled": 150 - gone}
    for _ in range(5):
        school.pass_time(seconds=5)
        school.turn(PAGES)
        school.turn(TELEGRAM)
    assert show(school, broadcast)["by_state"] == shown["by_state"]
    assert school.sql("SELECT count(*) AS n FROM notifications")[0]["n"] == 60
    assert len(school.office.telegram()) == gone


@pytest.mark.parametrize(
    ("first", "then", "state"),
    [
        ("pause", "pause", "paused"),
        (None, "resume", "sending"),
        ("cancel", "cancel", "cancelled"),
        ("cancel", "resume", "cancelled"),
    ],
)
def test_what_its_state_forbids_is_refused_with_that_state(
    school: School, first: str | None, then: str, state: str
) -> None:
    crowd(school, 3)
    broadcast = ask(school)
    if first:
        act(school, broadcast, first)
    path = f"/api/v1/broadcasts/{broadcast['id']}/{then}"
    refused = school.call("POST", path, function="dispatch_notifications")
    assert refused.status_code == 409
    assert state in refused.get_json()["detail"]


def test_a_rehearsal_says_who_and_who_not_and_why_and_writes_nothing(school: School) -> None:
    crowd(school, 90)
    school.person("mail", role="parent")
    school.person("off", role="parent", telegram_chat_id=5)
    school.ok("PATCH", "/api/v1/preferences/off", {"groups": {"system": {"telegram": False}}})
    told = ask(school, "?dry_run=true")
    assert (told["recipients"], told["reached"]) == (92, 90)
    assert told["channels"] == {"telegram": {"queued": 90, "suppressed": 2}}
    assert [(each["reason"], each["sample_user_ids"]) for each in told["not_reached"]] == [
        ("group_off", ["off"]),
        ("no_address", ["mail"]),
    ]
    assert told["takes_seconds"] == 3.0
    assert [each["locale"] for each in told["samples"]] == ["ru", "en"]
    assert all(TEXT["message"] in each["text"] for each in told["samples"])
    assert school.sql("SELECT id FROM broadcasts") == school.sql("SELECT id FROM notifications") == []


def test_a_tutor_s_students_and_their_parents_are_an_audience(school: School) -> None:
    school.person("sasha", parent_ids=["mama"])
    school.person("mama", role="parent", child_ids=["sasha"])
    school.person("olga", role="tutor")
    school.person("other")
    data = {"student_id": "sasha", "tutor_id": "olga", "starts_at": "2030-01-01T10:00:00Z"}
    school.deliver(
        "notifications.events",
        json.dumps(event("lesson.created", {"lesson_id": "l-1", **data}, id="e-1")),
        "application/cloudevents+json",
    )
    school.sql(
        "INSERT INTO lessons (lesson_id, student_id, tutor_id) VALUES ('l-1', 'sasha', 'olga') "
        "ON CONFLICT DO NOTHING"
    )
    students = ask(school, "?dry_run=true", audience={"tutor_id": "olga"}, channels=["email"])
    family = {"tutor_id": "olga", "include_parents": True}
    everybody = ask(school, "?dry_run=true", audience=family, channels=["email"])
    assert (students["reached"], everybody["reached"]) == (1, 2)


def test_a_later_one_waits_for_its_time(school: School) -> None:
    crowd(school, 2)
    broadcast = ask(school, send_at="2099-01-01T10:00:00Z")
    assert broadcast["state"] == "scheduled"
    school.turn(PAGES)
    assert school.sql("SELECT id FROM notifications") == []
    school.sql("UPDATE broadcasts SET send_at = now() - interval '1 second'")
    school.sql("UPDATE outbox SET due_at = now() WHERE body LIKE '%broadcast.page%'")
    assert run(school, broadcast)["by_state"] == {"sent": 2}


def test_the_next_page_waits_while_two_are_unfinished(school: School) -> None:
    crowd(school, 300)
    ask(school)
    for _ in range(8):
        school.turn(PAGES)
        school.sql("UPDATE outbox SET due_at = now() WHERE body LIKE '%broadcast.page%'")
    assert school.sql("SELECT count(*) AS n FROM notifications")[0]["n"] == 180


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"audience": {"role": "parent"}, "data": {}}, 422),
        ({"audience": {"role": "admin"}, "data": TEXT}, 422),
        ({"audience": {"role": "parent", "tutor_id": "t"}, "data": TEXT}, 400),
        ({"audience": {"user_ids": ["a"], "include_parents": True}, "data": TEXT}, 400),
        ({"audience": {"role": "parent"}, "data": TEXT, "type": "lesson_created"}, 400),
    ],
)
def test_what_cannot_be_sent_is_refused_at_once(school: School, body: Json, status: int) -> None:
    crowd(school, 1)
    answer = school.call("POST", "/api/v1/broadcasts", body, function="dispatch_notifications")
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [("tutor", "", 403), ("service", "events:write", 403), ("service", "broadcasts:write", 202)],
)
def test_only_an_admin_or_a_service_with_the_scope_may(
    school: School, role: str, scope: str, status: int
) -> None:
    token = mint(school.services.settings, role=role, sub="x", scopes=[scope])
    body = {"audience": {"user_ids": ["a"]}, "data": TEXT}
    options: dict[str, Any] = {
        "role": None,
        "headers": {"Authorization": f"Bearer {token}"},
        "function": "dispatch_notifications",
    }
    assert school.call("POST", "/api/v1/broadcasts", body, **options).status_code == status
    read = school.call("GET", "/api/v1/broadcasts", **options).status_code
    assert read == (200 if status == 202 else 403)


def test_they_are_listed_newest_first_with_their_state(school: School) -> None:
    crowd(school, 1)
    first, second = ask(school, name="Первая"), ask(school, name="Вторая")
    run(school, first)
    run(school, second)
    act(school, ask(school, name="Третья"), "cancel")
    listed = school.ok("GET", "/api/v1/broadcasts", function="dispatch_notifications")["items"]
    assert [(each["name"], each["state"]) for each in listed] == [
        ("Третья", "cancelled"),
        ("Вторая", "done"),
        ("Первая", "done"),
    ]
