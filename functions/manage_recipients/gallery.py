"""Every message as people see it, on one page, with sample data."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lib.domain.answers import LESSON_ANSWERS
from lib.domain.catalogue import TYPES, NotificationType
from lib.runtime.call import Call
from lib.runtime.reply import Reply
from lib.templates.buttons import label
from lib.templates.engine import LOCALES
from lib.templates.pages import gallery
from lib.templates.rendering import Reader, Rendered, Surroundings, render
from lib.templates.variables import sample

HTML = "text/html; charset=utf-8"
# Letters are styled inline. No script runs, neither here nor in the frames.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
}
ROLES = ("student", "parent", "tutor")
NAMES = {"ru": "Ольга", "en": "Olga"}
LANGUAGES = {"ru": "Русский", "en": "English"}
ASKING = "lesson_reminder"


def page(call: Call, theme: str) -> Reply:
    """The page; Russian first."""
    zone = ZoneInfo(call.settings.school_timezone)
    sections = [
        {
            "locale": locale,
            "name": LANGUAGES[locale],
            "messages": [_message(kind, locale, zone, call.now) for kind in TYPES.values()],
        }
        for locale in LOCALES
    ]
    return Reply(gallery(sections, theme), 200, HTML, HEADERS)


def _message(kind: NotificationType, locale: str, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    role = next((role for role in ROLES if role in kind.audience), ROLES[0])
    reader = Reader(locale, zone, role, NAMES[locale])
    asked = LESSON_ANSWERS if kind.name == ASKING else ()
    return {
        "type": kind.name,
        "role": role,
        "mail": _words(kind.name, "email", reader, asked, now),
        "telegram": _words(kind.name, "telegram", reader, asked, now),
        "buttons": [label(each, locale) for each in asked],
    }


def _words(name: str, channel: str, reader: Reader, asked: tuple[str, ...], now: datetime) -> Rendered:
    around = Surroundings(
        now,
        unsubscribe_url="https://example.com/unsubscribe" if channel == "email" else None,
        answer_urls={each: f"https://example.com/answers/{each}" for each in asked} or None,
    )
    return render(name, channel, reader, sample(name, reader.locale), around)
