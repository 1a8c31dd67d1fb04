"""A Bot API that misbehaves, and many messages: what it took, by its own ledger, is the truth."""

import time
from collections import Counter

import pytest

from lib.telegram import bot
from tests.integration.notifications.school import Json, School

QUEUE = "notifications.telegram"
MUST_ARRIVE = "lesson_cancelled"
MAY_BE_LOST = "homework_graded"
FIRST_CHAT = 500_000


def crowd(school: School, people: int, *, email: bool = False, sign: int = 1) -> list[str]:
    """People with a chat each, and an address if told so; their ids."""
    school.sql(
        "INSERT INTO recipients (user_id, role, name, telegram_chat_id, email) "
        "SELECT 's-' || n, 'student', 'Ученик ' || n, (:sign * (:first + n))::text, "
        "CASE WHEN :email THEN 's-' || n || '@example.com' END FROM generate_series(1, :people) AS n",
        people=people,
        first=FIRST_CHAT,
        sign=sign,
        email=email,
    )
    return [f"s-{n}" for n in range(1, people + 1)]


def ask(school: School, users: list[str], kind: str = MAY_BE_LOST, **fields: object) -> None:
    """One notification of its own for each of them."""
    for user_id in users:
        body = {"type": kind, "user_id": user_id, "channels": ["telegram"], "data": {"subject": "Физика"}}
        school.ok("POST", "/api/v1/notifications", {**body, **fields})


def turns(school: School, seconds: float, *, passing: bool = True) -> None:
    """Turns of all queues until nothing is open, for at most so long; in between a moment passes, if told so."""
    deadline = time.monotonic() + seconds
    while school.sql("SELECT FROM deliveries WHERE state IN ('queued', 'held', 'sending') LIMIT 1"):
        assert time.monotonic() < deadline, school.states()
        school.send_all()
        if passing:
            school.pass_time(seconds=1)


def calls(school: School) -> Counter[int]:
    return Counter(each["chat_id"] for each in school.office.ledger("telegram", "attempted"))


def arrived(school: School) -> Counter[int]:
    return Counter(each["chat_id"] for each in school.office.telegram())


def states(school: School) -> Counter[tuple[str, str | None]]:
    return Counter((state, reason) for _, _, state, reason in school.states("telegram"))


def chats(people: int) -> Counter[int]:
    return Counter(range(FIRST_CHAT + 1, FIRST_CHAT + people + 1))


def test_429_stops_the_whole_bot_for_its_time_and_costs_no_try(school: School) -> None:
    people = crowd(school, 100)
    ask(school, people)
    school.office.script(bot_api=[{"retry_after": 7, "closes": True, "skip": 20}])
    turns(school, 60, passing=False)
    assert school.office.ledger("telegram", "inside_retry_after") == []
    assert arrived(school) == chats(100)
    refused = school.office.ledger("telegram", "refused")
    assert len(refused) == 1
    assert school.sql("SELECT DISTINCT attempts, state FROM deliveries") == [{"attempts": 1, "state": "sent"}]


@pytest.mark.parametrize(
    "fault", [{"status": 500, "when": "after"}, {"action": "drop", "when": "after"}], ids=["500", "drop"]
)
def test_answers_that_are_lost_leave_the_unimportant_unknown_and_resend_the_important_once(
    school: School, fault: Json
) -> None:
    people = crowd(school, 120)
    ask(school, people[:60], MUST_ARRIVE)
    ask(school, people[60:], MAY_BE_LOST)
    school.office.script(bot_api=[{**fault, "count": 120}])
    turns(school, 60)
    assert states(school) == {("sent", "sent"): 60, ("unknown", "answer_lost"): 60}
    # Lost 0; a second copy only of what must arrive, one each.
    assert set(arrived(school)) == set(chats(120))
    assert Counter(arrived(school).values()) == {2: 60, 1: 60}


def test_a_call_that_is_dropped_before_it_is_taken_is_unknown_all_the_same(school: School) -> None:
    people = crowd(school, 20)
    ask(school, people[:10], MUST_ARRIVE)
    ask(school, people[10:], MAY_BE_LOST)
    school.office.script(bot_api=[{"action": "drop", "count": 20}])
    turns(school, 30)
    assert states(school) == {("sent", "sent"): 10, ("unknown", "answer_lost"): 10}
    assert arrived(school) == chats(10)


def test_an_answer_that_never_comes_holds_nobody_up_for_long(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot, "CALL_S", 0.3)
    people = crowd(school, 4)
    ask(school, people[:2], MUST_ARRIVE)
    ask(school, people[2:], MAY_BE_LOST)
    school.office.script(bot_api=[{"action": "hang", "when": "after", "count": 4}])
    turns(school, 30)
    assert states(school) == {("sent", "sent"): 2, ("unknown", "answer_lost"): 2}
    assert arrived(school) == chats(4) + chats(2)


@pytest.mark.parametrize(("state", "reason"), [("blocked", "bot_blocked"), ("unknown", "chat_not_found")])
def test_chats_that_refuse_the_bot_cost_one_call_and_one_mail_each(
    school: School, state: str, reason: str
) -> None:
    people = crowd(school, 50, email=True)
    school.office.script(chats=[{"chat_id": chat, "state": state} for chat in chats(50)])
    ask(school, people)
    turns(school, 60)
    assert states(school) == {("failed", reason): 50}
    assert calls(school) == chats(50)
    assert Counter(mail["to"][0] for mail in school.office.mail()) == Counter(
        f"{user}@example.com" for user in people
    )
    ask(school, people)
    turns(school, 60)
    assert calls(school) == chats(50)


def test_a_refused_message_is_not_tried_again(school: School) -> None:
    people = crowd(school, 50)
    school.office.script(
        bot_api=[{"status": 400, "description": "Bad Request: message is too strange", "count": 25}]
    )
    ask(school, people)
    turns(school, 60)
    assert states(school) == {("failed", "message_refused"): 25, ("sent", "sent"): 25}
    assert calls(school) == chats(50)


def test_a_refused_token_stops_the_bot_and_nothing_is_parked_or_lost(school: School) -> None:
    people = crowd(school, 30)
    school.office.script(bot_api=[{"status": 401, "description": "Unauthorized", "count": None}])
    ask(school, people)
    for _ in range(5):
        school.turn(QUEUE)
        school.pass_time(seconds=10)
    assert sum(calls(school).values()) == 1
    assert states(school) == {("queued", "paused"): 30}
    assert school.sql("SELECT id FROM dead_letters") == []
    school.office.clear_script()
    school.pass_time(seconds=61)
    turns(school, 30)
    assert arrived(school) == chats(30)
    assert school.sql("SELECT DISTINCT attempts FROM deliveries") == [{"attempts": 1}]


def test_chats_that_moved_are_followed_and_their_new_ids_kept(school: School) -> None:
    people = crowd(school, 20, sign=-1)
    moves = {-chat: -1_000_000_000_000 - chat for chat in chats(20)}
    school.office.script(
        chats=[{"chat_id": old, "state": "migrated", "migrate_to_chat_id": new} for old, new in moves.items()]
    )
    ask(school, people)
    turns(school, 60)
    assert arrived(school) == Counter(moves.values())
    assert calls(school) == Counter([*moves, *moves.values()])
    kept = school.sql("SELECT telegram_chat_id AS id FROM recipients")
    assert {row["id"] for row in kept} == set(map(str, moves.values()))
