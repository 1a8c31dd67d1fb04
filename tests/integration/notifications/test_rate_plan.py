"""The rate plan: 30 calls a second, whoever makes them, wherever they run, however the network jitters."""

import random
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text

from lib.db import pauses, rate_plan
from lib.db.engine import connect
from lib.db.rate_plan import Caller, Turn

BULK, USUAL, URGENT = range(3)
LONG_AGO = 3600.0


@pytest.fixture
def db(database_url: str) -> Iterator[Engine]:
    """A database at the present schema."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


def take(
    db: Engine, token: str, lane: int = URGENT, chat: str | None = None, *, patience_s: float = 0.0
) -> Turn:
    group_minute = 20 if chat and chat.startswith("-") else None
    return rate_plan.take(db, Caller("telegram", token, lane, chat, group_minute), patience_s)


def back(db: Engine, token: str, answered_s_ago: float = 0.0) -> None:
    rate_plan.give_back(db, "telegram", token, answered_s_ago)


def sql(db: Engine, statement: str) -> None:
    with db.begin() as conn:
        conn.execute(text(statement))


def one_is_left_in_five_seconds(db: Engine) -> None:
    sql(db, "UPDATE send_permits SET free_at = now() + interval '1 hour' WHERE n > 1")
    sql(db, "UPDATE send_permits SET free_at = now() + interval '5 seconds' WHERE n = 1")


def densest_second(times: list[float]) -> int:
    ordered = sorted(times)
    return max(sum(1 for at in ordered[i : i + 100] if at < first + 1) for i, first in enumerate(ordered))


def caller(db: Engine, lane: int, until: float, arrivals: list[float], jitter: random.Random) -> None:
    """Takes turns until it is over; the network takes up to 30 ms each way, whoever overtakes whom."""
    n = 0
    while time.monotonic() < until:
        n += 1
        token = f"{threading.get_ident()}-{n}"
        turn = take(db, token, lane, patience_s=0.5)
        while turn.verdict == "wait":
            time.sleep(turn.seconds)
            turn = take(db, token, lane, patience_s=0.5)
        if turn.verdict != "go":
            time.sleep(min(turn.seconds, 0.1))
            continue
        time.sleep(turn.seconds + jitter.uniform(0, 0.03))
        arrivals.append(time.monotonic())
        time.sleep(jitter.uniform(0, 0.03))
        back(db, token)


def test_no_rolling_second_ever_sees_more_than_thirty_calls_of_several_instances(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    instances = [connect(url), connect(url)]
    arrivals: list[float] = []
    until = time.monotonic() + 4
    threads = [
        threading.Thread(target=caller, args=(instances[n % 2], n % 3, until, arrivals, random.Random(n)))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in instances:
        each.dispose()
    assert len(arrivals) > 60
    assert densest_second(arrivals) <= 30


def test_thirty_permits_are_given_and_no_more(db: Engine) -> None:
    assert {take(db, f"t-{n}").verdict for n in range(30)} == {"go"}
    assert take(db, "t-30").verdict == "crowded"


def test_a_permit_rests_for_a_second_after_the_answer(db: Engine) -> None:
    for n in range(30):
        take(db, f"t-{n}")
    back(db, "t-7")
    turn = take(db, "next", patience_s=2)
    assert turn.verdict == "wait"
    assert 0.5 < turn.seconds <= 1.0


def test_a_call_that_never_began_costs_nothing(db: Engine) -> None:
    for n in range(30):
        take(db, f"t-{n}")
    back(db, "t-7", LONG_AGO)
    assert take(db, "next").verdict == "go"


def test_a_killed_sender_s_permit_comes_back_with_its_lease(db: Engine) -> None:
    for n in range(30):
        take(db, f"t-{n}", chat=str(n + 1))
    sql(
        db,
        "UPDATE send_permits SET held_until = held_until - interval '31 s', free_at = free_at - interval '31 s'",
    )
    assert {take(db, f"u-{n}").verdict for n in range(30)} == {"go"}


def test_what_may_wait_keeps_a_distance_and_what_is_urgent_does_not(db: Engine) -> None:
    assert take(db, "a", BULK).verdict == "go"
    second = take(db, "b", BULK, patience_s=1)
    assert (second.verdict, second.seconds <= 0.032) == ("wait", True)
    assert take(db, "c", BULK).verdict == "crowded"
    assert take(db, "d", URGENT).verdict == "go"


@pytest.mark.parametrize(("first", "then"), [(BULK, URGENT), (BULK, USUAL), (USUAL, URGENT)])
def test_whoever_is_more_urgent_goes_first(db: Engine, first: int, then: int) -> None:
    one_is_left_in_five_seconds(db)
    assert take(db, "patient", first, patience_s=10).verdict == "wait"
    assert take(db, "as patient", first, patience_s=10).verdict == "crowded"
    assert take(db, "hurried", then, patience_s=10).verdict == "wait"
    assert take(db, "patient", first, patience_s=10).verdict == "crowded"


def test_whoever_is_as_urgent_waits_in_line(db: Engine) -> None:
    one_is_left_in_five_seconds(db)
    assert take(db, "first", URGENT, patience_s=10).verdict == "wait"
    assert take(db, "second", URGENT, patience_s=10).verdict == "crowded"
    assert take(db, "first", URGENT, patience_s=10).verdict == "wait"


def test_bulk_makes_way_when_something_urgent_found_no_room(db: Engine) -> None:
    for n in range(29):
        take(db, f"t-{n}")
    take(db, "last")
    assert take(db, "hurried", URGENT).verdict == "crowded"
    back(db, "last", LONG_AGO)
    assert take(db, "bulk", BULK).verdict == "crowded"
    assert take(db, "hurried", URGENT).verdict == "go"


def test_a_chat_takes_the_next_message_a_second_after_the_answer(db: Engine) -> None:
    assert take(db, "a", chat="5").verdict == "go"
    assert take(db, "b", chat="5").verdict == "chat"
    assert take(db, "c", chat="6").verdict == "go"
    back(db, "a")
    again = take(db, "b", chat="5")
    assert (again.verdict, again.seconds <= 1.0) == ("chat", True)
    sql(db, "UPDATE send_chats SET free_at = free_at - interval '1 second'")
    assert take(db, "b", chat="5").verdict == "go"


def test_a_group_takes_twenty_a_minute(db: Engine) -> None:
    for n in range(20):
        assert take(db, f"t-{n}", chat="-5").verdict == "go"
        back(db, f"t-{n}", 1.5)
    more = take(db, "one more", chat="-5")
    assert (more.verdict, more.seconds > 50) == ("chat", True)
    sql(db, "UPDATE send_chats SET minutes[1] = now()")
    assert take(db, "one more", chat="-5").verdict == "go"


def test_while_a_chat_is_spoken_to_the_wait_is_a_call_long_and_not_a_lease(db: Engine) -> None:
    assert take(db, "a", chat="5").verdict == "go"
    turn = take(db, "b", chat="5")
    assert turn.verdict == "chat"
    assert turn.seconds < 1.4


def test_nothing_is_taken_while_the_channel_is_paused(db: Engine) -> None:
    with db.begin() as conn:
        pauses.pause(conn, "telegram", 7, "flood_control")
    turn = take(db, "a")
    assert (turn.verdict, turn.reason) == ("paused", "flood_control")
    assert 6 < turn.seconds <= 7


def test_a_pause_that_begins_while_somebody_waits_stops_them(db: Engine) -> None:
    one_is_left_in_five_seconds(db)
    assert take(db, "a", patience_s=10).verdict == "wait"
    with db.begin() as conn:
        pauses.pause(conn, "telegram", 7, "flood_control")
    assert take(db, "a", patience_s=10).verdict == "paused"
