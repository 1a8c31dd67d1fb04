"""A test message through a real channel, on the road that every message takes."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from uuid6 import uuid7

from lib.db import notifications, preferences, recipients
from lib.domain.catalogue import TYPES
from lib.domain.explain import sentence
from lib.domain.plans import NO_FALLBACK, Asked, plan
from lib.domain.shapes import Id
from lib.errors import not_found
from lib.queue import outbox
from lib.runtime import dispatching, letters
from lib.runtime.call import Call
from lib.runtime.reply import Reply

MESSAGE = {
    "ru": "Это проверочное сообщение. Если вы его читаете, всё работает.",
    "en": "This is a test message. If you can read it, everything works.",
}


class Trial(BaseModel):
    """To whom (oneself when left out), and what; a standard text when left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    user_id: Id | None = None
    title: str | None = Field(default=None, max_length=200)
    message: str | None = Field(default=None, min_length=1, max_length=4000)


class Queued(BaseModel):
    """The notification's id, the state of its one delivery, and why."""

    id: str
    delivery_id: str
    status: str
    reason: str
    explanation: str


def send(call: Call, conn: Connection, trial: Trial, channel: str) -> Reply:
    """Plan and queue it. Raises BadInput (404) for somebody else's id unless an admin asks."""
    user_id = trial.user_id or call.principal.sub
    if call.principal.role != "admin" and user_id != call.principal.sub:
        raise not_found()
    recipient = recipients.get(conn, user_id)
    person = letters.person_of(call.settings, user_id, recipient, preferences.get(conn, user_id))
    text = MESSAGE["en" if recipient and (recipient.locale or "").startswith("en") else "ru"]
    data: dict[str, Any] = {"title": trial.title, "message": trial.message or text}
    asked = Asked(
        TYPES["custom"],
        data,
        priority="high",
        requested_by=f"{call.principal.role}:{call.principal.sub}",
        fallback=NO_FALLBACK,
    )
    made = plan(asked, [person], (channel,), call.now, lambda: str(uuid7()))
    notifications.insert(conn, [made])
    outbox.add(conn, dispatching.first_turns([made]))
    delivery = made.deliveries[0]
    reason = delivery.decision.reason
    status = delivery.decision.state
    return Reply(
        Queued(
            id=made.id, delivery_id=delivery.id, status=status, reason=reason, explanation=sentence(reason)
        ),
        202,
    )
