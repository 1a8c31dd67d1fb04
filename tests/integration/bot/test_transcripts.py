"""The same script of updates by webhook and by polling: what Telegram shows in the end is the same."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import urllib3

from functions.answer_telegram import register
from lib.testing.mailbox.office import PostOffice
from tests.integration.bot.conftest import MASHA, PEOPLE, STRANGER, person
from tests.integration.bot.phone import Phone, act, button
from tests.integration.runtime.served import Served

NOW = datetime.now(UTC)


def script(phone: Phone) -> None:
    """A little of everything."""
    phone.say(STRANGER, "привет")
    menu = phone.say(MASHA, "/start")[-1]
    settings = phone.press(menu, button(menu, "Уведомления"))
    groups = phone.press(settings, button(settings, "Что и куда"))
    groups = phone.press(groups, act(groups, "ns:homework:e:0"))
    phone.press(groups, button(groups, "Назад"))
    quiet = phone.press(settings, act(settings, "nq"))
    quiet = phone.press(quiet, button(quiet, "23–07"))
    phone.press(quiet, button(quiet, "+ начало"))
    phone.forge(settings, "m1.forged")
    board = phone.say(MASHA, "/analytics")[-1]
    phone.press(board, button(board, "90 дней"))


def transcript(office: PostOffice) -> list[dict[str, Any]]:
    """What is seen, without what differs by chance: times, files' names at Telegram."""
    return [
        {
            "chat": each["chat_id"],
            "text": re.sub(r"\d\d:\d\d\.$", "", each["text"]),
            "edits": each.get("edits", 0),
            "answers": each.get("answers", []),
            "buttons": [[(key["text"], key["callback_data"]) for key in row] for row in each["buttons"]],
            "photo": [photo["file_unique_id"] for photo in each["message"].get("photo", [])],
        }
        for each in office.telegram()
    ]


def played(served: Served, office: PostOffice, *, webhook: bool) -> list[dict[str, Any]]:
    for user_id, fields in PEOPLE.items():
        person(served, user_id, **fields)
    for client in served.clients.values():
        client.clock = NOW
    script(Phone(served, office, webhook=webhook))
    return transcript(office)


def test_webhook_and_polling_give_the_same_transcript(
    serve: Callable[..., Served],
    new_database: Callable[[], str],
    redis_url: str,
    office: PostOffice,
    tmp_path: Path,
) -> None:
    fetched = played(serve(new_database(), redis_url), office, webhook=False)
    with PostOffice(tmp_path / "other") as other:
        served = serve(new_database(), redis_url, other)
        posted = played(served, other, webhook=True)
    assert posted == fetched
    assert len(posted) == 3


def test_what_was_fetched_is_confirmed_after_it_is_durable(phone: Phone) -> None:
    phone.office.say(MASHA, "/help")
    phone.poller.once(wait_s=1)
    phone.poller.offset = 0
    assert phone.poller.once(wait_s=1) == 1, "it is not confirmed before the next fetch"
    assert len(phone.waiting("telegram.updates")) == 1, "and taken once"
    phone.poller.once(wait_s=0)
    phone.poller.offset = 0
    assert phone.poller.once(wait_s=0) == 0


def test_registering_tells_the_webhook_and_the_commands_in_both_languages(phone: Phone) -> None:
    settings = phone.served.settings
    where = register.register(settings, "https://bot.school.example")
    assert where == "https://bot.school.example/telegram/webhook"
    assert register.register(settings, None) == ""
    for language, first in (("ru", "Уведомления"), ("en", "Notifications"), ("", "Notifications")):
        listed = commands(phone.office, language)
        assert [each["command"] for each in listed] == [
            "notifications",
            "analytics",
            "language",
            "help",
            "unlink",
        ]
        assert listed[0]["description"].startswith(first)


def commands(office: PostOffice, language: str) -> list[dict[str, str]]:
    url = f"{office.url}/bot{office.token}/getMyCommands?language_code={language}"
    found: list[dict[str, str]] = json.loads(urllib3.request("GET", url).data)["result"]
    return found
