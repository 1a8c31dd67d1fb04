"""Messages to many: the list, and one with its progress."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from functions.serve_console.notifications.bars import parts
from functions.serve_console.notifications.pages import BROADCASTS, DISPATCH, piece, show
from functions.serve_console.notifications.words import Words, words
from functions.serve_console.web.answers import see, wants_part
from functions.serve_console.web.api import Api
from functions.serve_console.web.forms import Form, Query
from functions.serve_console.web.visitor import Visitor
from lib.runtime.function import Call, Reply

Json = dict[str, Any]
ORDER = (
    *("sent", "digested", "suppressed", "cancelled", "expired", "unknown", "failed"),
    *("sending", "queued", "held", "planned", "waiting"),
)
OPEN = ("sending", "queued", "held", "planned", "waiting")
ACTS = {"sending": ("pause", "cancel"), "scheduled": ("pause", "cancel"), "paused": ("resume", "cancel")}
PAGE = 30


def listed(call: Call, visitor: Visitor, query: Query) -> Reply:
    """Newest first."""
    page = Api(call, visitor).get(DISPATCH, BROADCASTS, limit=PAGE, cursor=query.get("cursor") or None)
    more = page["next_cursor"]
    t = words(visitor.locale)
    return show(
        call,
        visitor,
        "broadcasts.html",
        here="broadcasts",
        title="broadcasts_title",
        broadcasts=[{**each, "told": told(each["audience"], t)} for each in page["items"]],
        next_url=f"/console/broadcasts?{urlencode({'cursor': more})}" if more else "",
    )


def told(audience: Json, t: Words) -> str:
    """To whom, in words."""
    if audience.get("role"):
        return t(f"role_all_{audience['role']}")
    if audience.get("tutor_id"):
        key = "of_tutor_parents" if audience.get("include_parents") else "of_tutor"
        return t(key, id=audience["tutor_id"])
    return t("people_n", n=int(audience.get("user_ids") or 0))


def one(call: Call, visitor: Visitor, query: Query, broadcast_id: UUID) -> Reply:  # noqa: ARG001
    """Its page; for htmx only the progress."""
    found = Api(call, visitor).get(DISPATCH, f"{BROADCASTS}/{broadcast_id}")
    values = {"broadcast": found, **progress(found), "told": told(found["audience"], words(visitor.locale))}
    if wants_part(call):
        return piece(call, visitor, "_progress.html", **values)
    t = words(visitor.locale)
    title = found["name"] or found["data"].get("title") or t("broadcast")
    return show(call, visitor, "broadcast.html", here="broadcasts", title=title, **values)


def progress(found: Json) -> Json:
    """How many people are in which state, as parts of a bar, and what may be done now."""
    total = found["recipients"]
    left = sum(found["by_state"].get(state, 0) for state in OPEN)
    return {
        "parts_of": list(parts(ORDER, found["by_state"])),
        "finished": total - left,
        "percent": int(100 * (total - left) / total) if total else 100,
        "acts": ACTS.get(found["state"], ()),
        "moves": found["state"] in ("sending", "scheduled"),
    }


def act(call: Call, visitor: Visitor, form: Form, broadcast_id: UUID, what: str) -> Reply:
    """Pause it, go on, or stop it for good. Raises BadInput (409) with the state that forbids it."""
    Api(call, visitor).post(DISPATCH, f"{BROADCASTS}/{broadcast_id}/{what}", key=form.get("key", ""))
    return see(f"/console/broadcasts/{broadcast_id}")
