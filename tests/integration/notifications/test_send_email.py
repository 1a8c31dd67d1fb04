"""The e-mail channel against a mail server that misbehaves on order. What it accepted is the truth."""

import threading
import time
from typing import Any

import pytest
from sqlalchemy import event as listen

from functions.send_email import conversation
from tests.integration.notifications.school import Json, School

QUEUE = "notifications.email"
MUST_ARRIVE = "lesson_cancelled"
MAY_BE_LOST = "homework_graded"


def ask(school: School, kind: str = MAY_BE_LOST, user_id: str = "sasha", **fields: Any) -> Json:
    """One letter to somebody; returns its only decision."""
    body = {"type": kind, "user_id": user_id, "channels": ["email"], "data": {"subject": "Физика"}, **fields}
    decision: Json = school.ok("POST", "/api/v1/notifications", body)["decisions"][0]
    return decision


def headers(letter: Json) -> dict[str, str]:
    """The headers by their names in lower case."""
    return {name.lower(): value for name, value in letter["headers"]}


@pytest.fixture
def sasha(school: School) -> School:
    """A student with an e-mail address."""
    school.person("sasha")
    return school


def test_a_letter_has_both_parts_and_the_headers_of_rfc_8058(sasha: School) -> None:
    decision = ask(sasha)
    sasha.turn(QUEUE)
    letter = sasha.office.mail(at_least=1)[0]
    found = headers(letter)
    assert found["list-unsubscribe"].startswith("<https://school.example/unsubscribe/")
    assert found["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert decision["delivery_id"] in found["message-id"]
    assert "Домашняя работа проверена" in letter["text"]
    assert "<h1" in letter["html"]


def test_a_delivery_is_sent_once_however_often_its_message_comes(sasha: School) -> None:
    ask(sasha)
    row = sasha.sql("SELECT body, content_type FROM outbox WHERE routing_key = :q", q=QUEUE)[0]
    answers = [sasha.deliver(QUEUE, row["body"], row["content_type"]).status_code for _ in range(3)]
    assert answers == [200, 200, 200]
    assert len(sasha.office.mail()) == 1


def test_of_many_claims_at_once_one_wins(sasha: School) -> None:
    ask(sasha)
    row = sasha.sql("SELECT body, content_type FROM outbox WHERE routing_key = :q", q=QUEUE)[0]
    statuses: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: statuses.append(sasha.deliver(QUEUE, row["body"], row["content_type"]).status_code)
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 503}
    assert len(sasha.office.ledger("smtp", "attempted")) == 1
    assert sasha.states() == [("sasha", "email", "sent", "sent")]


@pytest.mark.parametrize("stage", ["connect", "mail", "rcpt", "data", "dot"])
def test_a_passing_refusal_is_tried_again_later(sasha: School, stage: str) -> None:
    sasha.office.script(smtp=[{"stage": stage, "code": 451}])
    ask(sasha)
    assert sasha.turn(QUEUE) == [200]
    assert sasha.states() == [("sasha", "email", "queued", "retry")]
    assert sasha.turn(QUEUE) == []
    sasha.pass_time(seconds=60)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "email", "sent", "sent")]
    assert len(sasha.office.mail()) == 1


def test_a_closing_server_is_tried_again_later(sasha: School) -> None:
    sasha.office.script(smtp=[{"stage": "mail", "code": 421}])
    ask(sasha)
    sasha.turn(QUEUE)
    sasha.pass_time(seconds=60)
    sasha.turn(QUEUE)
    assert len(sasha.office.mail()) == 1


def test_tries_are_bounded_and_giving_up_is_visible(sasha: School) -> None:
    sasha.office.script(smtp=[{"stage": "data", "code": 451, "count": None}])
    ask(sasha)
    for _ in range(12):
        sasha.turn(QUEUE)
        sasha.pass_time(hours=1)
    assert sasha.states() == [("sasha", "email", "failed", "attempts_used_up")]
    assert sasha.sql("SELECT attempts FROM deliveries")[0]["attempts"] == 7
    assert (
        sasha.sql("SELECT count(*) AS n FROM outbox WHERE routing_key = 'notification.failed'")[0]["n"] == 1
    )


def test_a_refused_address_fails_once_and_switches_the_channel_off(sasha: School) -> None:
    sasha.person("masha")
    sasha.office.script(
        smtp=[{"stage": "rcpt", "code": 550, "recipient": "sasha@example.com", "count": None}]
    )
    ask(sasha)
    ask(sasha, user_id="masha")
    sasha.turn(QUEUE)
    assert sasha.states() == [
        ("masha", "email", "sent", "sent"),
        ("sasha", "email", "failed", "address_refused"),
    ]
    assert ask(sasha)["reason"] == "channel_off"
    entry = sasha.ok("GET", "/api/v1/recipients/sasha")
    assert entry["channels"]["email"] == {"state": "off", "reason": "address_refused"}
    sasha.person("sasha", email="new@example.com")
    assert ask(sasha)["reason"] == "ok"


@pytest.mark.parametrize("action", ["accept_and_drop", "drop"])
def test_a_lost_answer_is_unknown_and_left_alone(sasha: School, action: str) -> None:
    sasha.office.script(smtp=[{"stage": "dot", "action": action}])
    ask(sasha, MAY_BE_LOST)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "email", "unknown", "answer_lost")]
    sasha.pass_time(hours=1)
    assert sasha.turn(QUEUE) == []


def test_what_must_arrive_is_resent_once_under_the_same_message_id(sasha: School) -> None:
    sasha.office.script(smtp=[{"stage": "dot", "action": "accept_and_drop"}])
    ask(sasha, MUST_ARRIVE)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "email", "queued", "resend")]
    sasha.pass_time(seconds=10)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "email", "sent", "sent")]
    ids = [headers(each)["message-id"] for each in sasha.office.mail()]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_a_second_lost_answer_is_final_even_then(sasha: School) -> None:
    sasha.office.script(smtp=[{"stage": "dot", "action": "drop", "count": None}])
    ask(sasha, MUST_ARRIVE)
    for _ in range(4):
        sasha.turn(QUEUE)
        sasha.pass_time(minutes=1)
    assert sasha.states() == [("sasha", "email", "unknown", "answer_lost")]


def test_a_sender_that_vanished_before_the_dot_is_replaced_after_its_lease(sasha: School) -> None:
    ask(sasha)
    sasha.sql(
        "UPDATE deliveries SET state = 'sending', stage = 'claimed', lease_until = now() + interval '9 s'"
    )
    assert sasha.turn(QUEUE) == [503]
    assert sasha.office.mail() == []
    sasha.pass_time(seconds=10)
    assert sasha.turn(QUEUE) == [200]
    assert len(sasha.office.mail()) == 1


@pytest.mark.parametrize(
    ("kind", "state", "letters"), [(MAY_BE_LOST, "unknown", 0), (MUST_ARRIVE, "sent", 1)]
)
def test_a_sender_that_vanished_after_the_dot_leaves_it_to_the_type(
    sasha: School, kind: str, state: str, letters: int
) -> None:
    ask(sasha, kind)
    sasha.sql("UPDATE deliveries SET state = 'sending', stage = 'dot', lease_until = now() - interval '1 s'")
    for _ in range(2):
        sasha.turn(QUEUE)
        sasha.pass_time(seconds=20)
    assert [each[2] for each in sasha.states()] == [state]
    assert len(sasha.office.mail()) == letters


def test_whoever_lost_the_lease_does_not_send_the_dot(sasha: School) -> None:
    ask(sasha)
    engine = sasha.services.db

    def steal(conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "SET stage = 'dot'" in statement:
            conn.exec_driver_sql("UPDATE deliveries SET lease_token = 'another'")

    listen.listen(engine, "before_cursor_execute", steal)
    try:
        assert sasha.turn(QUEUE) == [200]
    finally:
        listen.remove(engine, "before_cursor_execute", steal)
    assert sasha.office.mail() == []


def test_one_whose_time_ran_out_is_not_sent(sasha: School) -> None:
    ask(sasha)
    sasha.sql("UPDATE deliveries SET expires_at = now() - interval '1 s'")
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "email", "expired", "expired")]


def test_who_unsubscribed_while_it_waited_does_not_get_it(sasha: School) -> None:
    ask(sasha)
    sasha.ok("PATCH", "/api/v1/preferences/sasha", {"groups": {"homework": {"email": False}}})
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "email", "suppressed", "group_off")]


def test_a_connection_is_used_for_several_letters(sasha: School) -> None:
    sasha.office.script(smtp=[{"stage": "connect", "action": "drop", "skip": 1, "count": None}])
    for _ in range(3):
        ask(sasha)
    sasha.turn(QUEUE)
    assert len(sasha.office.mail()) == 3


def test_a_connection_that_the_server_closed_meanwhile_is_replaced(sasha: School) -> None:
    ask(sasha)
    sasha.turn(QUEUE)
    sasha.office.stop()
    sasha.office.start()
    ask(sasha)
    sasha.turn(QUEUE)
    assert len(sasha.office.mail()) == 2


def test_a_mail_server_that_is_away_costs_a_try_and_no_more(sasha: School) -> None:
    sasha.office.stop()
    ask(sasha)
    assert sasha.turn(QUEUE) == [200]
    assert sasha.states() == [("sasha", "email", "queued", "retry")]
    sasha.office.start()
    sasha.pass_time(minutes=1)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "email", "sent", "sent")]


@pytest.mark.parametrize("title", ["Привет\nBcc: x@y", "=?utf-8?q?Hi=0D=0ABcc:_x=40y?=", "a\x00b"])
def test_a_subject_that_would_break_out_of_its_header_is_refused(sasha: School, title: str) -> None:
    body = {"type": "custom", "user_id": "sasha", "data": {"title": title, "message": "текст"}}
    assert sasha.call("POST", "/api/v1/notifications", body).status_code in (400, 422)


@pytest.mark.parametrize("stage", ["connect", "ehlo", "mail", "rcpt", "data"])
def test_a_server_that_hangs_costs_its_budget_and_a_try(
    sasha: School, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "SETTING_UP_S", 0.3)
    sasha.office.script(smtp=[{"stage": stage, "action": "hang"}])
    ask(sasha)
    started = time.monotonic()
    assert sasha.turn(QUEUE) == [200]
    assert time.monotonic() - started < 3
    assert sasha.states() == [("sasha", "email", "queued", "retry")]


def test_a_server_that_hangs_after_the_dot_leaves_it_unknown(
    sasha: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "ANSWER_S", 0.3)
    sasha.office.script(smtp=[{"stage": "dot", "action": "accept_and_hang"}])
    ask(sasha)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "email", "unknown", "answer_lost")]


def test_a_message_that_names_no_delivery_is_parked(sasha: School) -> None:
    answer = sasha.deliver(
        QUEUE, '{"specversion":"1.0","data":{"delivery_id":"x"}}', "application/cloudevents+json"
    )
    assert answer.status_code == 200
    assert sasha.sql("SELECT reason FROM dead_letters")[0]["reason"].startswith("bad_message")
