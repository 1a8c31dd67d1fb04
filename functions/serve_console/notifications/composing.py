"""A new broadcast: written, rehearsed, and then sent exactly as it was rehearsed."""

import json
from collections.abc import Mapping
from typing import Any

from functions.serve_console.notifications.choosing import choose
from functions.serve_console.notifications.frames import keep
from functions.serve_console.notifications.moments import moment
from functions.serve_console.notifications.pages import BROADCASTS, DISPATCH, ROLES, show
from functions.serve_console.notifications.simulating import read_object
from functions.serve_console.notifications.words import Words, words
from functions.serve_console.web.answers import see
from functions.serve_console.web.api import Api
from functions.serve_console.web.forms import Form, Query
from functions.serve_console.web.visitor import Visitor
from lib.domain.catalogue import CHANNELS
from lib.errors import BadInput
from lib.runtime.function import Call, Reply

Json = dict[str, Any]
FIELDS = (
    *("name", "audience", "role", "tutor_id", "parents", "ids", "kind", "title", "message", "url"),
    *("telegram", "email", "locale", "send_at", "expires_at"),
)
KINDS = ("custom", "system_notification")
START = {"audience": "role", "role": "student", "kind": "custom", "telegram": "on", "email": "on"}


def compose(call: Call, visitor: Visitor, query: Query) -> Reply:  # noqa: ARG001 - every page has one
    """An empty form."""
    return _page(call, visitor, {**dict.fromkeys(FIELDS, ""), **START})


def rehearse(call: Call, visitor: Visitor, form: Form) -> Reply:
    """The form as it was sent, and below it what would happen, or what is wrong."""
    given = {name: form.get(name, "") for name in FIELDS}
    try:
        api = Api(call, visitor)
        asked = request_of(api, given, visitor)
        found = api.post(DISPATCH, f"{BROADCASTS}?dry_run=true", asked)
    except BadInput as error:
        return _page(call, visitor, given, problem=error.detail)
    for sample in found["samples"]:
        sample["frame"] = keep(call, visitor, sample["html"]) if sample["channel"] == "email" else ""
    return _page(call, visitor, given, rehearsal=found, asked=json.dumps(asked, ensure_ascii=False))


def send(call: Call, visitor: Visitor, form: Form) -> Reply:
    """Begin what was rehearsed. Raises BadInput when it has become impossible since."""
    asked = read_object(form.get("asked", ""), visitor)
    made = Api(call, visitor).post(DISPATCH, BROADCASTS, asked, key=form.get("key", ""))
    return see(f"/console/broadcasts/{made['id']}")


def _page(
    call: Call,
    visitor: Visitor,
    given: Mapping[str, str],
    *,
    rehearsal: Json | None = None,
    asked: str = "",
    problem: str = "",
) -> Reply:
    return show(
        call,
        visitor,
        "compose.html",
        here="broadcasts",
        title="new_broadcast",
        given=given,
        rehearsal=rehearsal,
        asked=asked,
        problem=problem,
    )


def request_of(api: Api, given: Mapping[str, str], visitor: Visitor) -> Json:
    """The form as the API takes it. Raises BadInput with what is missing."""
    t = words(visitor.locale)
    if not given["message"]:
        raise BadInput(t("missing_message"))
    said = {name: given[name] for name in ("title", "message", "url") if given[name]}
    asked: Json = {
        "audience": _audience(api, given, t),
        "type": given["kind"] if given["kind"] in KINDS else "custom",
        "data": said,
        "channels": [channel for channel in CHANNELS if given[channel] == "on"],
        "locale": given["locale"],
        "name": given["name"],
        "send_at": moment(given["send_at"], visitor),
        "expires_at": moment(given["expires_at"], visitor),
    }
    return {name: value for name, value in asked.items() if value}


def _audience(api: Api, given: Mapping[str, str], t: Words) -> Json:
    chosen = given["audience"]
    if chosen == "role" and given["role"] in ROLES:
        return {"role": given["role"]}
    if chosen == "tutor" and given["tutor_id"]:
        tutor = choose(api, given["tutor_id"])
        if tutor.unclear:
            raise BadInput(t("several_people"))
        return {"tutor_id": tutor.user_id, "include_parents": given["parents"] == "on"}
    ids = given["ids"].replace(",", " ").split()
    if chosen == "ids" and ids:
        return {"user_ids": list(dict.fromkeys(ids))}
    raise BadInput(t("missing_audience"))
