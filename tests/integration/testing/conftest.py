"""A post office per test, and the letters and calls that the tests send it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import pytest
from telegram import Bot

from lib.testing.mailbox.office import PostOffice

T = TypeVar("T")
WithBot = Callable[[Callable[[Bot], Awaitable[Any]]], Any]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    """A running post office."""
    with PostOffice(tmp_path / "mailbox") as started:
        yield started


@pytest.fixture
def with_bot(office: PostOffice) -> WithBot:
    """Runs a coroutine with the real client, connected to the post office."""

    def run(work: Callable[[Bot], Awaitable[T]]) -> T:
        return asyncio.run(_with_bot(office.token, office.url, work))

    return run


async def _with_bot(token: str, url: str, work: Callable[[Bot], Awaitable[T]]) -> T:
    bot = Bot(token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot")
    async with bot:
        return await work(bot)


def letter(subject: str = "Напоминание", number: int = 1) -> EmailMessage:
    """A well-formed message of two parts."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = "РепитБот <bot@school.example>"
    message["To"] = "Анна <anna@mail.example>"
    message["Subject"] = subject
    message["Date"] = "Sun, 22 Nov 2026 12:00:00 +0000"
    message["Message-ID"] = f"<{number}@school.example>"
    message.set_content("Занятие завтра.")
    message.add_alternative("<p>Занятие <b>завтра</b>.</p>", subtype="html")
    return message
