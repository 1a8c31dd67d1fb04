"""What was sent, read again: in whose words, for whose eyes, and without the links that act for the reader."""

from typing import Any

import pytest

from tests.integration.notifications.school import School, event

STARTS = "2099-09-01T10:00:00Z"


@pytest.fixture
def reminded(school: School) -> str:
    """The id of a reminder to a student with a parent, each with both channels."""
    school.person("sasha", name="Саша", telegram_chat_id=71, parent_ids=["mama"])
    school.person("mama", role="parent", name="Ирина", telegram_chat_id=72)
    data = {"subject": "Физика", "student_id": "sasha", "starts_at": STARTS, "lesson_id": "l-1"}
    body = {"type": "lesson_reminder", "user_ids": ["sasha", "mama"], "data": data}
    return str(school.ok("POST", "/api/v1/notifications", body)["id"])


def words(school: School, some_id: str, **who: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = school.ok("GET", f"/api/v1/notifications/{some_id}/words", **who)["items"]
    return items


def test_each_delivery_reads_as_it_was_sent(school: School, reminded: str) -> None:
    school.send_all()
    again = {(each["user_id"], each["channel"]): each for each in words(school, reminded)}
    sent = {letter["to"][0]: letter for letter in school.office.mail(at_least=2)}
    assert len(again) == 4
    letter = again["sasha", "email"]
    assert letter["subject"] == sent["sasha@example.com"]["subject"]
    assert "Физика" in letter["html"]
    assert again["mama", "telegram"]["buttons"] == [["Буду", "Перенести", "Не смогу"]]


def test_no_link_in_it_acts_for_the_reader(school: School, reminded: str) -> None:
    for each in words(school, reminded):
        assert "/unsubscribe/" not in each["html"] + each["text"]
        assert "/answers/" not in each["html"] + each["text"]


def test_everybody_but_an_admin_reads_only_their_own(school: School, reminded: str) -> None:
    own = words(school, reminded, role="parent", sub="mama")
    assert {each["user_id"] for each in own} == {"mama"}
    path = f"/api/v1/notifications/{reminded}/words"
    assert school.call("GET", path, role="parent", sub="papa").status_code == 404
    foreign = next(each for each in words(school, reminded) if each["user_id"] == "sasha")["delivery_id"]
    query = f"{path}?delivery_id={foreign}"
    assert school.call("GET", query, role="parent", sub="mama").status_code == 404
    assert [each["delivery_id"] for each in school.ok("GET", query)["items"]] == [foreign]


def test_data_that_makes_no_message_any_more_says_why(school: School) -> None:
    school.person("sasha")
    school.event(event("system.notification", {"user_ids": ["sasha"], "message": "Привет"}, id="e"))
    found = school.ok("GET", "/api/v1/notifications?channel=email")["items"][0]
    school.sql("UPDATE notifications SET data = '{}'")
    assert [(each["html"], bool(each["problem"])) for each in words(school, found["id"])] == [
        (None, True)
    ] * 2


def test_the_log_names_the_people(school: School, reminded: str) -> None:
    items = school.ok("GET", "/api/v1/notifications?user_id=mama")["items"]
    assert {each["name"] for each in items} == {"Ирина"}


def test_a_simulated_decision_names_the_person(school: School) -> None:
    school.person("sasha", name="Саша")
    body = {"type": "custom", "user_ids": ["sasha", "stranger"], "data": {"message": "x"}}
    decisions = school.ok("POST", "/api/v1/notifications/simulate", body)["decisions"]
    assert {(each["user_id"], each["name"]) for each in decisions} == {("sasha", "Саша"), ("stranger", None)}
