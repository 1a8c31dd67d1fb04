"""Regular reports: once a slot, of the last full week, with their reader's rights, on their reader's clock."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.analytics.stories import cloudevent, lesson_at
from tests.integration.notifications.school import Json
from tests.integration.reports.jobs.bureau import REPORTS, Bureau

SUBSCRIPTIONS = f"{REPORTS}/subscriptions"
# A Wednesday; the next Monday, 09:00 in Moscow, is the 30th, 06:00.
WEDNESDAY = datetime(2026, 11, 25, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)
WEEKLY: Json = {"type": "lesson", "format": "csv", "every": "weekly"}
TUTOR = {"role": "tutor", "sub": "t-1"}


@pytest.fixture
def school(clocked_bureau: Bureau) -> Bureau:
    """A tutor, a parent with two children, an admin, on a Wednesday."""
    clocked_bureau.set_clock(WEDNESDAY)
    clocked_bureau.person("t-1")
    clocked_bureau.person("a-1", role="admin")
    for kid in ("kid-1", "kid-2"):
        clocked_bureau.person(kid, role="student", parent_ids=["mum"])
    clocked_bureau.person("mum", role="parent", child_ids=["kid-1", "kid-2"])
    return clocked_bureau


def subscribed(bureau: Bureau, body: Json | None = None, **who: str) -> Json:
    answer = bureau.functions["generate_report"].post(
        SUBSCRIPTIONS, json={**WEEKLY, **(body or {})}, **(who or TUTOR)
    )
    assert answer.status_code == 201, answer.text
    made: Json = answer.json
    return made


def rung(bureau: Bureau, at: datetime) -> list[Json]:
    """The schedule rings; the regular reports there are."""
    bureau.set_clock(at)
    bureau.tick()
    rows = bureau.sql(
        "SELECT *, slot::text AS day FROM reports WHERE subscription_id IS NOT NULL ORDER BY id"
    )
    return [dict(row) for row in rows]


def letters(bureau: Bureau) -> list[Json]:
    """Those with a report; the admins are told of the silence of the log meanwhile."""
    bureau.send_all()
    return [
        mail for mail in bureau.office.mail() if mail["subject"].startswith(("Отчёт готов", "Итоги недели"))
    ]


def test_it_is_made_once_when_it_is_due_and_sent(school: Bureau) -> None:
    made = subscribed(school)
    assert (made["weekday"], made["at"], made["next_at"]) == ("monday", "09:00", "2026-11-30T06:00:00Z")
    assert rung(school, MONDAY - timedelta(seconds=1)) == []
    for minutes in range(3):
        (report,) = rung(school, MONDAY + timedelta(minutes=minutes))
    assert report["parameters"] == {"from": "2026-11-23", "to": "2026-11-29", "tz": "Europe/Moscow"}
    school.turn()
    (mail,) = letters(school)
    assert "23–29 нояб. 2026" in mail["text"]
    assert len(mail["attachments"]) == 1
    assert len(rung(school, MONDAY + timedelta(days=7))) == 2


def test_five_schedulers_at_once_make_it_once(school: Bureau) -> None:
    subscribed(school)
    school.set_clock(MONDAY)
    threads = [threading.Thread(target=school.tick) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rung(school, MONDAY)) == 1
    assert len(school.sql("SELECT FROM outbox WHERE body LIKE '%report.requested%'")) == 1


def test_after_a_standstill_of_a_month_one_is_made(school: Bureau) -> None:
    subscribed(school)
    (report,) = rung(school, MONDAY + timedelta(days=30))
    assert (report["day"], report["parameters"]["to"]) == ("2026-12-28", "2026-12-27")


def test_it_follows_its_reader_to_another_zone_without_a_second_copy(school: Bureau) -> None:
    made = subscribed(school)
    school.person("t-1", timezone="Asia/Vladivostok")
    assert rung(school, WEDNESDAY + timedelta(minutes=1)) == []
    moved = school.call("GET", f"{SUBSCRIPTIONS}/{made['id']}", **TUTOR).json
    assert (moved["zone"], moved["next_at"]) == ("Asia/Vladivostok", "2026-11-29T23:00:00Z")
    assert len(rung(school, MONDAY - timedelta(hours=7))) == 1
    school.person("t-1", timezone="Europe/Moscow")
    assert len(rung(school, MONDAY + timedelta(hours=1))) == 1


def test_a_parent_who_names_no_child_has_one_of_each(school: Bureau) -> None:
    subscribed(school, {"type": "student"}, role="parent", sub="mum")
    reports = rung(school, MONDAY)
    assert {each["parameters"]["student_id"] for each in reports} == {"kid-1", "kid-2"}
    assert {each["requested_by"] for each in reports} == {"parent:mum"}
    assert len(rung(school, MONDAY)) == 2
    school.turn()
    assert {each["state"] for each in rung(school, MONDAY)} == {"done"}
    assert [mail["to"] for mail in letters(school)] == [["mum@example.com"]] * 2


def test_a_parents_week_is_told_in_figures_with_the_report_and_its_chart(school: Bureau) -> None:
    school.take(
        lesson_at("2026-11-24T10:00:00Z", "L", "kid-1"),
        cloudevent(
            "lesson.attendance_marked",
            {"lesson_id": "L", "attendance_status": "attended"},
            "2026-11-24T11:00:00Z",
        ),
        lesson_at("2026-12-01T12:00:00Z", "M", "kid-1"),
    )
    subscribed(school, {"type": "student", "format": "pdf"}, role="parent", sub="mum")
    rung(school, MONDAY)
    school.turn()
    mails = letters(school)
    assert [(mail["subject"], len(mail["attachments"])) for mail in mails] == [("Итоги недели", 1)] * 2
    (told,) = (mail["text"] for mail in mails if "Kid-1" in mail["text"])
    for words in (
        "за неделю с 23 ноября",
        "Проведено занятий: 1",
        "Следующее занятие: ",
        "1 декабря",
        "диаграмма",
    ):
        assert words in told.replace("\xa0", " "), told
    ledger = school.functions["dispatch_notifications"].get("/api/v1/ledger/balance").json
    assert ledger["balanced"] is True


def test_whoever_was_switched_off_has_none_and_the_row_says_why(school: Bureau) -> None:
    subscribed(school)
    school.person("t-1", active=False)
    rung(school, MONDAY)
    school.turn()
    (report,) = rung(school, MONDAY)
    assert report["state"] == "failed"
    assert "учётная запись" in report["error"]
    assert letters(school) == []


def test_one_that_was_ended_is_not_made_any_more(school: Bureau) -> None:
    made = subscribed(school)
    path = f"{SUBSCRIPTIONS}/{made['id']}"
    assert school.call("DELETE", path, role="tutor", sub="t-2").status_code == 404
    ended = school.call("DELETE", path, **TUTOR)
    assert (ended.status_code, ended.json["ended_at"] is not None) == (200, True)
    assert school.call("DELETE", path, **TUTOR).json == ended.json
    assert school.call("GET", SUBSCRIPTIONS, **TUTOR).json["items"] == []
    assert rung(school, MONDAY) == []


def test_a_monthly_one_is_about_the_last_month(school: Bureau) -> None:
    made = subscribed(school, {"every": "monthly", "day": 31, "at": "07:30", "channel": "telegram"})
    assert made["next_at"] == "2026-11-30T04:30:00Z"
    (report,) = rung(school, datetime(2026, 11, 30, 5, tzinfo=UTC))
    assert (report["parameters"]["from"], report["parameters"]["to"]) == ("2026-10-01", "2026-10-31")
    assert report["deliver_to"] == {"channel": "telegram", "user_id": "t-1"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"every": "daily"}, 400),
        ({"weekday": "someday"}, 400),
        ({"day": 3}, 400),
        ({"every": "monthly", "weekday": "monday"}, 400),
        ({"every": "monthly", "day": 32}, 400),
        ({"at": "25:00"}, 400),
        ({"parameters": {"days": 7}}, 400),
        ({"parameters": {"from": "2026-01-01"}}, 400),
        ({"parameters": {"tutor_id": "t-2"}}, 404),
        ({"type": "student"}, 400),
        ({"type": "nonsense"}, 400),
        ({"format": "docx"}, 400),
        ({"channel": "pigeon"}, 400),
    ],
)
def test_what_cannot_be_is_refused(school: Bureau, body: Json, status: int) -> None:
    answer = school.functions["generate_report"].post(SUBSCRIPTIONS, json={**WEEKLY, **body}, **TUTOR)
    assert answer.status_code == status, answer.text


def test_whom_the_directory_does_not_know_cannot_subscribe(school: Bureau) -> None:
    post = school.functions["generate_report"].post
    assert post(SUBSCRIPTIONS, json=WEEKLY, role="tutor", sub="nobody").status_code == 422
    assert post(SUBSCRIPTIONS, json=WEEKLY, role="service", sub="svc").status_code == 403


def test_an_erasure_ends_theirs(school: Bureau) -> None:
    subscribed(school)
    subscribed(school, {"type": "tutor", "parameters": {"tutor_id": "t-1"}}, role="admin", sub="a-1")
    answer = school.functions["manage_recipients"].call("DELETE", "/api/v1/recipients/t-1/data")
    assert answer.json["counts"]["report_subscriptions"] == 2
    assert school.sql("SELECT FROM report_subscriptions WHERE ended_at IS NULL") == []
    assert rung(school, MONDAY) == []


def alerts(bureau: Bureau) -> list[tuple[str, int, bool]]:
    rows = bureau.sql(
        "SELECT kind, detail, over_at IS NOT NULL AS over FROM alerts WHERE kind = 'reports_late'"
    )
    return [(row["kind"], row["detail"]["reports"], row["over"]) for row in rows]


def test_one_that_has_not_come_out_in_two_hours_calls_the_admins_until_it_has(school: Bureau) -> None:
    subscribed(school)
    rung(school, MONDAY)
    rung(school, MONDAY + timedelta(minutes=115))
    assert alerts(school) == []
    rung(school, MONDAY + timedelta(minutes=125))
    rung(school, MONDAY + timedelta(minutes=130))
    assert alerts(school) == [("reports_late", 1, False)]
    published = school.sql(
        "SELECT FROM outbox WHERE routing_key = 'analytics.alert' AND body LIKE '%reports_late%'"
    )
    assert len(published) == 1
    (notice,) = school.sql("SELECT body FROM outbox WHERE message_id LIKE 'alert/reports_late/%/ru'")
    assert "1\u00a0отчёт." in notice["body"]
    assert '"a-1"' in notice["body"]
    school.turn()
    school.send_all()
    rung(school, MONDAY + timedelta(minutes=136))
    assert alerts(school) == [("reports_late", 1, True)]
