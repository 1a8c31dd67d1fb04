"""The whole road once: an event comes in, and the right people get the right words."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.notifications.school import Json, School, event, lesson

REMINDER: Json = {
    "type": "lesson_reminder",
    "user_id": "sasha",
    "channels": ["email"],
    "data": {"lesson_id": "l-1"},
}


@pytest.fixture
def family(school: School) -> School:
    """A student, both parents and the tutor, registered long ago."""
    people: list[Json] = [
        {"user_id": "sasha", "role": "student", "name": "Саша", "email": "sasha@example.com"},
        {
            "user_id": "mama",
            "role": "parent",
            "name": "Ирина",
            "email": "mama@example.com",
            "telegram_chat_id": 77,
        },
        {"user_id": "papa", "role": "parent", "telegram_chat_id": 78},
        {"user_id": "olga", "role": "tutor", "name": "Ольга", "email": "olga@example.com"},
    ]
    for each in people:
        children = {"child_ids": ["sasha"]} if each["role"] == "parent" else {}
        school.event(
            event("user.registered", {**each, **children}, id=each["user_id"], ago=timedelta(days=9))
        )
    return school


def test_a_new_lesson_reaches_the_student_both_parents_and_the_tutor(family: School) -> None:
    assert family.event(lesson()).status_code == 200
    family.send_all()
    mail = {each["to"][0]: each for each in family.office.mail(at_least=3)}
    assert set(mail) == {"sasha@example.com", "mama@example.com", "olga@example.com"}
    assert mail["sasha@example.com"]["subject"].startswith("Новое занятие: Математика, ")
    chats = {each["chat_id"]: each["text"] for each in family.office.telegram(at_least=2)}
    assert set(chats) == {77, 78}
    assert "Ученик: Саша" in chats[77]
    assert "Преподаватель: Ольга" in chats[77]


def test_old_registrations_welcome_nobody(family: School) -> None:
    family.send_all()
    assert family.office.mail() == []
    assert {state for *_, state, _ in family.states()} == {"expired"}


def test_the_same_event_again_does_nothing(family: School) -> None:
    first = lesson()
    for _ in range(3):
        assert family.event(first, first).status_code == 200
    family.send_all()
    assert len(family.office.mail()) == 3
    assert len(family.sql("SELECT id FROM notifications WHERE type = 'lesson_created'")) == 1


def test_a_year_of_history_messages_nobody_and_shows_why(family: School) -> None:
    old = [lesson(f"l-{n}", id=f"old-{n}", ago=timedelta(days=n)) for n in range(2, 300)]
    family.event(*old)
    family.send_all()
    assert family.office.mail() == []
    assert family.office.telegram() == []
    answer = family.ok("GET", "/api/v1/notifications/explain?user_id=mama&event_id=old-5")
    assert answer["reason"] == "event_too_old"
    assert answer["explanation"] == "Событие дошло до нас слишком поздно: это была уже не новость."


def test_a_cancelled_lesson_takes_its_reminder_with_it(family: School) -> None:
    family.event(lesson())
    at = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    family.ok("POST", "/api/v1/notifications", {**REMINDER, "send_at": at})
    family.event(event("lesson.cancelled", {"lesson_id": "l-1", "reason": "болезнь"}, id="e-2"))
    assert ("sasha", "email", "cancelled", "lesson_changed") in family.states()


def test_a_reminder_for_after_the_lesson_began_is_not_sent(family: School) -> None:
    family.event(lesson())
    at = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    answer = family.ok("POST", "/api/v1/notifications", {**REMINDER, "send_at": at})
    assert answer["status"] == "expired"


def test_a_cancellation_says_which_lesson_and_why(family: School) -> None:
    family.event(lesson())
    family.event(event("lesson.cancelled", {"lesson_id": "l-1", "reason": "преподаватель заболел"}, id="e-2"))
    family.send_all()
    family.pass_time(seconds=2)
    family.send_all()
    told = [each for each in family.office.telegram() if "отменено" in each["text"]]
    assert len(told) == 2
    assert "Предмет: Математика" in told[0]["text"]
    assert "Причина: преподаватель заболел" in told[0]["text"]


def test_attendance_and_completion_of_one_lesson_are_one_message(family: School) -> None:
    family.event(lesson())
    family.event(
        event("lesson.attendance_marked", {"lesson_id": "l-1", "attendance_status": "attended"}, id="e-2"),
        event("lesson.completed", {"lesson_id": "l-1"}, id="e-3"),
    )
    family.event(event("lesson.completed", {"lesson_id": "l-1"}, id="e-4"))
    reasons = family.sql(
        "SELECT d.reason FROM deliveries d JOIN notifications n ON n.id = d.notification_id "
        "WHERE n.type = 'lesson_completed' AND user_id = 'sasha' AND channel = 'email' ORDER BY d.id"
    )
    assert [each["reason"] for each in reasons] == ["ok", "duplicate", "duplicate"]


def test_a_cancellation_that_overtook_its_lesson_silences_the_news_of_it(family: School) -> None:
    family.event(event("lesson.cancelled", {"lesson_id": "l-1"}, id="e-2"))
    family.event(lesson(ago=timedelta(minutes=5)))
    assert ("sasha", "email", "suppressed", "lesson_called_off") in family.states()


def test_bad_events_of_a_batch_are_parked_and_their_neighbours_unhurt(family: School) -> None:
    family.event(
        {
            "specversion": "1.0",
            "id": "x",
            "source": "test",
            "type": "lesson.created",
            "time": "2026-01-01T00:00:00Z",
            "data": {},
        },
        lesson(),
    )
    parked = family.ok("GET", "/api/v1/notifications/dead-letters")["items"]
    assert len(parked) == 1
    assert "student_id" in parked[0]["reason"]
    assert ("sasha", "email", "queued", "ok") in family.states()


def test_a_parked_event_is_replayed_once(family: School) -> None:
    family.event({"type": "nonsense"}, lesson())
    letter = family.ok("GET", "/api/v1/notifications/dead-letters")["items"][0]
    path = f"/api/v1/notifications/dead-letters/{letter['id']}/replay"
    assert family.ok("POST", path)["status"] == "replayed"
    assert family.call("POST", path).status_code == 404
    assert family.turn("notifications.events") == [200]
    assert len(family.ok("GET", "/api/v1/notifications/dead-letters")["items"]) == 1


def test_the_ledger_balances(family: School) -> None:
    family.event(lesson())
    family.send_all()
    balance = family.ok("GET", "/api/v1/ledger/balance?days=2")
    assert balance["balanced"] is True
    assert balance["sent"] == 5
    assert balance["suppressed"] == 3
    assert balance["by_reason"]["suppressed"] == {"no_address": 3}
    stats = family.ok("GET", "/api/v1/notifications/stats?days=2")
    assert stats["success_rate"] == 1.0
    assert set(stats["latency_seconds"]) == {"email", "telegram"}
