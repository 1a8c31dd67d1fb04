"""Writing a template: the fields beside a live preview, with what is wrong and where."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from functions.serve_console.notifications.frames import keep
from functions.serve_console.notifications.gallery import path_of
from functions.serve_console.notifications.pages import PEOPLE, ROLES, TEMPLATES, piece, show, type_names
from functions.serve_console.web.answers import see
from functions.serve_console.web.api import Api
from functions.serve_console.web.forms import Form, Query
from functions.serve_console.web.visitor import LOCALES, Visitor
from lib.domain.catalogue import CHANNELS, TYPES
from lib.errors import BadInput, not_found
from lib.runtime.function import Call, Reply

Json = dict[str, Any]
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
# What is written in which way, for which channel.
FORMS: Mapping[str, tuple[str, ...]] = {"email": ("subject", "text", "html"), "telegram": ("html", "text")}
WAYS = ("source", "forms")


def edit(call: Call, visitor: Visitor, query: Query, name: str) -> Reply:
    """The editor with the version in use, or another one, or a new name's empty fields. Raises BadInput (404)."""
    api = Api(call, visitor)
    channel, locale = _variant(query, visitor)
    found = _known(api, name) or _new(api, name, query.get("type", ""))
    written = _written(found, channel, locale, query.get("version", ""))
    way = query.get("way", "source" if written.get("source") or not written else "forms")
    way = way if way in WAYS else "source"
    if way == "source" and not written.get("source"):
        written = {**written, "source": _start(found["type"], channel)}
    return _page(call, visitor, name, found, {"channel": channel, "locale": locale, "way": way, **written})


def begin(call: Call, visitor: Visitor, query: Query) -> Reply:  # noqa: ARG001 - every page has them
    """On to the editor of a template with a name of its own. Raises BadInput (404) for what is no name."""
    name, fields = query.get("name", ""), {k: query.get(k, "") for k in ("type", "locale")}
    if not NAME.fullmatch(name):
        raise not_found()
    return see(f"/console/templates/{name}/edit?{urlencode(fields)}")


def _variant(query: Query | Form, visitor: Visitor) -> tuple[str, str]:
    channel, locale = query.get("channel", ""), query.get("locale", "")
    return channel if channel in CHANNELS else "email", locale if locale in LOCALES else visitor.locale


def _known(api: Api, name: str) -> Json | None:
    try:
        found: Json = api.get(PEOPLE, path_of(name))
    except BadInput as error:
        if error.status == 404:
            return None
        raise
    return found


def _new(api: Api, name: str, type_name: str) -> Json:
    """A name that nobody has used yet, with the variables of its type."""
    if type_name not in TYPES or TYPES[type_name].gathers or not NAME.fullmatch(name):
        raise not_found()
    of_type: Json = api.get(PEOPLE, path_of(type_name))
    return {**of_type, "name": name, "variants": [], "versions": []}


def _written(found: Json, channel: str, locale: str, version: str) -> dict[str, str]:
    """The texts of a version; of the one in use when none is named."""
    kept = [*(v for v in found["versions"] if str(v["version"]) == version), *found["variants"]]
    for each in kept:
        if (each["channel"], each["locale"]) == (channel, locale):
            return {k: each[k] for k in ("source", "subject", "text", "html") if each.get(k)}
    return {}


def _start(type_name: str, channel: str) -> str:
    return f'{{% extends base("{channel}/{type_name}") %}}\n{{% block headline %}}…{{% endblock %}}\n'


def _page(
    call: Call, visitor: Visitor, name: str, found: Json, given: Mapping[str, str], *, status: int = 200
) -> Reply:
    full = {**dict.fromkeys(("source", "subject", "text", "html", "role"), ""), **given}
    return show(
        call,
        visitor,
        "edit.html",
        here="templates",
        title=type_names(visitor.locale)[found["type"]] if name in TYPES else name,
        found=found,
        given=full,
        forms=FORMS[full["channel"]],
        preview=_previewed(call, visitor, found["type"], full),
        status=status,
    )


def preview(call: Call, visitor: Visitor, form: Form, name: str) -> Reply:  # noqa: ARG001 - its type decides
    """What the fields make, for htmx."""
    type_name = form.get("type", "")
    if type_name not in TYPES:
        raise not_found()
    made = _previewed(call, visitor, type_name, _given(form, visitor))
    return piece(call, visitor, "_draft.html", preview=made)


def _given(form: Form, visitor: Visitor) -> dict[str, str]:
    channel, locale = _variant(form, visitor)
    texts = {name: form.get(name, "") for name in ("source", "subject", "text", "html", "role")}
    way = form.get("way", "source")
    return {**texts, "channel": channel, "locale": locale, "way": way if way in WAYS else "source"}


def draft_of(given: Mapping[str, str]) -> dict[str, str]:
    """What is written, in the way that was chosen."""
    names = ("source",) if given["way"] == "source" else FORMS[given["channel"]]
    return {name: given[name] for name in names if given[name]}


def _previewed(call: Call, visitor: Visitor, type_name: str, given: Mapping[str, str]) -> Json:
    """The draft's words and what is wrong with it; a refusal counts as something wrong."""
    role = given["role"] if given["role"] in ROLES else "student"
    draft = draft_of(given)
    asked = {"channel": given["channel"], "locale": given["locale"], "role": role, **draft}
    shown: Json = {"channel": given["channel"], "empty": not draft, "made": None, "frame": ""}
    try:
        made: Json = Api(call, visitor).post(PEOPLE, f"{path_of(type_name)}/preview", asked)
    except BadInput as error:
        wrong = [*error.errors] or [{"loc": "", "msg": error.detail}]
        return {**shown, "errors": wrong}
    frame = keep(call, visitor, made["html"]) if given["channel"] == "email" else ""
    return {**shown, "made": made, "frame": frame, "errors": made.get("errors", [])}


def save(call: Call, visitor: Visitor, form: Form, name: str) -> Reply:
    """A new version, used from now on; the editor again with what is wrong when it is refused (422)."""
    api, given = Api(call, visitor), _given(form, visitor)
    type_name = form.get("type", "")
    body = {"name": name, "channel": given["channel"], "locale": given["locale"], **draft_of(given)}
    if name not in TYPES:
        body["type"] = type_name
    try:
        made = api.post(PEOPLE, TEMPLATES, body, key=form.get("key", ""))
    except BadInput as error:
        if error.status not in (400, 422):
            raise
        found = _known(api, name) or _new(api, name, type_name)
        return _page(call, visitor, name, found, given, status=422)
    where = f"/console/templates/{quote(name, safe='')}"
    return see(f"{where}?locale={given['locale']}&done=saved-{made['version']}")
