"""Messages of two queues overtake one another; nobody misses anything for that."""

from datetime import timedelta

from lib.db import recipients
from lib.domain.events import Arrival, decode, utc_now
from tests.integration.notifications.school import Json, School, event, lesson


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
