"""Alerts: raised once, to whom they concern, over later than they began, and raised anew."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from functions.query_analytics import ledger
from lib.db.balances import balances
from tests.clients import Client
from tests.integration.schedules.alarms import DAY, EVENING, FIVE, MIDDAY, Alarms, Json
from tests.integration.schedules.clockwork import HOUR

UNEXCUSED, EXCUSED, ATTENDED = "unexcused_absence", "excused_absence", "attended"


def test_in_the_evening_a_tutor_hears_once_of_lessons_without_a_mark(alarms: Alarms) -> None:
    alarms.lesson(MIDDAY, "L1", subject="Математика")
    alarms.lesson(MIDDAY + HOUR, "L2")
    alarms.ring(EVENING - FIVE)
    assert alarms.alerts() == []
    for minutes in (0, 5, 60):
        alarms.ring(EVENING + timedelta(minutes=minutes))
    assert alarms.told() == [(("t",), "Без отметки: 2 занятия")]
    assert "Первое: Математика, 12:00." in alarms.notices()[0]["message"]


def test_marked_called_off_deleted_and_unfinished_lessons_are_not_asked_for(alarms: Alarms) -> None:
    alarms.lesson(MIDDAY, "marked", outcome=ATTENDED)
    alarms.lesson(MIDDAY, "off", outcome="cancelled")
    alarms.lesson(MIDDAY, "gone", deleted=True)
    alarms.lesson(EVENING - HOUR / 2, "still on")
    alarms.lesson(MIDDAY - DAY, "yesterday")
    alarms.lesson(MIDDAY, "nobody's", tutor_id=None)
    alarms.ring(EVENING)
    assert alarms.alerts() == []


def test_it_is_over_when_all_are_marked_and_comes_again_on_another_day(alarms: Alarms) -> None:
    alarms.lesson(MIDDAY, "L1")
    alarms.ring(EVENING)
    alarms.run("UPDATE lessons SET outcome = 'attended'")
    alarms.ring(EVENING + FIVE)
    assert alarms.alerts() == [("lessons_unmarked", "t", True)]
    for days in (1, 2):
        alarms.lesson(MIDDAY + days * DAY, f"L{days + 1}")
        alarms.ring(EVENING + days * DAY)
    assert [over for _, _, over in alarms.alerts()] == [True, True, False]
    assert len(alarms.notices()) == 3


def test_after_midnight_nobody_is_called_for_the_day_before(alarms: Alarms) -> None:
    alarms.lesson(MIDDAY, "L1")
    alarms.ring(EVENING + 2 * HOUR)
    assert alarms.alerts() == []


@pytest.mark.parametrize(
    ("closes", "day_before"),
    [
        (datetime(2026, 3, 29, 20, tzinfo=UTC), datetime(2026, 3, 28, 22, 59, tzinfo=UTC)),
        (datetime(2026, 10, 25, 21, tzinfo=UTC), datetime(2026, 10, 24, 21, 59, tzinfo=UTC)),
    ],
)
def test_on_days_of_a_clock_change_the_day_is_asked_for_at_ten_in_the_evening(
    alarms: Alarms, closes: datetime, day_before: datetime
) -> None:
    berlin = alarms.client.settings.model_copy(update={"school_timezone": "Europe/Berlin"})
    alarms.client.services.settings = berlin
    alarms.lesson(closes - HOUR, "last of the day")
    alarms.lesson(day_before, "of the day before")
    alarms.ring(closes - FIVE)
    assert alarms.alerts() == []
    alarms.ring(closes)
    assert [each["detail"]["lessons"] for each in (event["data"] for event in alarms.published())] == [1]


def test_silence_calls_the_admins_once_and_ends_with_an_event(alarms: Alarms) -> None:
    alarms.arrived(MIDDAY, 1)
    alarms.ring(MIDDAY + timedelta(minutes=14))
    assert alarms.alerts() == []
    for minutes in (15, 20, 25):
        alarms.ring(MIDDAY + timedelta(minutes=minutes))
    assert alarms.alerts() == [("no_events", "log", False)]
    assert [each["user_ids"] for each in alarms.notices()] == [["a"]]
    alarms.arrived(MIDDAY + timedelta(minutes=26), 2)
    alarms.ring(MIDDAY + timedelta(minutes=30))
    assert alarms.alerts() == [("no_events", "log", True)]
    alarms.ring(MIDDAY + timedelta(minutes=45))
    assert [over for _, _, over in alarms.alerts()] == [True, False]
    assert len(alarms.notices()) == 2


def test_at_night_and_in_a_school_out_of_use_silence_is_nothing(alarms: Alarms) -> None:
    alarms.ring(MIDDAY)
    alarms.arrived(EVENING - FIVE, 1)
    alarms.ring(EVENING + HOUR)
    alarms.ring(MIDDAY + 8 * DAY)
    assert alarms.alerts() == []


def test_a_balance_used_up_is_told_to_the_family_in_each_ones_language(alarms: Alarms) -> None:
    alarms.paid(1)
    alarms.charged("L1")
    alarms.ring(MIDDAY)
    assert alarms.told() == [
        (("s", "p1"), "Мария Зацепина: оплаченных занятий не осталось"),
        (("p2",), "Мария Зацепина: no paid lessons are left"),
    ]


def test_a_balance_is_over_at_two_lessons_and_does_not_flap_around_one(alarms: Alarms) -> None:
    alarms.charged("L1")
    alarms.charged("L2")
    alarms.ring(MIDDAY)
    alarms.ring(MIDDAY + FIVE)
    assert alarms.told()[0] == (("s", "p1"), "Мария Зацепина: не оплачено 2 занятия")
    alarms.paid(3)
    alarms.ring(MIDDAY + 2 * FIVE)
    alarms.charged("L3")
    alarms.ring(MIDDAY + 3 * FIVE)
    assert alarms.alerts() == [("balance_low", "s", False)]
    assert len(alarms.notices()) == 2
    alarms.paid(2, payment_id="P2")
    alarms.ring(MIDDAY + 4 * FIVE)
    assert alarms.alerts() == [("balance_low", "s", True)]
    alarms.charged("L4", lessons=2)
    alarms.ring(MIDDAY + 5 * FIVE)
    assert [over for _, _, over in alarms.alerts()] == [True, False]


def test_a_refund_uses_a_balance_up_and_old_charges_call_nobody(alarms: Alarms) -> None:
    alarms.paid(4, at=MIDDAY - 9 * DAY, refunded=4000, refunded_at=MIDDAY)
    alarms.charged("old", MIDDAY - 3 * DAY, student_id="s2")
    alarms.ring(MIDDAY)
    assert alarms.alerts() == [("balance_low", "s", False)]


def test_the_balance_of_an_alert_is_the_one_of_the_pages(alarms: Alarms) -> None:
    refunds = [0, 1, 999, 1500, 2999, 3000, 5000]
    for n, refunded in enumerate(refunds):
        back: Json = {"refunded": refunded, "refunded_at": MIDDAY if refunded else None}
        alarms.paid(3, payment_id=f"P{n}", student_id=f"s{n}", **back)
        alarms.charged("L", student_id=f"s{n}", lessons=n - 2)
    students = [f"s{n}" for n in range(len(refunds))]
    with alarms.engine.connect() as conn:
        pages = {name: each.balance for name, each in ledger.read(conn, None).accounts.items()}
        assert balances(conn, students) == pages


def test_two_lessons_missed_in_a_row_call_the_parents_and_the_tutor(alarms: Alarms) -> None:
    alarms.held("L1", MIDDAY - 9 * DAY, UNEXCUSED)
    alarms.ring(MIDDAY - 9 * DAY + 2 * HOUR)
    assert alarms.alerts() == []
    alarms.held("L2", MIDDAY - 2 * HOUR, UNEXCUSED)
    alarms.ring(MIDDAY)
    alarms.ring(MIDDAY + FIVE)
    assert [people for people, _ in alarms.told()] == [("p1", "t"), ("p2",)]
    assert alarms.alerts() == [("missed_twice", "s", False)]


def test_an_excuse_ends_nothing_and_a_lesson_attended_does(alarms: Alarms) -> None:
    start = MIDDAY - 8 * HOUR
    for n, outcome in enumerate([UNEXCUSED, UNEXCUSED, EXCUSED]):
        alarms.held(f"L{n}", start + n * HOUR, outcome)
        alarms.ring(start + (n + 1) * HOUR)
    assert alarms.alerts() == [("missed_twice", "s", False)]
    alarms.held("L3", start + 3 * HOUR, ATTENDED)
    alarms.ring(start + 4 * HOUR)
    assert alarms.alerts() == [("missed_twice", "s", True)]
    for n in (4, 5):
        alarms.held(f"L{n}", start + n * HOUR, UNEXCUSED)
        alarms.ring(start + (n + 1) * HOUR)
    assert [over for _, _, over in alarms.alerts()] == [True, False]


@pytest.mark.parametrize("between", [EXCUSED, ATTENDED])
def test_two_missed_with_another_between_call_nobody(alarms: Alarms, between: str) -> None:
    for n, outcome in enumerate([UNEXCUSED, between, UNEXCUSED]):
        alarms.held(f"L{n}", MIDDAY - (6 - n) * HOUR, outcome)
    alarms.held("off", MIDDAY - 2 * HOUR, "cancelled")
    alarms.ring(MIDDAY)
    assert alarms.alerts() == []


def test_subscribers_get_a_cloudevent_without_names_and_people_one_of_the_same_id(alarms: Alarms) -> None:
    alarms.person("s-17", role="student", name="Мария Зацепина", parent_ids=["p2"])
    alarms.charged("L1", student_id="s-17")
    alarms.ring(MIDDAY)
    (event,) = alarms.published()
    assert (event["source"], event["type"]) == ("repitbot/alerts", "analytics.alert")
    assert event["id"] == "alert/balance_low/s-17/2026-11-23T09:00:00+00:00"
    assert event["data"] == {
        "kind": "balance_low",
        "subject": "s-17",
        "since": "2026-11-23T09:00:00Z",
        "detail": {"student_id": "s-17", "balance": -1},
    }
    assert "Мария" not in json.dumps(event, ensure_ascii=False)
    ids = alarms.rows("SELECT message_id FROM outbox WHERE routing_key = 'notifications.events' ORDER BY id")
    assert ids == [(f"{event['id']}/{locale}",) for locale in ("ru", "en")]


def test_five_machines_at_once_raise_one(alarms: Alarms) -> None:
    alarms.charged("L1")
    alarms.arrived(MIDDAY - HOUR, 1)
    alarms.set(MIDDAY)
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: alarms.tick(MIDDAY), range(5)))
    assert alarms.alerts() == [("no_events", "log", False), ("balance_low", "s", False)]
    assert (len(alarms.published()), len(alarms.notices())) == (2, 3)


def test_machines_whose_clocks_differ_raise_one(alarms: Alarms) -> None:
    alarms.charged("L1")
    alarms.set(MIDDAY)
    fast = Client("run_schedules", alarms.client.settings, MIDDAY + FIVE)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda each: each.message(b""), (alarms.client, fast)))
    fast.services.db.dispose()
    assert alarms.alerts() == [("balance_low", "s", False)]
    assert len(alarms.published()) == 1


def test_what_cannot_be_told_is_not_raised_either(alarms: Alarms) -> None:
    alarms.charged("L1")
    alarms.set(MIDDAY)
    alarms.run("ALTER TABLE outbox ADD CONSTRAINT full_disk CHECK (message_id NOT LIKE 'alert/%')")
    assert alarms.client.message(b"").status_code != 200
    assert alarms.alerts() == []
    alarms.run("ALTER TABLE outbox DROP CONSTRAINT full_disk")
    alarms.tick(MIDDAY + timedelta(minutes=1))
    assert len(alarms.notices()) == 2


def test_nobody_hears_of_somebody_who_was_erased(alarms: Alarms) -> None:
    gone = "erased-0123456789abcdef"
    alarms.charged("L1", student_id=gone)
    alarms.lesson(MIDDAY, "L2", tutor_id=gone)
    for n in (1, 2):
        alarms.held(f"M{n}", MIDDAY + n * HOUR, UNEXCUSED, tutor_id=gone)
    alarms.ring(EVENING)
    assert alarms.alerts() == [("missed_twice", "s", False)]
    assert [each["user_ids"] for each in alarms.notices()] == [["p1"], ["p2"]]


def test_the_dispatcher_decides_on_what_people_are_told_and_a_second_copy_changes_nothing(
    alarms: Alarms,
) -> None:
    alarms.run("UPDATE recipients SET email = user_id || '@example.com'")
    alarms.charged("L1")
    alarms.ring(MIDDAY)
    dispatcher = Client("dispatch_notifications", alarms.client.settings, MIDDAY)
    bodies = alarms.rows("SELECT body FROM outbox WHERE routing_key = 'notifications.events' ORDER BY id")
    for (body,) in bodies * 2:
        answer = dispatcher.message(body.encode(), "application/cloudevents+json")
        assert (answer.status_code, answer.data) == (200, b"")
    dispatcher.services.db.dispose()
    told = alarms.rows(
        "SELECT d.user_id, d.state, n.type, n.data ->> 'title' FROM deliveries d "
        "JOIN notifications n ON n.id = d.notification_id WHERE d.channel = 'email' ORDER BY 1"
    )
    assert told == [
        ("p1", "queued", "system_notification", "Оплаченные занятия закончились"),
        ("p2", "queued", "system_notification", "No paid lessons left"),
        ("s", "queued", "system_notification", "Оплаченные занятия закончились"),
    ]


@pytest.mark.parametrize("student", ["s-masha-77", "7"])
def test_an_erasure_leaves_an_alert_with_a_pseudonym_and_nothing_in_it(alarms: Alarms, student: str) -> None:
    alarms.person(student, role="student", name="Мария Зацепина", parent_ids=["p1"])
    alarms.charged("L1", student_id=student)
    alarms.charged("L2", student_id="other")
    alarms.ring(MIDDAY)
    directory = Client("manage_recipients", alarms.client.settings, MIDDAY)
    assert directory.call("DELETE", f"/api/v1/recipients/{student}/data").status_code == 200
    directory.services.db.dispose()
    rows = alarms.rows("SELECT subject, detail FROM alerts ORDER BY subject = 'other'")
    assert rows[0][0].startswith("erased-")
    assert [detail for _, detail in rows] == [{}, {"student_id": "other", "balance": -1}]
    assert [body for (body,) in alarms.rows("SELECT body FROM outbox") if "Зацепина" in body] == []
    assert [name for (name,) in alarms.rows("SELECT message_id FROM outbox") if f"/{student}/" in name] == []
