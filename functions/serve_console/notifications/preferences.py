"""Changing what a person wants to be told, with a look at what that would have done to the last 30 days."""

from typing import Any
from urllib.parse import quote

from functions.serve_console.notifications.pages import PEOPLE, PREFERENCES, piece, show
from functions.serve_console.notifications.words import words
from functions.serve_console.web.answers import see, wants_part
from functions.serve_console.web.api import Api
from functions.serve_console.web.forms import Form
from functions.serve_console.web.visitor import Visitor
from lib.domain.catalogue import CHANNELS, GROUPS, TYPES
from lib.errors import BadInput
from lib.runtime.function import Call, Reply

Json = dict[str, Any]
SWITCH = {"on": True, "off": False}
INTERVAL, CAP = (1, 1440), (1, 1000)


def save(call: Call, visitor: Visitor, form: Form, user_id: str) -> Reply:
    """Keep what the form says. Raises BadInput: 404 for somebody else's, 400 with what is wrong."""
    patch = patch_of(form, visitor)
    Api(call, visitor).patch(PEOPLE, _path(user_id), patch, key=form.get("key", ""))
    own = user_id == visitor.principal.sub
    return see(
        "/console/preferences?saved=1" if own else f"/console/people/{quote(user_id, safe='')}?saved=1"
    )


def rehearse(call: Call, visitor: Visitor, form: Form, user_id: str) -> Reply:
    """The last 30 days as they were and as they would have been; nothing is kept."""
    before = after = None
    problem = ""
    found: Json = {}
    try:
        patch = patch_of(form, visitor)
        api = Api(call, visitor)
        found = api.post(PEOPLE, f"{_path(user_id)}/preview?lang={visitor.locale}", patch)
        before, after = found["before"], found["after"]
    except BadInput as error:
        if not wants_part(call):
            raise
        problem = error.detail
    values = {"rehearsal": found, "before": before, "after": after, "problem": problem}
    if wants_part(call):
        return piece(call, visitor, "_rehearsal.html", **values)
    return show(
        call,
        visitor,
        "rehearsal.html",
        here="preferences",
        title="rehearsal",
        fields=[(name, text) for name in form for text in form.getlist(name)],
        action=f"/console/people/{quote(user_id, safe='')}/preferences",
        **values,
    )


def _path(user_id: str) -> str:
    return f"{PREFERENCES}/{quote(user_id, safe='')}"


def patch_of(form: Form, visitor: Visitor) -> Json:
    """The form as a merge patch of everything it shows. Raises BadInput with what to mend."""
    return {
        "timezone": form.get("timezone") or None,
        "quiet_hours": _quiet(form, visitor),
        "digest": form.get("digest") or "off",
        "reminder_minutes": int(form["reminder"]) if form.get("reminder", "").isdecimal() else None,
        "min_interval_minutes": _number(form, "min_interval", INTERVAL, visitor),
        "weekly_cap": _number(form, "weekly_cap", CAP, visitor),
        "groups": {g: {c: form.get(f"group.{g}.{c}") == "on" for c in CHANNELS} for g in GROUPS},
        "types": {name: _choice(form, name) for name in TYPES},
    }


def _quiet(form: Form, visitor: Visitor) -> Json | None:
    if form.get("quiet") != "on":
        return None
    start, end = form.get("quiet_start") or "22:00", form.get("quiet_end") or "08:00"
    if start == end:
        raise BadInput(words(visitor.locale)("quiet_bad"))
    return {"start": start[:5], "end": end[:5]}


def _number(form: Form, name: str, limits: tuple[int, int], visitor: Visitor) -> int | None:
    text = form.get(name, "")
    if not text:
        return None
    least, most = limits
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise BadInput(words(visitor.locale)("bad_number", least=least, most=most))
    return int(text)


def _choice(form: Form, type_name: str) -> Json | None:
    """A type's own switches; None, which removes them, when it is as its group."""
    chosen = {channel: SWITCH.get(form.get(f"type.{type_name}.{channel}", "")) for channel in CHANNELS}
    return chosen if any(value is not None for value in chosen.values()) else None
