"""Messages of two queues overtake one another; nobody misses anything for that."""

from datetime import timedelta

from lib.db import recipients
from lib.domain.events import Arrival, decode, utc_now
from tests.integration.notifications.school import Json, School, event, lesson

OLD = timedelta(days=9)


def test_news_that_overtakes_the_registrations_in_their_queue_still_finds_everybody(school: School) -> None:
    people: list[Json] = [
        {"user_id": "sasha", "role": "student", "email": "sasha@example.com"},
        {"user_id": "mama", "role": "parent", "telegram_chat_id": 77, "child_ids": ["sasha"]},
    ]
    old = [event("user.registered", each, id=str(each["user_id"]), ago=timedelta(days=9)) for each in people]
    with school.services.db.begin() as conn:
        recipients.record(conn, [decode(each, Arrival(utc_now())) for each in old])

    school.event(lesson())
    school.send_all()
    assert [m["to"] for m in school.office.mail(at_least=1)] == [["sasha@example.com"]]
    assert [m["chat_id"] for m in school.office.telegram(at_least=1)] == [77]

    school.event(*old)
    assert ("mama", "telegram", "sent", "sent") in school.states()


def test_a_reminder_that_waited_while_its_lesson_was_moved_reminds_nobody(school: School) -> None:
    school.event(
        event("user.registered", {"user_id": "sasha", "email": "sasha@example.com"}, id="u", ago=OLD)
    )
    created = lesson()
    school.event(created)
    later = {"lesson_id": "l-1", "starts_at": (utc_now() + timedelta(days=2)).isoformat()}
    school.event(event("lesson.rescheduled", later, id="moved"))
    asked = {"lesson_id": "l-1", "starts_at": created["data"]["starts_at"], "user_ids": ["sasha"]}
    school.event(event("lesson.reminder_needed", asked, id="r-1"))
    school.event(event("lesson.reminder_needed", {**asked, "starts_at": later["starts_at"]}, id="r-2"))
    reminders = school.sql(
        "SELECT d.state, d.reason FROM deliveries d JOIN notifications n ON n.id = d.notification_id "
        "WHERE n.type = 'lesson_reminder' AND d.channel = 'email' ORDER BY n.id"
    )
    assert [(r["state"], r["reason"]) for r in reminders] == [
        ("suppressed", "lesson_changed"),
        ("queued", "ok"),
    ]
