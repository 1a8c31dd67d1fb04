"""People: found, shown with their addresses and preferences, linked to Telegram, written to for a test."""

from typing import Any
from urllib.parse import quote, urlencode

from functions.serve_console.notifications.choosing import entry, known
from functions.serve_console.notifications.pages import (
    MAIL,
    PEOPLE,
    PREFERENCES,
    RECIPIENTS,
    TELEGRAM,
    piece,
    show,
)
from functions.serve_console.notifications.zones import zones
from functions.serve_console.web.answers import wants_part
from functions.serve_console.web.api import Api
from functions.serve_console.web.forms import Form, Query
from functions.serve_console.web.visitor import Visitor
from lib.errors import not_found
from lib.runtime.function import Call, Reply

TESTS = {"email": (MAIL, "/api/v1/emails"), "telegram": (TELEGRAM, "/api/v1/telegram/messages")}
PAGE = 30
OPTIONS = 10


def own(call: Call, visitor: Visitor, query: Query) -> Reply:
    """One's own page."""
    return person_page(call, visitor, visitor.principal.sub, saved=bool(query.get("saved")))


def search(call: Call, visitor: Visitor, query: Query) -> Reply:
    """Everybody, or those who fit; for htmx only the rows."""
    q, role = query.get("q", ""), query.get("role", "")
    found = Api(call, visitor).get(
        PEOPLE, RECIPIENTS, q=q or None, role=role or None, limit=PAGE, cursor=query.get("cursor") or None
    )
    more = urlencode({"q": q, "role": role, "cursor": found["next_cursor"] or ""})
    values = {"people": found["items"], "q": q, "role": role}
    values["next_url"] = f"/console/people?{more}" if found["next_cursor"] else ""
    if wants_part(call):
        return piece(call, visitor, "_people.html", **values)
    return show(call, visitor, "people.html", here="people", title="people_title", **values)


def options(call: Call, visitor: Visitor, query: Query) -> Reply:
    """A few people as the options of a field in which somebody types who is meant."""
    typed = (query.get("person") or query.get("people") or query.get("tutor_id") or "")[:200]
    found = Api(call, visitor).get(PEOPLE, RECIPIENTS, q=typed, limit=OPTIONS)["items"] if typed else []
    return piece(call, visitor, "_options.html", people=found)


def one(call: Call, visitor: Visitor, query: Query, user_id: str) -> Reply:
    """Somebody's page."""
    return person_page(call, visitor, user_id, saved=bool(query.get("saved")))


def person_page(call: Call, visitor: Visitor, user_id: str, **more: Any) -> Reply:
    """Addresses, preferences, linking and test messages of one person. Raises BadInput (404)."""
    api = Api(call, visitor)
    person = known(api, user_id)
    is_own = user_id == visitor.principal.sub
    if person is None and not is_own:
        raise not_found()
    chosen = api.get(PEOPLE, f"{PREFERENCES}/{quote(user_id, safe='')}")
    values = {"saved": False, "linked": None, "tested": None, **more}
    return show(
        call,
        visitor,
        "person.html",
        here="preferences" if is_own else "people",
        title="preferences_title" if is_own else (person or {}).get("name") or user_id,
        user_id=user_id,
        person=person,
        chosen=chosen,
        is_own=is_own,
        base=f"/console/people/{quote(user_id, safe='')}",
        zones=zones(chosen["timezone"]),
        school_zone=call.settings.school_timezone,
        **values,
    )


def link(call: Call, visitor: Visitor, form: Form, user_id: str) -> Reply:
    """A one-use code that links a Telegram chat. Raises BadInput (404) for somebody else's."""
    made = Api(call, visitor).post(PEOPLE, f"{entry(user_id)}/telegram-link", key=form.get("key", ""))
    if wants_part(call):
        return piece(call, visitor, "_link.html", linked=made)
    return person_page(call, visitor, user_id, linked=made)


def test(call: Call, visitor: Visitor, form: Form, user_id: str) -> Reply:
    """A message through the real channel. Raises BadInput (404) for somebody else's."""
    function, path = TESTS.get(form.get("channel", ""), TESTS["email"])
    sent = Api(call, visitor).post(function, path, {"user_id": user_id}, key=form.get("key", ""))
    if wants_part(call):
        return piece(call, visitor, "_tested.html", tested=sent)
    return person_page(call, visitor, user_id, tested=sent)
