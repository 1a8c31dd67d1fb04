"""Trying what would be decided, with the words that would be sent; nothing is."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from functions.serve_console.notifications.choosing import choose, known
from functions.serve_console.notifications.frames import keep
from functions.serve_console.notifications.moments import moment
from functions.serve_console.notifications.pages import DISPATCH, NOTIFICATIONS, PEOPLE, TEMPLATES, show
from functions.serve_console.notifications.words import words
from functions.serve_console.web.api import Api
from functions.serve_console.web.forms import Form, Query
from functions.serve_console.web.visitor import Visitor
from lib.domain.catalogue import TYPES
from lib.domain.shapes import instant_text
from lib.errors import BadInput
from lib.runtime.function import Call, Reply

Json = dict[str, Any]
FIELDS = ("tab", "type", "people", "role", "data", "event", "at", "locale")
# A role may have thousands of people: the first ones tell how it goes.
MOST = 24


def ask(call: Call, visitor: Visitor, query: Query) -> Reply:
    """The form, with the sample data of a type."""
    type_name = query.get("type", "lesson_reminder")
    type_name = type_name if type_name in TYPES else "lesson_reminder"
    given = {**dict.fromkeys(FIELDS, ""), "tab": query.get("tab", "type"), "type": type_name}
    given["people"] = query.get("people", "")
    given["data"] = _pretty(_sample(Api(call, visitor), type_name, call.now))
    given["event"] = _pretty(_event(call.now))
    return _page(call, visitor, given)


def simulate(call: Call, visitor: Visitor, form: Form) -> Reply:
    """The form as it was sent, and below it the decisions or what is wrong."""
    given = {name: form.get(name, "") for name in FIELDS}
    try:
        api = Api(call, visitor)
        answer = api.post(DISPATCH, f"{NOTIFICATIONS}/simulate", _request(api, given, visitor))
    except BadInput as error:
        return _page(call, visitor, given, problem=error.detail)
    return _page(call, visitor, given, answer=_shown(call, visitor, answer))


def _page(
    call: Call, visitor: Visitor, given: Mapping[str, str], *, answer: Json | None = None, problem: str = ""
) -> Reply:
    return show(
        call,
        visitor,
        "simulate.html",
        here="simulate",
        title="simulate_title",
        given=given,
        answer=answer,
        problem=problem,
    )


def _request(api: Api, given: Mapping[str, str], visitor: Visitor) -> Json:
    asked: Json = {"at": moment(given["at"], visitor), "locale": given["locale"] or None}
    if given["tab"] == "event":
        asked |= {"event": read_object(given["event"], visitor), "locale": None}
    else:
        people = _ids(api, given["people"], visitor)
        audience = {"user_ids": people} if people else {"role": given["role"]}
        asked |= {"type": given["type"], "data": read_object(given["data"], visitor), **audience}
    return {name: value for name, value in asked.items() if value}


def _ids(api: Api, typed: str, visitor: Visitor) -> list[str]:
    """One person by name or id, or several ids. Raises BadInput when it may be several people's name."""
    ids = typed.replace(",", " ").split()
    if len(ids) > 1 and all(known(api, each) for each in ids):
        return ids
    choice = choose(api, typed)
    if choice.unclear:
        raise BadInput(words(visitor.locale)("several_people"))
    return ids if choice.user_id in (None, typed) else [choice.user_id]


def read_object(text: str, visitor: Visitor) -> Json:
    """A JSON object that somebody typed. Raises BadInput with the place of the fault."""
    t = words(visitor.locale)
    try:
        value = json.loads(text or "{}")
    except json.JSONDecodeError as error:
        where = t("not_json", line=error.lineno, column=error.colno)
        raise BadInput(t("bad_json", problem=where)) from None
    if not isinstance(value, dict):
        raise BadInput(t("bad_json", problem=t("not_object")))
    return value


def _shown(call: Call, visitor: Visitor, answer: Json) -> Json:
    decisions = answer["decisions"]
    return {
        "at": answer["at"],
        "decisions": [_with_frame(call, visitor, each) for each in decisions[:MOST]],
        "left_out": max(0, len(decisions) - MOST),
    }


def _with_frame(call: Call, visitor: Visitor, decision: Json) -> Json:
    rendered = decision.get("rendered")
    is_mail = rendered is not None and decision["channel"] == "email"
    return {
        **decision,
        "rendered": rendered,
        "frame": keep(call, visitor, (rendered or {})["html"]) if is_mail else "",
    }


def _sample(api: Api, type_name: str, now: datetime) -> Json:
    """The type's sample data, moved so that its lesson is tomorrow's: yesterday's nobody would be told of."""
    template = api.get(PEOPLE, f"{TEMPLATES}/{type_name}")
    data: Json = template["sample"]
    instants = [v["name"] for v in template["variables"] if v["kind"] == "instant" and data.get(v["name"])]
    if not instants:
        return data
    anchor = str(data["starts_at" if "starts_at" in instants else instants[0]])
    shift = timedelta(days=(now.date() - datetime.fromisoformat(anchor).date()).days + 1)
    return {**data, **{name: instant_text(datetime.fromisoformat(data[name]) + shift) for name in instants}}


def _event(now: datetime) -> Json:
    starts_at = (now + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    data = {"lesson_id": "lesson-1", "student_id": "student-1", "tutor_id": "tutor-1"}
    data |= {"starts_at": instant_text(starts_at), "subject": "Математика"}
    event = {"specversion": "1.0", "id": "try-1", "source": "console", "type": "lesson.created"}
    return {**event, "time": instant_text(now.replace(microsecond=0)), "data": data}


def _pretty(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
