"""A mail server that fails hundreds of times: what is lost, doubled or left open, by the receiver's count."""

import threading
import time
from typing import Any

import pytest

from functions.send_email import conversation
from lib.domain.retry import ATTEMPTS
from tests.integration.notifications.ledgers import ask_many, drain, drain_all, figures, struck
from tests.integration.notifications.school import School
from tests.integration.notifications.test_send_email import MAY_BE_LOST, MUST_ARRIVE

PEOPLE = [f"reader-{number}" for number in range(20)]
STAGES = ("connect", "ehlo", "mail", "rcpt", "data", "dot")
BEFORE_THE_DOT = STAGES[:-1]
# From the beginning of a try to the next one.
WAITS = """
    SELECT min((later.detail ->> 'due_at')::timestamptz - try.at) AS least
    FROM timeline later JOIN timeline try USING (delivery_id)
    WHERE later.reason = 'retry' AND try.kind = 'attempt' AND try.position < later.position
"""


@pytest.fixture
def readers(school: School) -> School:
    """Twenty students with an address each."""
    for user_id in PEOPLE:
        school.person(user_id)
    return school


def counts(school: School, column: str) -> dict[Any, int]:
    rows = school.sql(f"SELECT {column} AS what, count(*) AS n FROM deliveries GROUP BY 1")  # noqa: S608
    return {row["what"]: row["n"] for row in rows}


def test_row_11_two_hundred_refusals_lose_and_double_nothing(readers: School) -> None:
    refusals = [{"stage": stage, "code": code, "count": 17} for stage in STAGES for code in (421, 451)]
    planned = ask_many(readers, MAY_BE_LOST, PEOPLE, 10)
    readers.office.script(smtp=refusals)
    drain(readers)
    # A second; the line of the try is written a little after its claim.
    assert readers.sql(WAITS)[0]["least"].total_seconds() > 0.5
    readers.pass_time(hours=1)
    drain_all(readers, ATTEMPTS)
    found = figures(readers, planned)
    assert struck(readers, "refused") == 12 * 17
    assert (found.delivered, found.duplicates, found.unexpected) == (200, 0, set())
    assert counts(readers, "state") == {"sent": 200}
    assert max(counts(readers, "attempts")) <= ATTEMPTS


def test_row_11_a_letter_that_is_always_put_off_is_given_up_visibly(readers: School) -> None:
    readers.office.script(
        smtp=[{"stage": "rcpt", "code": 451, "recipient": f"{PEOPLE[0]}@example.com", "count": None}]
    )
    planned = ask_many(readers, MAY_BE_LOST, PEOPLE, 2)
    drain_all(readers, ATTEMPTS + 1)
    assert struck(readers, "refused") == 2 * ATTEMPTS
    assert figures(readers, planned).delivered == 38
    assert counts(readers, "reason") == {"sent": 38, "attempts_used_up": 2}


def test_row_12_an_address_refused_for_good_is_tried_once_and_hurts_nobody(school: School) -> None:
    many = [f"reader-{number}" for number in range(200)]
    refused = [f"{user_id}@example.com" for user_id in many[::10]]
    for user_id in many:
        school.person(user_id)
    school.office.script(
        smtp=[{"stage": "rcpt", "code": 550, "recipient": each, "count": None} for each in refused]
    )
    planned = ask_many(school, MUST_ARRIVE, many)
    drain_all(school, ATTEMPTS)
    found = figures(school, planned)
    assert sorted(each["to"][0] for each in school.office.ledger("smtp", "refused")) == sorted(refused)
    assert (found.delivered, found.duplicates, found.unexpected) == (180, 0, set())
    assert counts(school, "reason") == {"sent": 180, "address_refused": 20}


def test_row_13_a_server_that_hangs_costs_its_budget_and_the_letter_arrives_later(
    readers: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "SETTING_UP_S", 0.3)
    planned = ask_many(readers, MAY_BE_LOST, PEOPLE, 10)
    readers.office.script(smtp=[{"stage": each, "action": "hang", "count": 40} for each in BEFORE_THE_DOT])
    started = time.monotonic()
    drain(readers)
    # 200 hangs on 8 threads; a connection that was open already may cost twice.
    assert time.monotonic() - started < 200 / 8 * 0.3 * 2
    readers.pass_time(hours=1)
    drain_all(readers, ATTEMPTS)
    found = figures(readers, planned)
    assert struck(readers, "hung") == 200
    assert (found.delivered, found.duplicates, found.unexpected) == (200, 0, set())
    assert counts(readers, "state") == {"sent": 200}


@pytest.mark.parametrize("stage", BEFORE_THE_DOT)
def test_row_13_others_are_not_delayed_by_a_letter_that_hangs(
    readers: School, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "SETTING_UP_S", 5.0)
    ask_many(readers, MAY_BE_LOST, PEOPLE[:1])
    readers.office.script(smtp=[{"stage": stage, "action": "hang"}])
    hung = threading.Thread(target=drain, args=(readers,))
    hung.start()
    while not struck(readers, "hung"):
        threading.Event().wait(0.005)
    planned = ask_many(readers, MAY_BE_LOST, PEOPLE[1:])
    started = time.monotonic()
    drain(readers)
    assert time.monotonic() - started < 3
    assert hung.is_alive()
    assert figures(readers, planned).delivered == 19
    # Its connection ends, and with it the wait.
    readers.office.stop()
    hung.join()
    readers.office.start()


def lost_answers(school: School) -> int:
    """How often it was noticed that nobody knows whether the letter was accepted."""
    rows = school.sql("SELECT count(*) AS n FROM timeline WHERE reason IN ('resend', 'answer_lost')")
    count: int = rows[0]["n"]
    return count


def drop_after_the_dot(school: School, **fault: Any) -> tuple[frozenset[str], frozenset[str]]:
    """200 letters, the answer to each of which is lost once: (must arrive, may be lost)."""
    must = ask_many(school, MUST_ARRIVE, PEOPLE, 5)
    may = ask_many(school, MAY_BE_LOST, PEOPLE, 5)
    school.office.script(smtp=[{"stage": "dot", "count": 200, **fault}])
    drain(school)
    school.pass_time(minutes=1)
    drain(school)
    assert drain(school) == 0
    return must, may


def test_row_14_two_hundred_answers_lost_after_the_letter_was_accepted(readers: School) -> None:
    must, may = drop_after_the_dot(readers, action="accept_and_drop")
    found = figures(readers, must | may)
    assert struck(readers, "dropped") == lost_answers(readers) == 200
    assert found.missing == set()
    assert found.unexpected == set()
    # Counted by Message-ID: each of the second copies bears the one of the first.
    assert {found.copies[each] for each in must} == {2}
    assert {found.copies[each] for each in may} == {1}
    assert counts(readers, "state") == {"sent": 100, "unknown": 100}


def test_row_14_two_hundred_answers_lost_before_the_letter_was_accepted(readers: School) -> None:
    must, may = drop_after_the_dot(readers, action="drop")
    found = figures(readers, must | may)
    assert struck(readers, "dropped") == lost_answers(readers) == 200
    assert found.duplicates == 0
    assert {found.copies[each] for each in must} == {1}
    unknown = readers.sql("SELECT id::text FROM deliveries WHERE state = 'unknown'")
    assert found.missing == may == {each["id"] for each in unknown}


def test_row_14_the_second_loss_is_the_last(readers: School) -> None:
    planned = ask_many(readers, MUST_ARRIVE, PEOPLE, 5)
    readers.office.script(smtp=[{"stage": "dot", "action": "accept_and_drop", "count": None}])
    for _ in range(4):
        drain(readers)
        readers.pass_time(minutes=1)
    found = figures(readers, planned)
    assert (found.delivered, found.duplicates) == (100, 100)
    assert counts(readers, "state") == {"unknown": 100}
