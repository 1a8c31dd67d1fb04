"""The notification API: asking, reading, explaining, stopping."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.notifications.school import School, event, lesson


@pytest.fixture
def sasha(school: School) -> School:
    """A student with an e-mail address, and another without any."""
    school.person("sasha")
    school.person("nobody", email=None)
    return school


def test_an_answer_tells_every_decision_with_its_reason(sasha: School) -> None:
    body = {"type": "custom", "user_ids": ["sasha", "nobody", "stranger"], "data": {"message": "Привет"}}
    answer = sasha.ok("POST", "/api/v1/notifications", body)
    assert answer["status"] == "queued"
    reasons = {(each["user_id"], each["channel"]): each["reason"] for each in answer["decisions"]}
    assert reasons == {
        ("sasha", "email"): "ok",
        ("sasha", "telegram"): "no_address",
        ("nobody", "email"): "no_address",
        ("nobody", "telegram"): "no_address",
        ("stranger", "email"): "unknown_recipient",
        ("stranger", "telegram"): "unknown_recipient",
    }


def test_a_role_is_everybody_active_who_has_it(sasha: School) -> None:
    sasha.person("gone", active=False)
    sasha.person("olga", role="tutor")
    body = {"type": "custom", "role": "student", "channels": ["email"], "data": {"message": "Привет"}}
    decisions = sasha.ok("POST", "/api/v1/notifications", body)["decisions"]
    assert [each["user_id"] for each in decisions] == ["nobody", "sasha"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": "custom", "data": {"message": "x"}}, 400),
        ({"type": "custom", "user_id": "a", "role": "student", "data": {"message": "x"}}, 400),
        ({"type": "nonsense", "user_id": "a"}, 400),
        ({"type": "custom", "user_id": "a", "email": "x@y.example"}, 400),
        ({"type": "custom", "user_id": "a", "data": {}}, 422),
        ({"type": "lesson_created", "user_id": "a", "data": {"starts_at": "завтра"}}, 422),
        ({"type": "lesson_created", "user_id": "a", "send_at": "2026-01-01T10:00:00"}, 400),
    ],
)
def test_what_makes_no_message_is_refused(sasha: School, body: object, status: int) -> None:
    answer = sasha.call("POST", "/api/v1/notifications", body)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


def test_a_batch_answers_one_result_each_in_order(sasha: School) -> None:
    good = {"type": "custom", "user_id": "sasha", "data": {"message": "x"}}
    answer = sasha.ok("POST", "/api/v1/notifications/batch", [good, {**good, "data": {}}, good])
    assert [each["status"] for each in answer["results"]] == ["queued", "rejected", "queued"]


def test_the_same_idempotency_key_asks_once(sasha: School) -> None:
    body = {"type": "custom", "user_id": "sasha", "channels": ["email"], "data": {"message": "x"}}
    key = {"headers": {"Idempotency-Key": "k-1"}}
    first, second = (sasha.ok("POST", "/api/v1/notifications", body, **key) for _ in range(2))
    assert first == second
    assert len(sasha.states()) == 1


@pytest.mark.parametrize("role", ["student", "parent", "tutor"])
def test_only_admins_and_services_may_ask(sasha: School, role: str) -> None:
    body = {"type": "custom", "user_id": "sasha", "data": {"message": "x"}}
    assert sasha.call("POST", "/api/v1/notifications", body, role=role, sub="sasha").status_code == 403


def test_a_notification_tells_its_story_to_whom_it_concerns(sasha: School) -> None:
    body = {"type": "custom", "user_ids": ["sasha", "nobody"], "data": {"message": "x"}}
    made = sasha.ok("POST", "/api/v1/notifications", body)
    sasha.send_all()
    whole = sasha.ok("GET", f"/api/v1/notifications/{made['id']}")
    assert whole["status"] == "sent"
    mine = sasha.ok("GET", f"/api/v1/notifications/{made['id']}", role="student", sub="sasha")
    assert {each["user_id"] for each in mine["deliveries"]} == {"sasha"}
    kinds = [line["kind"] for line in mine["timeline"] if line["status"] != "suppressed"]
    assert kinds == ["decision", "attempt", "answer"]
    by_delivery = next(each["delivery_id"] for each in made["decisions"] if each["reason"] == "ok")
    assert sasha.ok("GET", f"/api/v1/notifications/{by_delivery}")["id"] == made["id"]


def test_anothers_and_absent_notifications_look_the_same(sasha: School) -> None:
    made = sasha.ok(
        "POST", "/api/v1/notifications", {"type": "custom", "user_id": "sasha", "data": {"message": "x"}}
    )
    foreign = sasha.call("GET", f"/api/v1/notifications/{made['id']}", role="student", sub="other")
    absent = sasha.call(
        "GET", "/api/v1/notifications/01a20554-9c0a-7fa4-ad16-7be71ffb297d", role="student", sub="other"
    )
    assert foreign.status_code == absent.status_code == 404
    assert foreign.get_json()["detail"] == absent.get_json()["detail"]


def test_the_log_pages_through_everything_once(sasha: School) -> None:
    for n in range(7):
        body = {"type": "custom", "user_id": "sasha", "channels": ["email"], "data": {"message": f"{n}"}}
        sasha.ok("POST", "/api/v1/notifications", body)
    seen: list[str] = []
    cursor = ""
    while True:
        page = sasha.ok("GET", f"/api/v1/notifications?limit=3&cursor={cursor}", role="student", sub="sasha")
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)
    assert (
        sasha.call("GET", "/api/v1/notifications?user_id=sasha", role="parent", sub="mama").status_code == 404
    )


def test_what_waits_can_be_cancelled_and_what_is_sent_cannot(sasha: School) -> None:
    body = {"type": "custom", "user_id": "sasha", "channels": ["email"], "data": {"message": "x"}}
    first, second = (sasha.ok("POST", "/api/v1/notifications", body)["id"] for _ in range(2))
    assert sasha.ok("POST", f"/api/v1/notifications/{first}/cancel")["status"] == "cancelled"
    sasha.send_all()
    assert len(sasha.office.mail()) == 1
    refused = sasha.call("POST", f"/api/v1/notifications/{second}/cancel")
    assert refused.status_code == 409
    assert "sent" in refused.get_json()["detail"]


def test_what_failed_can_be_sent_again(sasha: School) -> None:
    sasha.office.script(smtp=[{"stage": "data", "code": 554}])
    body = {"type": "custom", "user_id": "sasha", "channels": ["email"], "data": {"message": "x"}}
    made = sasha.ok("POST", "/api/v1/notifications", body)["id"]
    sasha.send_all()
    assert sasha.states() == [("sasha", "email", "failed", "message_refused")]
    sasha.ok("POST", f"/api/v1/notifications/{made}/retry")
    sasha.send_all()
    assert sasha.states() == [("sasha", "email", "sent", "sent")]
    assert sasha.call("POST", f"/api/v1/notifications/{made}/retry").status_code == 409


def test_a_simulation_decides_and_renders_and_leaves_nothing_behind(sasha: School) -> None:
    sasha.person("mama", role="parent", child_ids=["sasha"], telegram_chat_id=77)
    answer = sasha.ok("POST", "/api/v1/notifications/simulate", {"event": lesson(tutor_id="olga")})
    sent = [each for each in answer["decisions"] if each["action"] == "send"]
    assert {(each["user_id"], each["channel"]) for each in sent} == {
        ("sasha", "email"),
        ("mama", "email"),
        ("mama", "telegram"),
    }
    assert sent[0]["rendered"]["subject"].startswith("Новое занятие: Математика")
    assert sasha.states() == []
    assert sasha.sql("SELECT id FROM events WHERE type = 'lesson.created'") == []


def test_a_simulation_at_night_holds_to_the_end_of_quiet_hours(sasha: School) -> None:
    quiet = {"quiet_hours": {"start": "22:00", "end": "08:00"}, "timezone": "Asia/Yekaterinburg"}
    sasha.ok("PATCH", "/api/v1/preferences/sasha", quiet)
    asked = {"type": "custom", "user_id": "sasha", "channels": ["email"], "data": {"message": "x"}}
    answer = sasha.ok("POST", "/api/v1/notifications/simulate", {**asked, "at": "2026-11-25T19:00:00Z"})
    decision = answer["decisions"][0]
    assert (decision["action"], decision["reason"]) == ("hold", "quiet_hours")
    assert decision["due_at"] == "2026-11-26T03:00:00Z"


def test_every_absence_is_explained(sasha: School) -> None:
    sasha.event(lesson(), event("material.accessed", {"material_id": "m", "user_id": "sasha"}, id="seen"))

    def why(event_id: str, user_id: str = "sasha", lang: str = "ru") -> str:
        path = f"/api/v1/notifications/explain?user_id={user_id}&event_id={event_id}&lang={lang}"
        answer = sasha.ok("GET", path)
        assert answer["got_it"] is False
        return f"{answer['reason']}: {answer['explanation']}"

    assert why("never") == "event_unknown: Такого события у нас нет: оно к нам не приходило."
    assert why("seen") == "type_not_notified: О таких событиях никому не сообщают."
    assert why("e-1", "nobody") == "not_concerned: Это событие не касается этого человека."
    assert why("e-1", lang="en") == "ok: It is in the queue and will be sent shortly."
    sasha.send_all()
    answer = sasha.ok("GET", "/api/v1/notifications/explain?user_id=sasha&event_id=e-1")
    assert answer["got_it"] is True
    assert answer["explanation"].startswith("Отправлено письмом ")
    assert answer["channels"][0]["rules"][:2] == ["событие свежее", "получатель есть в справочнике"]
    foreign = "/api/v1/notifications/explain?user_id=sasha&event_id=e-1"
    assert sasha.call("GET", foreign, role="student", sub="other").status_code == 404


def test_types_are_listed_for_anybody_signed_in(school: School) -> None:
    items = school.ok("GET", "/api/v1/notifications/types", role="student", sub="s")["items"]
    assert len(items) == 21
    assert items[0]["channels"] == ["telegram", "email"]
    assert school.call("GET", "/api/v1/notifications/types", role=None).status_code == 401


def test_a_test_letter_goes_to_oneself_only(sasha: School) -> None:
    answer = sasha.ok("POST", "/api/v1/emails", {}, role="student", sub="sasha")
    assert answer["status"] == "queued"
    sasha.send_all()
    assert "проверочное сообщение" in sasha.office.mail(at_least=1)[0]["text"]
    assert (
        sasha.call("POST", "/api/v1/emails", {"user_id": "sasha"}, role="student", sub="x").status_code == 404
    )
    assert sasha.call("POST", "/api/v1/emails", {"user_id": "sasha"}).status_code == 202


def test_quiet_hours_hold_and_then_deliver(sasha: School) -> None:
    now = datetime.now(UTC)
    around = {"start": f"{now - timedelta(hours=1):%H:%M}", "end": f"{now + timedelta(hours=2):%H:%M}"}
    sasha.ok("PATCH", "/api/v1/preferences/sasha", {"quiet_hours": around, "timezone": "UTC"})
    body = {"type": "homework_graded", "user_id": "sasha", "channels": ["email"]}
    assert sasha.ok("POST", "/api/v1/notifications", body)["status"] == "held"
    assert sasha.ok("POST", "/api/v1/notifications", {**body, "critical": True})["status"] == "queued"
    sasha.send_all()
    assert len(sasha.office.mail()) == 1
    sasha.ok("PATCH", "/api/v1/preferences/sasha", {"quiet_hours": None})
    sasha.pass_time(hours=3)
    sasha.send_all()
    assert len(sasha.office.mail()) == 2
