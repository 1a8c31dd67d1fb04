"""Letters that mail servers accept and give back later, as Postfix, Exim and Exchange report it."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from lib.testing.mailbox.office import PostOffice
from tests.integration.notifications.school import Json, School
from tests.integration.notifications.test_send_email import QUEUE, ask, headers

REPORTS = Path(__file__).parent / "reports"
ROUTE = "/api/v1/emails/bounces"
SERVERS = pytest.mark.parametrize("server", ["postfix", "exim", "exchange"])
ADDRESS = "sasha@example.com"


@pytest.fixture
def sasha(school: School) -> School:
    """A student with an address and a chat, whose letter was sent."""
    school.office.script(chats=[{"chat_id": 501, "state": "open"}])
    school.person("sasha", telegram_chat_id="501")
    ask(school)
    school.turn(QUEUE)
    assert school.states() == [("sasha", "email", "sent", "sent")]
    return school


def letter_id(office: PostOffice) -> str:
    return headers(office.mail(at_least=1)[0])["message-id"]


def report(name: str, message_id: str, address: str = ADDRESS) -> str:
    text = (REPORTS / f"{name}.eml").read_text()
    return text.replace("@MESSAGE_ID@", message_id).replace("@ADDRESS@", address)


def send(school: School, text: str | bytes, **options: Any) -> TestResponse:
    raw = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode()
    options = {"role": "service", "content_type": "message/rfc822", **options}
    return school.call("POST", ROUTE, data=raw, **options)


def heard(school: School, text: str) -> Json:
    answer = send(school, text)
    assert answer.status_code == 202, answer.get_data(as_text=True)
    value: Json = answer.get_json()
    return value


def everything(school: School) -> list[Any]:
    return [
        school.sql(f"SELECT * FROM {table} ORDER BY 1, 2")  # noqa: S608 - names of this list
        for table in ("deliveries", "timeline", "recipients", "outbox", "bounces", "notifications")
    ]


@SERVERS
def test_a_letter_that_comes_back_is_failed_and_another_channel_takes_over(
    sasha: School, server: str
) -> None:
    answer = heard(sasha, report(server, letter_id(sasha.office)))
    assert answer["outcome"] == "bounced"
    assert ("sasha", "email", "failed", "bounced") in sasha.states()
    sasha.turn("notifications.telegram")
    assert ("sasha", "telegram", "sent", "sent") in sasha.states()
    assert len(sasha.office.telegram()) == 1
    entry = sasha.ok("GET", "/api/v1/recipients/sasha")
    assert entry["channels"]["email"] == {"state": "off", "reason": "bounced"}
    line = sasha.sql("SELECT kind, state, detail FROM timeline WHERE reason = 'bounced'")[0]
    assert (line["kind"], line["state"]) == ("answer", "failed")
    assert line["detail"]["answer"].startswith("550")
    assert line["detail"]["status"].startswith("5.")
    news = sasha.sql("SELECT body FROM outbox WHERE routing_key = 'notification.failed'")
    assert [("bounced" in each["body"]) for each in news] == [True]


@SERVERS
def test_the_same_report_twice_is_one(sasha: School, server: str) -> None:
    text = report(server, letter_id(sasha.office))
    heard(sasha, text)
    before = everything(sasha)
    assert heard(sasha, text)["outcome"] == "known"
    assert everything(sasha) == before


def test_a_second_report_on_a_letter_that_came_back_changes_no_state(sasha: School) -> None:
    heard(sasha, report("postfix", letter_id(sasha.office)))
    before = sasha.states()
    assert heard(sasha, report("exim", letter_id(sasha.office)))["outcome"] == "noted"
    assert sasha.states() == before
    assert len(sasha.sql("SELECT * FROM outbox WHERE routing_key = 'notification.failed'")) == 1


def test_a_new_address_is_written_to_again(sasha: School) -> None:
    heard(sasha, report("postfix", letter_id(sasha.office)))
    assert ask(sasha)["reason"] == "channel_off"
    sasha.person("sasha", email="new@example.com")
    assert ask(sasha)["reason"] == "ok"


def test_what_the_person_turned_off_is_not_healed_by_a_bounce(sasha: School) -> None:
    sasha.sql("""UPDATE recipients SET channels = '{"email": {"state": "off", "reason": "by_hand"}}'""")
    heard(sasha, report("postfix", letter_id(sasha.office)))
    assert sasha.sql("SELECT channels FROM recipients")[0]["channels"]["email"]["reason"] == "by_hand"


def test_a_delay_is_a_line_in_the_timeline(sasha: School) -> None:
    text = report("delayed", letter_id(sasha.office))
    assert heard(sasha, text)["outcome"] == "noted"
    assert heard(sasha, text)["outcome"] == "known"
    assert sasha.states() == [("sasha", "email", "sent", "sent")]
    lines = sasha.sql("SELECT detail FROM timeline WHERE reason = 'server_delays'")
    assert [each["detail"]["status"] for each in lines] == ["4.4.1"]
    assert sasha.ok("GET", "/api/v1/recipients/sasha")["channels"] == {}


def test_a_refusal_of_the_letter_is_not_one_of_the_address(sasha: School) -> None:
    text = report("postfix", letter_id(sasha.office)).replace("Status: 5.1.1", "Status: 5.7.26")
    assert heard(sasha, text)["outcome"] == "bounced"
    assert ("sasha", "email", "failed", "bounced") in sasha.states()
    assert sasha.ok("GET", "/api/v1/recipients/sasha")["channels"] == {}
    sasha.turn("notifications.telegram")
    assert len(sasha.office.telegram()) == 1


def test_a_letter_whose_answer_was_lost_turns_out_to_have_come_back(sasha: School) -> None:
    sasha.office.script(smtp=[{"stage": "dot", "action": "accept_and_drop"}])
    ask(sasha)
    sasha.turn(QUEUE)
    assert [each[2] for each in sasha.states()] == ["sent", "unknown"]
    second = headers(sasha.office.mail(at_least=2)[1])["message-id"]
    assert heard(sasha, report("exim", second))["outcome"] == "bounced"
    assert sorted(each[2] for each in sasha.states("email")) == ["failed", "sent"]


def foreign(message_id: str) -> tuple[str, str]:
    return "<20261125.1@elsewhere.example>", ADDRESS


def of_another_notification(message_id: str) -> tuple[str, str]:
    notification, _, rest = message_id.partition(".")
    return f"{notification[:-1]}{'0' if notification[-1] != '0' else '1'}.{rest}", ADDRESS


def of_no_delivery(message_id: str) -> tuple[str, str]:
    return f"{message_id[:38]}01a20554-9c06-78de-b12d-706e76870ee8@repitbot.example>", ADDRESS


def for_somebody_else(message_id: str) -> tuple[str, str]:
    return message_id, "masha@example.com"


def with_more_in_it(message_id: str) -> tuple[str, str]:
    return message_id.replace("@", "'; DROP TABLE deliveries; --@"), ADDRESS


@pytest.mark.parametrize(
    "made_up", [foreign, of_another_notification, of_no_delivery, for_somebody_else, with_more_in_it]
)
@SERVERS
def test_a_foreign_or_forged_report_changes_nothing(sasha: School, server: str, made_up: Any) -> None:
    before = everything(sasha)
    message_id, address = made_up(letter_id(sasha.office))
    assert send(sasha, report(server, message_id, address)).status_code in (202, 422)
    assert everything(sasha) == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "multipart/report"),
        ("Subject: Out of office\n\nI am away.", "multipart/report"),
        ("\x00\xff" * 50, "multipart/report"),
        (report("postfix", "<a@b>").replace("report-type=delivery-status", "report-type=x"), "report-type"),
        (report("postfix", "<a@b>").replace("Final-Recipient", "X-Recipient"), "no recipient"),
        (report("postfix", "<a@b>").replace("Status: 5.1.1", "Status: bad"), "no recipient"),
        (report("postfix", "<a@b>").replace("Message-ID: <a@b>", "X: y"), "Message-ID"),
        (report("exim", "<a@b>")[:900], "no recipient"),
    ],
)
def test_what_is_no_report_is_refused_with_the_reason(sasha: School, text: str, why: str) -> None:
    before = everything(sasha)
    answer = send(sasha, text)
    assert answer.status_code == 422
    assert why in answer.get_json()["detail"]
    assert everything(sasha) == before


def test_only_services_and_admins_may_report(sasha: School) -> None:
    text = report("postfix", letter_id(sasha.office))
    for role in ("student", "tutor", "parent"):
        assert send(sasha, text, role=role, sub="sasha").status_code == 403
    assert send(sasha, text, role=None).status_code == 401
    assert sasha.states() == [("sasha", "email", "sent", "sent")]


def test_the_body_is_a_message_and_not_larger_than_a_megabyte(sasha: School) -> None:
    assert send(sasha, "{}", content_type="application/json").status_code == 415
    assert send(sasha, b"a" * (1024 * 1024 + 1)).status_code == 413


def test_why_is_said_in_both_languages(sasha: School) -> None:
    sent = sasha.sql("SELECT notification_id::text AS id FROM deliveries")[0]["id"]
    heard(sasha, report("postfix", letter_id(sasha.office)))
    said = [
        sasha.ok("GET", f"/api/v1/notifications/explain?user_id=sasha&notification_id={sent}&lang={lang}")
        for lang in ("ru", "en")
    ]
    assert "вернул" in str(said[0])
    assert "returned it" in str(said[1])
