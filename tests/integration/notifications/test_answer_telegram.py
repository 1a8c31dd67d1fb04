"""People who write to the bot."""

from typing import Any

import pytest

from tests.integration.notifications.school import Json, School

SECRET: dict[str, Any] = {
    "role": None,
    "headers": {"X-Telegram-Bot-Api-Secret-Token": "a-secret-of-this-test"},
}


def update(update_id: int, chat_id: int, text: str, language: str = "ru") -> Json:
    """An update as Telegram sends it."""
    person = {"id": chat_id, "is_bot": False, "first_name": "Саша", "language_code": language}
    chat = {"id": chat_id, "type": "private", "first_name": "Саша"}
    message = {"message_id": update_id, "from": person, "chat": chat, "date": 1, "text": text}
    return {"update_id": update_id, "message": message}


@pytest.fixture
def sasha(school: School) -> School:
    """A student with a Telegram chat."""
    school.person("sasha", telegram_chat_id=4242)
    return school


def test_a_code_from_the_account_page_links_the_chat_once(sasha: School) -> None:
    link = sasha.ok("POST", "/api/v1/recipients/sasha/telegram-link", role="student", sub="sasha")
    assert link["url"].startswith("https://t.me/")
    assert link["url"].endswith(link["code"])
    first = sasha.ok("POST", "/telegram/webhook", update(1, 555, f"/start {link['code']}"), **SECRET)
    assert first == {
        "method": "sendMessage",
        "chat_id": 555,
        "text": "Готово! Теперь уведомления будут приходить сюда.",
    }
    assert sasha.ok("GET", "/api/v1/recipients/sasha")["telegram_chat_id"] == "555"
    second = sasha.ok("POST", "/telegram/webhook", update(2, 666, f"/start {link['code']}"), **SECRET)
    assert "уже не действует" in second["text"]
    assert sasha.ok("GET", "/api/v1/recipients/sasha")["telegram_chat_id"] == "555"


def test_a_repeated_update_is_answered_once(school: School) -> None:
    assert school.call("POST", "/telegram/webhook", update(9, 1, "/start"), **SECRET).data != b""
    again = school.call("POST", "/telegram/webhook", update(9, 1, "/start"), **SECRET)
    assert (again.status_code, again.data) == (200, b"")


def test_anything_else_gets_a_short_help(school: School) -> None:
    answer = school.ok("POST", "/telegram/webhook", update(3, 1, "как дела?"), **SECRET)
    assert answer["text"].startswith("Здравствуйте! Я присылаю уведомления школы")
    english = school.ok("POST", "/telegram/webhook", update(4, 1, "hello", language="en-GB"), **SECRET)
    assert english["text"].startswith("Hello!")


@pytest.mark.parametrize("secret", [{}, {"X-Telegram-Bot-Api-Secret-Token": "guess"}])
def test_updates_without_the_secret_are_refused(school: School, secret: dict[str, str]) -> None:
    answer = school.call("POST", "/telegram/webhook", update(5, 1, "/start"), role=None, headers=secret)
    assert answer.status_code == 401
