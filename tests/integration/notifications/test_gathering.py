"""Messages that wait for the same moment: held, gathered into one, never lost and never twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.notifications.calendar import Calendar

Json = dict[str, Any]
# 18:00 in Moscow.
EVENING = datetime(2026, 9, 14, 15, tzinfo=UTC)


@pytest.fixture
def sasha(calendar: Calendar) -> Calendar:
    """A student with an e-mail address and no chat."""
    calendar.person("sasha")
    return calendar


def wish(calendar: Calendar, user: str = "sasha", **wishes: Any) -> None:
    calendar.ok("PATCH", f"/api/v1/preferences/{user}", wishes)


def tell(calendar: Calendar, kind: str = "homework_graded", user: str = "sasha", **rest: Any) -> Json:
    body = {"type": kind, "user_id": user, "channels": ["email"], "data": {"subject": "Физика"}, **rest}
    return calendar.ok("POST", "/api/v1/notifications", body)


def mails(calendar: Calendar) -> list[str]:
    return [mail["subject"] for mail in calendar.office.mail()]


def test_what_waited_for_the_end_of_quiet_hours_becomes_one_message(sasha: Calendar) -> None:
    wish(sasha, quiet_hours={"start": "11:00", "end": "14:00"}, timezone="Europe/Moscow")
    first = tell(sasha)
    sasha.go(sasha.later(minutes=30))
    tell(sasha, "homework_assigned")
    sasha.go(sasha.later(hours=1, minutes=29))
    assert mails(sasha) == []
    sasha.go(sasha.later(minutes=1))
    assert len(mails(sasha)) == 1
    assert sorted(state for _, _, state, _ in sasha.states()) == ["digested", "digested", "sent"]
    story = sasha.ok("GET", f"/api/v1/notifications/{first['id']}")
    assert story["status"] == "digested"
    assert story["deliveries"][0]["merged_into"]
    assert sasha.ok("GET", "/api/v1/ledger/balance", query_string={"from": "2026-09-01", "to": "2026-09-30"})[
        "balanced"
    ]


def test_one_that_waited_alone_goes_out_as_itself(sasha: Calendar) -> None:
    wish(sasha, quiet_hours={"start": "11:00", "end": "14:00"}, timezone="Europe/Moscow")
    tell(sasha)
    sasha.go(sasha.later(hours=2))
    assert sasha.states() == [("sasha", "email", "sent", "sent")]
    assert "оцен" in mails(sasha)[0].lower() or "провер" in mails(sasha)[0].lower()


def test_a_daily_digest_goes_out_in_the_evening_and_reminders_do_not_wait_for_it(sasha: Calendar) -> None:
    wish(sasha, digest="daily")
    tell(sasha)
    tell(sasha, "homework_assigned")
    tell(sasha, "lesson_reminder")
    tell(sasha, "custom", data={"message": "Срочно"}, priority="high")
    sasha.go(EVENING - timedelta(seconds=1))
    assert len(mails(sasha)) == 2
    sasha.go(EVENING)
    assert len(mails(sasha)) == 3


def test_a_weekly_digest_waits_for_sunday_and_is_not_expired_by_then(sasha: Calendar) -> None:
    wish(sasha, digest="weekly")
    tell(sasha)
    tell(sasha, "homework_assigned")
    sunday = datetime(2026, 9, 20, 15, tzinfo=UTC)
    sasha.go(sunday - timedelta(seconds=1))
    assert mails(sasha) == []
    sasha.go(sunday)
    assert len(mails(sasha)) == 1


def test_over_the_weekly_cap_the_rest_goes_into_the_digest_on_sunday(sasha: Calendar) -> None:
    wish(sasha, weekly_cap=2)
    for _ in range(5):
        tell(sasha)
        sasha.go(sasha.later(hours=1))
    assert len(mails(sasha)) == 2
    assert tell(sasha, critical=True)["status"] == "queued"
    sasha.go(datetime(2026, 9, 20, 15, tzinfo=UTC))
    assert len(mails(sasha)) == 4
    assert sorted(s for *_, s, _ in sasha.states()) == ["digested"] * 3 + ["sent"] * 4


def test_the_minimum_interval_keeps_a_distance_and_gathers(sasha: Calendar) -> None:
    wish(sasha, min_interval_minutes=30)
    tell(sasha)
    sasha.go(sasha.later(minutes=5))
    tell(sasha)
    tell(sasha)
    sasha.go(sasha.later(minutes=24))
    assert len(mails(sasha)) == 1
    sasha.go(sasha.later(minutes=1))
    assert len(mails(sasha)) == 2
    assert [s for *_, s, _ in sasha.states()].count("digested") == 2


def test_turning_a_type_off_meanwhile_is_respected_at_the_release(sasha: Calendar) -> None:
    wish(sasha, digest="daily")
    tell(sasha)
    tell(sasha, "homework_assigned")
    wish(sasha, types={"homework_graded": {"email": False}})
    sasha.go(EVENING)
    assert len(mails(sasha)) == 1
    assert ("sasha", "email", "suppressed", "type_off") in sasha.states()


def test_who_refuses_digests_gets_what_was_held_one_by_one(sasha: Calendar) -> None:
    wish(sasha, quiet_hours={"start": "11:00", "end": "14:00"}, groups={"digests": {"email": False}})
    tell(sasha)
    tell(sasha, "homework_assigned")
    sasha.go(sasha.later(hours=2))
    assert len(mails(sasha)) == 2


def test_a_digest_that_was_refused_suppresses_with_its_reason(sasha: Calendar) -> None:
    wish(sasha, digest="daily", groups={"digests": {"email": False}})
    assert tell(sasha)["decisions"][0]["reason"] == "digest_off"


def family(calendar: Calendar) -> None:
    for child in ("masha", "petya"):
        calendar.person(child, email=None)
    calendar.person("mama", role="parent", child_ids=["masha", "petya"])
    calendar.person("olga", role="tutor", email=None)


def event(calendar: Calendar, kind: str, data: Json, *, id: str) -> None:
    calendar.event(
        {
            "specversion": "1.0",
            "id": id,
            "source": "test",
            "type": kind,
            "time": calendar.at.isoformat(),
            "data": data,
        }
    )


def lesson(calendar: Calendar, child: str, starts_at: datetime, **rest: Any) -> None:
    data = {"lesson_id": f"l-{child}", "student_id": child, "tutor_id": "olga", "subject": "Физика"}
    event(calendar, "lesson.created", {**data, "starts_at": starts_at.isoformat(), **rest}, id=f"e-{child}")


def test_a_parent_of_two_gets_one_message_about_both(calendar: Calendar) -> None:
    family(calendar)
    for child in ("masha", "petya"):
        lesson(calendar, child, calendar.later(days=1))
    calendar.go(calendar.later(seconds=5))
    assert len(mails(calendar)) == 1
    assert [s for u, _, s, _ in calendar.states("email") if u == "mama"].count("digested") == 2


def test_a_parent_of_two_is_reminded_once_to_the_second_of_both_lessons(calendar: Calendar) -> None:
    family(calendar)
    starts_at = calendar.later(hours=3)
    for child in ("masha", "petya"):
        _known_lesson(calendar, child, starts_at)
    due = starts_at - timedelta(hours=1)
    calendar.go(due - timedelta(seconds=1), tick_at=(due - timedelta(seconds=90),))
    assert mails(calendar) == []
    calendar.go(due)
    (mail,) = calendar.office.mail()
    assert "Masha" in mail["text"]
    assert "Petya" in mail["text"]


def _known_lesson(calendar: Calendar, child: str, starts_at: datetime) -> None:
    calendar.sql(
        "INSERT INTO lessons (lesson_id, student_id, tutor_id, subject, starts_at) "
        "VALUES (:id, :s, 'olga', 'Физика', :at)",
        id=f"l-{child}",
        s=child,
        at=starts_at,
    )


def test_releasing_twice_or_late_sends_once(sasha: Calendar) -> None:
    wish(sasha, digest="daily")
    tell(sasha)
    tell(sasha, "homework_assigned")
    bodies = sasha.sql("SELECT body, content_type FROM outbox WHERE routing_key = 'notifications.events'")
    sasha.go(EVENING + timedelta(hours=1))
    for row in bodies:
        sasha.deliver("notifications.events", row["body"], row["content_type"])
    sasha.send_all()
    assert len(mails(sasha)) == 1
