"""Writing the letter: one person's words, in their language, on their clock, with their own links."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lib.db import recipients
from lib.domain import unsubscribe
from lib.domain.audience import Recipient
from lib.domain.catalogue import NotificationType
from lib.domain.decisions import Person
from lib.domain.outcomes import Attachment, Button, Letter
from lib.domain.own_templates import Chosen
from lib.runtime.settings import Settings
from lib.templates.rendering import Reader, Rendered, Surroundings, known_locale, render

# Whose name stands in for which id.
NAMED = {"student_id": "student_name", "tutor_id": "tutor_name"}


def with_names(conn: Connection, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with the names of the people it mentions by id, as the directory knows them now.

    In a digest, those of every message it carries.
    """
    items: list[Mapping[str, Any]] = [
        item["data"] for item in data.get("items") or () if isinstance(item, dict)
    ]
    ids = {str(each[key]) for each in (data, *items) for key in NAMED if each.get(key)}
    known = recipients.by_ids(conn, ids) if ids else {}
    named = _named(data, known)
    if items:
        named["items"] = [{**item, "data": _named(item["data"], known)} for item in data["items"]]
    return named


def _named(data: Mapping[str, Any], known: Mapping[str, Recipient]) -> dict[str, Any]:
    names = {name: known[str(data[key])].name for key, name in NAMED.items() if str(data.get(key)) in known}
    return {**{key: value for key, value in names.items() if value}, **data}


def person_of(settings: Settings, user_id: str, recipient: Any, chosen: Any) -> Person:
    """Somebody as the decisions see them."""
    return Person(user_id, recipient, chosen, ZoneInfo(settings.school_timezone))


def locale_of(settings: Settings, person: Person, wanted: str | None = None) -> str:
    """The language this person is written in, unless another is `wanted`."""
    own = person.recipient.locale if person.recipient else None
    return known_locale(wanted, own, settings.default_locale)


def words(
    settings: Settings,
    kind: NotificationType,
    channel: str,
    person: Person,
    data: Mapping[str, Any],
    now: datetime,
    *,
    locale: str | None = None,
    chosen: Chosen | None = None,
    answer_urls: Mapping[str, str] | None = None,
) -> Rendered:
    """The message for this person. Raises BadInput (422) when the data does not make one."""
    who = person.recipient
    reader = Reader(
        locale=locale_of(settings, person, locale),
        zone=person.zone,
        role=who.role if who else None,
        name=who.name if who else None,
    )
    link = unsubscribe_url(settings, person.user_id, kind.group) if channel == "email" else None
    around = Surroundings(now, settings.currency, link, answer_urls)
    made_of = chosen or Chosen(kind.name)
    return render(made_of.type, channel, reader, data, around, own=made_of.own)


def unsubscribe_url(settings: Settings, user_id: str, group: str) -> str:
    """The one-click link of RFC 8058."""
    signed = unsubscribe.token(settings.jwt_secret_key, user_id, group)
    return f"{settings.public_url.rstrip('/')}/unsubscribe/{signed}"


def message_id(settings: Settings, notification_id: str, delivery_id: str) -> str:
    """The same at every try, so that a mail client shows a second copy as one letter."""
    domain = parseaddr(settings.email_from)[1].rpartition("@")[2] or "localhost"
    return f"<{notification_id}.{delivery_id}@{domain}>"


def addressed(
    settings: Settings,
    kind: NotificationType,
    channel: str,
    person: Person,
    rendered: Rendered,
    *,
    notification_id: str,
    delivery_id: str,
    date: datetime,
    attachments: tuple[Attachment, ...] = (),
    buttons: tuple[tuple[Button, ...], ...] = (),
    priority: str = "normal",
) -> Letter:
    """A rendered message, ready to be handed over."""
    address = person.recipient.address(channel) if person.recipient else None
    return Letter(
        delivery_id=delivery_id,
        user_id=person.user_id,
        kind=kind,
        address=address or "",
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=message_id(settings, notification_id, delivery_id),
        date=date,
        unsubscribe_url=unsubscribe_url(settings, person.user_id, kind.group) if channel == "email" else None,
        attachments=attachments,
        buttons=buttons,
        priority=priority,
    )
