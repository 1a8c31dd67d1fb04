"""Writing the letter: one person's words, in their language, on their clock, with their own links."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lib.db import recipients
from lib.domain import unsubscribe
from lib.domain.catalogue import NotificationType
from lib.domain.decisions import Person
from lib.domain.outcomes import Letter
from lib.runtime.settings import Settings
from lib.templates.rendering import Reader, Rendered, Surroundings, known_locale, render

# Whose name stands in for which id.
NAMED = {"student_id": "student_name", "tutor_id": "tutor_name"}


def with_names(conn: Connection, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with the names of the people it mentions by id, as the directory knows them now."""
    ids = {str(data[key]) for key in NAMED if data.get(key)}
    known = recipients.by_ids(conn, ids) if ids else {}
    names = {name: known[str(data[key])].name for key, name in NAMED.items() if str(data.get(key)) in known}
    return {**{key: value for key, value in names.items() if value}, **data}


def person_of(settings: Settings, user_id: str, recipient: Any, chosen: Any) -> Person:
    """Somebody as the decisions see them."""
    return Person(user_id, recipient, chosen, ZoneInfo(settings.school_timezone))


def words(
    settings: Settings,
    kind: NotificationType,
    channel: str,
    person: Person,
    data: Mapping[str, Any],
    now: datetime,
    *,
    locale: str | None = None,
    template: str | None = None,
) -> Rendered:
    """The message for this person. Raises BadInput (422) when the data does not make one."""
    who = person.recipient
    reader = Reader(
        locale=known_locale(locale, who.locale if who else None, settings.default_locale),
        zone=person.zone,
        role=who.role if who else None,
        name=who.name if who else None,
    )
    link = unsubscribe_url(settings, person.user_id, kind.group) if channel == "email" else None
    around = Surroundings(now, settings.currency, link)
    return render(template or kind.name, channel, reader, data, around)


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
    )
