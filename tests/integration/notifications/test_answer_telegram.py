"""The bot's webhook as Telegram sees it; what people see of the bot is in `tests/integration/bot`."""

from typing import Any

import pytest

from tests.integration.notifications.school import Json, School

SECRET: dict[str, Any] = {
    "role": None,
    "headers": {"X-Telegram-Bot-Api-Secret-Token": "a-secret-of-this-test"},
}


def update(update_id: int, chat_id: int, text: str, language: str = "ru", **more: Any) -> Json:
    """An update as Telegram sends it."""
    person = {"id": chat_id, "is_bot": False, "first_name": "Саша", "language_code": language}
    chat = {"id": chat_id, "type": "private", "first_name": "Саша", **more}
    message = {"message_id": update_id, "from": person, "chat": chat, "date": 1, "text": text}
    return {"update_id": update_id, "message": message}


def hear(school: School, given: Json) -> list[int]:
    """Telegram posts it, and the queue brings it; the statuses of the work."""
    answer = school.call("POST", "/telegram/webhook", given, **SECRET)
    assert (answer.status_code, answer.data) == (200, b"")
    return school.turn("telegram.updates")


def test_an_update_that_is_taken_is_answered_with_nothing_and_worked_on_later(school: School) -> None:
    answer = school.call("POST", "/telegram/webhook", update(1, 55, "/help"), **SECRET)
    assert (answer.status_code, answer.data) == (200, b"")
    assert school.office.telegram() == []
    assert school.turn("telegram.updates") == [200]
    assert [each["chat_id"] for each in school.office.telegram()] == [55]


def test_a_repeated_update_is_answered_once(school: School) -> None:
    assert hear(school, update(9, 1, "/start")) == [200]
    assert hear(school, update(9, 1, "/start")) == []
    assert len(school.office.telegram()) == 1


def test_a_stranger_is_told_how_to_begin_in_the_language_of_their_telegram(school: School) -> None:
    hear(school, update(3, 1, "как дела?"))
    hear(school, update(4, 1, "hello", language="en-GB"))
    russian, english = [each["text"] for each in school.office.telegram()]
    assert russian.startswith("Здравствуйте! Я присылаю уведомления школы")
    assert english.startswith("Hello!")


def test_a_group_is_not_spoken_with(school: School) -> None:
    hear(school, update(5, -100, "/start", type="group"))
    assert school.office.telegram() == []


def test_what_is_no_message_and_no_press_is_taken_and_left_alone(school: School) -> None:
    assert hear(school, {"update_id": 6, "poll": {"id": "1"}}) == []


@pytest.mark.parametrize("secret", [{}, {"X-Telegram-Bot-Api-Secret-Token": "guess"}])
def test_updates_without_the_secret_are_refused(school: School, secret: dict[str, str]) -> None:
    answer = school.call("POST", "/telegram/webhook", update(5, 1, "/start"), role=None, headers=secret)
    assert answer.status_code == 401
