"""What one try at a delivery knows, looked up afresh, and the letter it makes of that."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from lib.db import attachments, preferences, recipients, templates
from lib.db.deliveries import Delivery
from lib.db.tables import notifications
from lib.domain.catalogue import TYPES, NotificationType
from lib.domain.decisions import Person
from lib.domain.outcomes import Attachment, Letter
from lib.domain.own_templates import Chosen
from lib.runtime import letters, questions
from lib.runtime.call import Call
from lib.runtime.questions import Ask


@dataclass(slots=True)
class Try:
    """What one try knows: the claimed row, its notification, and whom it is for.

    `fell_back`: why the school's own template could not be used, once the letter is made.
    `line` is the connection that wrote the point of no return down, kept for writing the outcome: fetching
    one from the pool tests it first, and that round trip would be a time in which to be killed.
    """

    call: Call
    token: str
    delivery: Delivery
    notification: Any
    person: Person
    data: dict[str, Any] = field(default_factory=dict)
    asks: tuple[Ask, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    chosen: Chosen | None = None
    fell_back: str | None = None
    handed_over: bool = False
    line: Connection | None = None

    @property
    def must_arrive(self) -> bool:
        """Whether a copy is better than none: for one part of a digest it is so for the whole."""
        items = self.notification.data.get("items") or () if self.kind.gathers else ()
        return self.kind.must_arrive or any(TYPES[item["type"]].must_arrive for item in items)

    @property
    def kind(self) -> NotificationType:
        return TYPES[self.notification.type]


def attempt_of(conn: Connection, call: Call, delivery: Delivery, token: str = "") -> Try:
    """Everything about a delivery as it stands now."""
    wanted = select(notifications).where(notifications.c.id == delivery.notification_id)
    notification = conn.execute(wanted).one()
    user_id = delivery.user_id
    person = letters.person_of(
        call.settings, user_id, recipients.get(conn, user_id), preferences.get(conn, user_id)
    )
    return Try(
        call,
        token,
        delivery,
        notification,
        person,
        letters.with_names(conn, notification.data),
        questions.of(conn, notification, delivery.id, user_id),
        attachments.of(conn, delivery.notification_id),
        templates.chosen(
            conn,
            notification.template or notification.type,
            delivery.channel,
            letters.locale_of(call.settings, person, notification.locale),
        ),
    )


def letter_of(attempt: Try) -> Letter:
    """The message of a try, with its buttons as the answers stand."""
    settings, delivery, row = attempt.call.settings, attempt.delivery, attempt.notification
    rendered = letters.words(
        settings,
        attempt.kind,
        delivery.channel,
        attempt.person,
        attempt.data,
        delivery.clock,
        locale=row.locale,
        chosen=attempt.chosen,
        answer_urls=questions.urls(settings, attempt.asks),
    )
    attempt.fell_back = rendered.fell_back
    locale = letters.locale_of(settings, attempt.person, row.locale)
    return letters.addressed(
        settings,
        attempt.kind,
        delivery.channel,
        attempt.person,
        rendered,
        notification_id=delivery.notification_id,
        delivery_id=delivery.id,
        date=delivery.clock,
        attachments=attempt.attachments,
        buttons=questions.buttons(settings, attempt.asks, locale),
        priority=row.priority,
    )
