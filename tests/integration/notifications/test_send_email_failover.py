"""Two mail servers: the second takes over when the first is out, and everybody knows for a while."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.send_email import conversation
from lib.db import mail_servers
from lib.db.deliveries import LEASE_S
from lib.runtime.services import Services
from lib.runtime.settings import Settings, SettingsError, load
from lib.testing.mailbox.office import PostOffice
from lib.testing.mailbox.security import Security
from tests.integration.notifications.conftest import settings_of
from tests.integration.notifications.school import School
from tests.integration.notifications.test_send_email import MAY_BE_LOST, MUST_ARRIVE, QUEUE, ask, headers

OUT = [
    {"stage": "connect", "action": "drop"},
    {"stage": "connect", "code": 421},
    {"stage": "connect", "code": 554},
    {"stage": "ehlo", "code": 451},
    {"stage": "ehlo", "action": "hang"},
    {"stage": "mail", "code": 421},
    {"stage": "mail", "action": "hang"},
    {"stage": "rcpt", "code": 421},
    {"stage": "rcpt", "action": "drop"},
    {"stage": "data", "action": "hang"},
    {"stage": "data", "code": 421},
]


@pytest.fixture
def second(tmp_path: Path) -> Iterator[PostOffice]:
    """The provider that stands by."""
    with PostOffice(tmp_path / "second") as running:
        yield running


@pytest.fixture
def settings(database_url: str, office: PostOffice, second: PostOffice) -> Settings:
    """Both servers."""
    both: dict[str, Any] = {
        "email_fallback_host": second.smtp_host,
        "email_fallback_port": second.smtp_port,
        "email_fallback_use_tls": False,
    }
    return settings_of(database_url, office).model_copy(update=both)


@pytest.fixture
def sasha(school: School, monkeypatch: pytest.MonkeyPatch) -> School:
    """A student with an e-mail address; nobody is waited for very long."""
    monkeypatch.setattr(conversation, "SETTING_UP_S", 0.5)
    school.person("sasha")
    return school


def last_answer(school: School) -> dict[str, Any]:
    rows = school.sql("SELECT detail FROM timeline WHERE kind = 'answer' ORDER BY position DESC LIMIT 1")
    detail: dict[str, Any] = rows[0]["detail"]
    return detail


@pytest.mark.parametrize("fault", OUT, ids=lambda fault: "-".join(map(str, fault.values())))
def test_the_second_server_takes_over_within_the_same_try(
    sasha: School, second: PostOffice, fault: dict[str, Any]
) -> None:
    sasha.office.script(smtp=[{**fault, "count": None}])
    ask(sasha)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "email", "sent", "sent")]
    assert (len(sasha.office.mail()), len(second.mail())) == (0, 1)
    assert sasha.sql("SELECT attempts FROM deliveries")[0]["attempts"] == 1
    assert last_answer(sasha)["via"] == "fallback"


def test_a_server_that_is_away_is_replaced(sasha: School, second: PostOffice, office: PostOffice) -> None:
    office.stop()
    ask(sasha)
    sasha.turn(QUEUE)
    office.start()
    assert (len(office.mail()), len(second.mail())) == (0, 1)


def test_a_server_that_refuses_the_login_is_replaced_and_the_channel_goes_on(
    sasha: School, second: PostOffice, tmp_path: Path
) -> None:
    strictly = Security(login=("school", "right"), mechanisms=("PLAIN",))
    with PostOffice(tmp_path / "strict", security=strictly) as strict:
        wrong = {"email_port": strict.smtp_port, "email_username": "school", "email_password": "wrong"}
        school = School(Services(sasha.services.settings.model_copy(update=wrong)), second)
        for _ in range(2):
            ask(school)
            school.turn(QUEUE)
        assert len(strict.ledger("smtp", "refused")) == 1
        assert len(second.mail()) == 2
    assert sasha.sql("SELECT channel FROM channel_pauses") == [{"channel": "email/primary"}]
    school.services.db.dispose()


def test_once_its_time_is_over_one_of_all_tries_it(sasha: School) -> None:
    with sasha.services.db.begin() as conn:
        mail_servers.pass_over(conn, "primary", 60, "out_of_reach")
        assert mail_servers.look(conn, "primary", 30) == "passed_over"
    sasha.pass_time(minutes=2)
    standings = []
    for _ in range(3):
        with sasha.services.db.begin() as conn:
            standings.append(mail_servers.look(conn, "primary", 30))
    assert standings == ["on_trial", "passed_over", "passed_over"]
    with sasha.services.db.begin() as conn:
        mail_servers.trust(conn, "primary")
        assert mail_servers.look(conn, "primary", 30) == "good"


def test_the_first_server_is_the_rule_and_the_timeline_says_so(sasha: School, second: PostOffice) -> None:
    ask(sasha)
    sasha.turn(QUEUE)
    assert (len(sasha.office.mail()), len(second.mail())) == (1, 0)
    assert last_answer(sasha)["via"] == "primary"
    assert sasha.sql("SELECT * FROM channel_pauses") == []


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ({"stage": "rcpt", "code": 550}, "failed"),
        ({"stage": "data", "code": 554}, "failed"),
        ({"stage": "dot", "code": 554}, "failed"),
        ({"stage": "rcpt", "code": 451}, "queued"),
        ({"stage": "dot", "code": 451}, "queued"),
        ({"stage": "dot", "code": 421}, "queued"),
    ],
)
def test_what_is_refused_for_itself_is_not_offered_elsewhere(
    sasha: School, second: PostOffice, fault: dict[str, Any], state: str
) -> None:
    sasha.office.script(smtp=[fault])
    ask(sasha)
    sasha.turn(QUEUE)
    assert [each[2] for each in sasha.states()] == [state]
    assert second.ledger("smtp") == []
    assert sasha.sql("SELECT * FROM channel_pauses") == []


@pytest.mark.parametrize("action", ["drop", "accept_and_drop", "accept_and_hang"])
@pytest.mark.parametrize("kind", [MAY_BE_LOST, MUST_ARRIVE])
def test_after_the_final_dot_nobody_takes_over(
    sasha: School, second: PostOffice, action: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "ANSWER_S", 0.3)
    sasha.office.script(smtp=[{"stage": "dot", "action": action}])
    ask(sasha, kind)
    sasha.turn(QUEUE)
    assert second.ledger("smtp") == []
    assert [each[3] for each in sasha.states()] == ["answer_lost" if kind == MAY_BE_LOST else "resend"]


def test_every_instance_passes_it_over_and_one_tries_it_again(sasha: School, second: PostOffice) -> None:
    office = sasha.office
    office.script(smtp=[{"stage": "connect", "action": "drop", "count": None}])
    ask(sasha)
    sasha.turn(QUEUE)
    knocks = len(office.ledger("smtp", "dropped"))
    another = School(Services(sasha.services.settings), office)
    for school in (sasha, another):
        ask(school)
        school.turn(QUEUE)
    assert len(office.ledger("smtp", "dropped")) == knocks == 1
    assert len(second.mail()) == 3
    another.pass_time(minutes=2)
    for _ in range(2):
        ask(another)
    another.turn(QUEUE)
    assert len(office.ledger("smtp", "dropped")) == 2
    office.clear_script()
    another.pass_time(minutes=2)
    for school in (another, sasha):
        ask(school)
        school.turn(QUEUE)
    assert (len(office.mail()), len(second.mail())) == (2, 5)
    assert sasha.sql("SELECT * FROM channel_pauses") == []
    another.services.db.dispose()


def test_one_that_is_passed_over_is_better_than_none(sasha: School, second: PostOffice) -> None:
    sasha.office.script(smtp=[{"stage": "connect", "action": "drop"}])
    ask(sasha)
    sasha.turn(QUEUE)
    second.stop()
    ask(sasha)
    sasha.turn(QUEUE)
    assert len(sasha.office.mail()) == 1
    assert sasha.sql("SELECT * FROM channel_pauses") == []


def test_when_both_are_out_it_is_tried_again_later_and_both_are_named(
    sasha: School, second: PostOffice
) -> None:
    second.stop()
    sasha.office.script(smtp=[{"stage": "mail", "code": 421}])
    ask(sasha)
    sasha.turn(QUEUE)
    assert sasha.states() == [("sasha", "email", "queued", "retry")]
    why = sasha.sql("SELECT detail FROM timeline WHERE reason = 'retry'")[0]["detail"]["answer"]
    assert "primary: 421" in why
    assert "fallback: the mail server is out of reach" in why


def test_the_second_server_may_know_us_under_another_name(sasha: School, second: PostOffice) -> None:
    sasha.office.stop()
    named = sasha.services.settings.model_copy(update={"email_fallback_from": "Школа <post@other.example>"})
    school = School(Services(named), sasha.office)
    decision = ask(school)
    school.turn(QUEUE)
    letter = second.mail(at_least=1)[0]
    assert letter["from"] == "post@other.example"
    assert "post@other.example" in headers(letter)["from"]
    assert decision["delivery_id"] in headers(letter)["message-id"]
    school.services.db.dispose()
    sasha.office.start()


def test_both_servers_and_the_answer_fit_into_a_lease() -> None:
    assert conversation.BEFORE_DOT_S >= 2 * conversation.SETTING_UP_S
    assert conversation.BEFORE_DOT_S + conversation.ANSWER_S < LEASE_S


def test_two_servers_that_hang_cost_two_budgets_and_no_more(sasha: School, second: PostOffice) -> None:
    for each in (sasha.office, second):
        each.script(smtp=[{"stage": "data", "action": "hang"}])
    ask(sasha)
    started = time.monotonic()
    sasha.turn(QUEUE)
    assert time.monotonic() - started < 2
    assert sasha.states() == [("sasha", "email", "queued", "retry")]


def test_a_second_server_without_a_first_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^EMAIL_FALLBACK_HOST is set without EMAIL_HOST"):
        load({"EMAIL_FALLBACK_HOST": "mail.example"}, tmp_path)
