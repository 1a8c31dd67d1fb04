"""Every message of every type, language, channel and role, as the providers and their readers take it."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from itertools import product
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from functions.send_email.mime import assemble
from lib.domain.catalogue import TYPES
from lib.domain.outcomes import Letter
from lib.templates.digests import LARGEST_HTML
from lib.templates.engine import LOCALES
from lib.templates.fitting import LIMIT, visible_length
from lib.templates.own.markup import complaints, plain
from lib.templates.rendering import Reader, Rendered, Surroundings, render
from lib.templates.values import LONGEST_TEXT
from lib.templates.variables import barest, sample, texts_of

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ROLES = ("student", "parent", "tutor", "admin", None)
URLS = {each: f"https://school.example/answers/{each}" for each in ("confirm", "reschedule", "cannot")}
UNSUBSCRIBE = "https://school.example/unsubscribe/abc"
VOID = {"meta", "br", "img", "hr", "link", "input"}
ALL = list(product(TYPES, LOCALES, ROLES))


def words(name: str, channel: str, locale: str, role: str | None, data: dict[str, object]) -> Rendered:
    reader = Reader(locale, ZoneInfo("Europe/Moscow"), role, "Ольга")
    mail = channel == "email"
    around = Surroundings(NOW, "RUB", UNSUBSCRIBE if mail else None, URLS if mail else None)
    return render(name, channel, reader, data, around)


def datas(name: str, locale: str) -> list[dict[str, object]]:
    full = sample(name, locale)
    odd = {key: f"<b>{full[key]}</b> & \u202eπ “x” " for key in texts_of(name) if key != "currency"}
    return [full, barest(name, locale), {**full, **odd}]


def parsed(made: Rendered) -> EmailMessage:
    letter = Letter(
        delivery_id="018f0000-0000-7000-8000-000000000000",
        user_id="u-1",
        kind=TYPES["custom"],
        address="olga@example.com",
        subject=made.subject,
        text=made.text,
        html=made.html,
        message_id="<a.b@school.example>",
        date=NOW,
        unsubscribe_url=UNSUBSCRIBE,
    )
    policy = email.policy.strict.clone(raise_on_defect=True)
    raw = assemble(letter, "Школа <school@example.com>")
    return email.message_from_bytes(raw, policy=policy)


class Tags(HTMLParser):
    """Whether every tag is closed in its turn, and what images say to those who do not see them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img" and not dict(attrs).get("alt"):
            self.wrong.append("img without alt")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


@pytest.mark.parametrize(("name", "locale", "role"), ALL)
def test_every_letter_is_sound(name: str, locale: str, role: str | None) -> None:
    for data in datas(name, locale):
        made = words(name, "email", locale, role, data)
        message = parsed(made)
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        assert message["Subject"] == made.subject
        text, html = (cast(EmailMessage, part).get_content() for part in message.iter_parts())
        assert (text.replace("\r\n", "\n").rstrip(), html.replace("\r\n", "\n").rstrip()) == (
            made.text.rstrip(),
            made.html.rstrip(),
        )
        assert len(made.html.encode()) <= LARGEST_HTML
        tags = Tags()
        tags.feed(made.html)
        assert (tags.wrong, tags.open) == ([], [])
        assert f'lang="{locale}"' in made.html
        assert not re.search(r"<script|<link|@import|url\(|src=", made.html)
        for url in (UNSUBSCRIBE, *URLS.values()):
            assert url in made.text
            assert f'href="{url}"' in made.html


@pytest.mark.parametrize(("name", "locale", "role"), ALL)
def test_every_telegram_message_is_taken(name: str, locale: str, role: str | None) -> None:
    for data in datas(name, locale):
        made = words(name, "telegram", locale, role, data)
        assert list(complaints(made.html)) == []
        assert visible_length(made.html) <= LIMIT
        assert plain(made.html).split() == made.text.split()


@pytest.mark.parametrize(("name", "locale"), list(product(TYPES, LOCALES)))
def test_the_longest_texts_still_make_a_message(name: str, locale: str) -> None:
    full = sample(name, locale)
    long = {key: "слово & " * (LONGEST_TEXT // 8) for key in texts_of(name) if key != "currency"}
    made = words(name, "telegram", locale, "parent", {**full, **long})
    assert visible_length(made.html) <= LIMIT
    assert list(complaints(made.html)) == []
    parsed(words(name, "email", locale, "parent", {**full, **long}))
