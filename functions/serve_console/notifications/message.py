"""One message: whom it went to, how it came about, how it reads, and what may still be done with it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from functions.serve_console.notifications.frames import frame
from functions.serve_console.notifications.pages import DISPATCH, NOTIFICATIONS, show, type_names
from functions.serve_console.web.answers import see
from functions.serve_console.web.api import Api
from functions.serve_console.web.forms import Form, Query
from functions.serve_console.web.visitor import Visitor
from lib.domain.outcomes import WAITING
from lib.errors import Temporary, not_found
from lib.runtime.function import Call, Reply

Json = dict[str, Any]
RETRIABLE = ("failed", "unknown")
# What the dot before a line of the story looks like.
LOOKS: Mapping[str, str] = {
    **{"sent": "good", "digested": "good", "shown_answered": "good"},
    **{"failed": "bad", "suppressed": "bad", "expired": "warn", "cancelled": "warn", "unknown": "warn"},
    **{"sending": "now", "queued": "now", "held": "warn"},
}
# A message to a whole role: nobody reads a thousand stories one after another.
MOST_LINES = 300
MOST_DELIVERIES = 50


def message(call: Call, visitor: Visitor, query: Query, some_id: UUID) -> Reply:  # noqa: ARG001
    """Its page, by its own id or by that of one of its deliveries."""
    api = Api(call, visitor)
    found = api.get(DISPATCH, f"{NOTIFICATIONS}/{some_id}", lang=visitor.locale)
    return show(
        call,
        visitor,
        "message.html",
        here="log",
        title=type_names(visitor.locale)[found["type"]],
        message=found,
        deliveries=found["deliveries"][:MOST_DELIVERIES],
        more_deliveries=max(0, len(found["deliveries"]) - MOST_DELIVERIES),
        lines=list(story(found)),
        letters=_letters(api, some_id),
        people={each["user_id"]: each["name"] or each["user_id"] for each in found["deliveries"]},
        may=may(found["deliveries"]),
    )


def may(deliveries: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """Which buttons can do anything, by the rules of the API that carries them out."""
    states = {each["status"] for each in deliveries}
    return {"retry": bool(states & set(RETRIABLE)), "cancel": bool(states & set(WAITING))}


def story(found: Json) -> Iterator[Json]:
    """The timeline's lines, each with its look and the delivery it is about."""
    whose = {each["id"]: each for each in found["deliveries"]}
    for line in found["timeline"][:MOST_LINES]:
        look = LOOKS.get(line["reason"] or "", LOOKS.get(line["status"] or "", ""))
        yield {**dict.fromkeys(FACTS), **line, "look": look, "delivery": whose.get(line["delivery_id"])}


# What a line may tell beside its sentence.
FACTS = (
    "answer",
    "id",
    "via",
    "due_at",
    "by",
    "number",
    "into",
    "to",
    "answers",
    "errors",
    "template_failed",
)


def _letters(api: Api, some_id: UUID) -> Json:
    try:
        found: Json = api.get(DISPATCH, f"{NOTIFICATIONS}/{some_id}/words")
    except Temporary:
        # The story stands without them.
        return {"items": [], "left_out": 0}
    return found


def letter(call: Call, visitor: Visitor, query: Query, some_id: UUID, delivery_id: UUID) -> Reply:  # noqa: ARG001
    """The mail of one delivery, for a frame. Raises BadInput (404)."""
    path = f"{NOTIFICATIONS}/{some_id}/words"
    found = Api(call, visitor).get(DISPATCH, path, delivery_id=str(delivery_id))["items"]
    if not found or found[0]["channel"] != "email" or not found[0]["html"]:
        raise not_found()
    return frame(visitor, found[0]["html"])


def act(call: Call, visitor: Visitor, form: Form, some_id: UUID, what: str) -> Reply:
    """Send again what failed, or stop what waits. Raises BadInput (409) with the state that forbids it."""
    Api(call, visitor).post(DISPATCH, f"{NOTIFICATIONS}/{some_id}/{what}", key=form.get("key", ""))
    return see(f"/console/messages/{some_id}")
