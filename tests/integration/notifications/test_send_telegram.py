"""The Telegram channel against a Bot API that misbehaves on order. What it accepted is the truth."""

import logging
from typing import Any

import pytest

from tests.integration.notifications.school import Json, School

QUEUE = "notifications.telegram"
MUST_ARRIVE = "lesson_cancelled"
MAY_BE_LOST = "homework_graded"
CHAT = 4242


def ask(school: School, kind: str = MAY_BE_LOST, user_id: str = "sasha", **fields: Any) -> Json:
    """One message to somebody; returns its only decision."""
    body = {
        "type": kind,
        "user_id": user_id,
        "channels": ["telegram"],
        "data": {"subject": "Физика"},
        **fields,
    }
    decision: Json = school.ok("POST", "/api/v1/notifications", body)["decisions"][0]
    return decision


def calls(school: School) -> int:
    """How often sendMessage was tried."""
    return len(school.office.ledger("telegram", "attempted"))


@pytest.fixture
def sasha(school: School) -> School:
    """A student with a Telegram chat."""
    school.person("sasha", telegram_chat_id=CHAT)
    return school


def test_a_message_arrives_with_what_was_typed_in_it_unharmed(sasha: School) -> None:
    typed = "2 < 3 & 5 > 4, <b>не жирно</b>"
    ask(sasha, "custom", data={"title": "Проверка", "message": typed})
    sasha.turn(QUEUE)
    assert typed in sasha.office.telegram(at_least=1)[0]["text"]
    assert sasha.states() == [("sasha", "telegram", "sent", "sent")]


def test_a_long_message_is_cut_to_what_telegram_takes(sasha: School) -> None:
    ask(sasha, "custom", data={"title": "Длинное", "message": "<&🎓" * 4000})
    sasha.turn(QUEUE)
    text = sasha.office.telegram(at_least=1)[0]["text"]
    assert len(text.encode("utf-16-le")) // 2 <= 4096
    assert text.endswith("…")


def test_too_many_requests_pause_the_whole_bot_and_cost_no_try(sasha: School) -> None:
    sasha.person("masha", telegram_chat_id=4343)
    sasha.office.script(bot_api=[{"status": 429, "description": "Too Many Requests", "retry_after": 7}])
    ask(sasha)
    ask(sasha, user_id="masha")
    sasha.turn(QUEUE)
    assert calls(sasha) == 1
    assert {each[2:] for each in sasha.states("telegram")} == {("queued", "paused")}
    assert sasha.sql("SELECT max(attempts) AS n FROM deliveries")[0]["n"] == 0
    sasha.pass_time(seconds=5)
    sasha.turn(QUEUE)
    assert calls(sasha) == 1
    sasha.pass_time(seconds=3)
    sasha.turn(QUEUE)
    assert len(sasha.office.telegram()) == 2


@pytest.mark.parametrize(("state", "reason"), [("blocked", "bot_blocked"), ("unknown", "chat_not_found")])
def test_a_chat_that_refuses_the_bot_switches_the_channel_off(sasha: School, state: str, reason: str) -> None:
    sasha.office.script(chats=[{"chat_id": CHAT, "state": state}])
    ask(sasha)
    sasha.turn(QUEUE)
    assert sasha.states("telegram") == [("sasha", "telegram", "failed", reason)]
    assert calls(sasha) == 1
    assert ask(sasha)["reason"] == "channel_off"


def test_an_unreachable_chat_falls_back_to_the_channel_that_was_not_asked_for(sasha: School) -> None:
    sasha.office.script(chats=[{"chat_id": CHAT, "state": "blocked"}])
    ask(sasha)
    sasha.send_all()
    sasha.send_all()
    assert sasha.states() == [
        ("sasha", "email", "sent", "sent"),
        ("sasha", "telegram", "failed", "bot_blocked"),
    ]
    assert len(sasha.office.mail(at_least=1)) == 1
    assert calls(sasha) == 1


def test_there_is_no_fallback_when_another_channel_has_it_already(sasha: School) -> None:
    sasha.office.script(chats=[{"chat_id": CHAT, "state": "blocked"}])
    ask(sasha, channels=["telegram", "email"])
    for _ in range(3):
        sasha.send_all()
    assert len(sasha.office.mail()) == 1


def test_a_chat_that_moved_is_followed_and_remembered(sasha: School) -> None:
    sasha.office.script(chats=[{"chat_id": CHAT, "state": "migrated", "migrate_to_chat_id": -100777}])
    ask(sasha)
    sasha.turn(QUEUE)
    assert [each["chat_id"] for each in sasha.office.telegram(at_least=1)] == [-100777]
    assert sasha.ok("GET", "/api/v1/recipients/sasha")["telegram_chat_id"] == "-100777"


def test_a_message_that_telegram_refuses_is_not_tried_again(sasha: School) -> None:
    sasha.office.script(bot_api=[{"status": 400, "description": "Bad Request: message is too strange"}])
    ask(sasha)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "telegram", "failed", "message_refused")]
    assert ask(sasha)["reason"] == "ok"


def test_a_refused_token_stops_the_channel_and_loses_nothing(sasha: School) -> None:
    sasha.office.script(bot_api=[{"status": 401, "description": "Unauthorized"}])
    ask(sasha)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "telegram", "queued", "paused")]
    assert sasha.sql("SELECT reason FROM channel_pauses") == [{"reason": "token_refused"}]
    assert sasha.sql("SELECT id FROM dead_letters") == []
    sasha.pass_time(seconds=61)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "telegram", "sent", "sent")]


@pytest.mark.parametrize(
    "fault", [{"status": 500, "when": "after"}, {"action": "drop", "when": "after"}, {"action": "drop"}]
)
def test_a_lost_answer_is_unknown_and_left_alone(sasha: School, fault: Json) -> None:
    sasha.office.script(bot_api=[fault])
    ask(sasha, MAY_BE_LOST)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "telegram", "unknown", "answer_lost")]
    sasha.pass_time(hours=1)
    assert sasha.turn(QUEUE) == []


def test_what_must_arrive_is_resent_once(sasha: School) -> None:
    sasha.office.script(bot_api=[{"status": 502, "when": "after"}])
    ask(sasha, MUST_ARRIVE)
    sasha.turn(QUEUE)
    sasha.pass_time(seconds=10)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "telegram", "sent", "sent")]
    assert len(sasha.office.telegram()) == 2


def test_a_bot_api_out_of_reach_costs_a_try_and_no_more(sasha: School) -> None:
    sasha.office.stop()
    ask(sasha)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "telegram", "queued", "retry")]
    sasha.office.start()
    sasha.pass_time(minutes=1)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "telegram", "sent", "sent")]


def test_the_token_is_in_no_log(sasha: School, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ask(sasha)
    sasha.turn(QUEUE)
    assert sasha.office.telegram(at_least=1)
    assert sasha.office.token not in caplog.text
