"""The templates as the API shows them, and writing the school's own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from functions.manage_recipients.template_shapes import NewTemplate, Rollback, TemplateQuery
from lib.db import templates
from lib.db.templates import Version
from lib.domain.catalogue import TYPES
from lib.domain.own_templates import Own
from lib.domain.shapes import instant_text
from lib.errors import BadInput, FieldError, not_found
from lib.runtime.call import Call
from lib.templates.catalogue import catalogue, source, variables_of
from lib.templates.formats import FILTERS
from lib.templates.own.limits import Tripped
from lib.templates.own.reading import BLOCKS, GLOBALS
from lib.templates.own.sandbox import SANDBOX
from lib.templates.rendering import Reader, Surroundings
from lib.templates.variables import sample

SCOPE = "templates:write"
SAMPLE_NAMES: Mapping[str, str] = {"ru": "Мария", "en": "Maria"}


def require_writer(call: Call) -> None:
    """An admin, or a service with the scope. Raises BadInput (403)."""
    if call.principal.role == "service" and not call.principal.may(SCOPE):
        raise BadInput(f"The token lacks the scope {SCOPE}.", status=403)


def listed(conn: Connection, query: TemplateQuery) -> dict[str, Any]:
    """One page: the built-in ones in the order of the types, then the school's own."""
    own = templates.current(conn)
    replaced = {(v.own.name, v.own.channel, v.own.locale) for v in own if v.active}
    built_in = (
        {**each, "active": (each["name"], each["channel"], each["locale"]) not in replaced}
        for each in catalogue()
    )
    wanted = [
        each
        for each in (*built_in, *map(_summary, own))
        if query.channel in (None, each["channel"]) and query.locale in (None, each["locale"])
    ]
    start = query.cursor or 0
    end = start + query.limit
    return {"items": wanted[start:end], "next_cursor": str(end) if end < len(wanted) else None}


def _summary(version: Version) -> dict[str, Any]:
    own = version.own
    return {
        "name": own.name,
        "type": own.type,
        "group": TYPES[own.type].group,
        "channel": own.channel,
        "locale": own.locale,
        "version": own.version,
        "built_in": False,
        "active": version.active,
        "variables": variables_of(own.type),
    }


def shown(conn: Connection, call: Call, name: str) -> dict[str, Any]:
    """One template: what each channel and language uses now, and every version. Raises BadInput (404)."""
    versions = templates.of_name(conn, name)
    type_name = name if name in TYPES else versions[0].own.type if versions else None
    if type_name is None:
        raise not_found()
    keeper = call.principal.role in ("admin", "service")
    variants = list(_variants(name, versions))
    return {
        "name": name,
        "type": type_name,
        "group": TYPES[type_name].group,
        "built_in": name in TYPES,
        "version": max(each["version"] for each in variants),
        "variables": variables_of(type_name),
        "variants": variants,
        "versions": [_version(each, keeper) for each in versions],
        "sample": sample(type_name, "ru"),
        "may_use": {"names": [*GLOBALS, "joined"], "filters": sorted(FILTERS), "blocks": list(BLOCKS)},
    }


def _variants(name: str, versions: Sequence[Version]) -> Iterator[dict[str, Any]]:
    """What is used now."""
    used = {(v.own.channel, v.own.locale): v.own for v in versions if v.active}
    for own in used.values():
        yield {
            "channel": own.channel,
            "locale": own.locale,
            "version": own.version,
            "built_in": False,
            **own.texts,
        }
    for each in catalogue():
        if each["name"] == name and (each["channel"], each["locale"]) not in used:
            text = source(name, each["channel"], each["locale"])
            kept = {key: each[key] for key in ("channel", "locale", "version", "built_in")}
            yield {**kept, "source": text}


def _version(version: Version, keeper: bool) -> dict[str, Any]:
    own = version.own
    shown = {
        "channel": own.channel,
        "locale": own.locale,
        "version": own.version,
        "active": version.active,
        "created_at": instant_text(version.created_at),
        **own.texts,
    }
    return {**shown, "created_by": version.created_by} if keeper else shown


def add(conn: Connection, call: Call, new: NewTemplate) -> dict[str, Any]:
    """Check and save. Raises BadInput (422) with everything that is wrong, each with its line."""
    own = new.own
    _check(call, own)
    who = call.principal
    return _summary(templates.add(conn, own, f"{who.role}:{who.sub}"))


def complaints(call: Call, own: Own) -> list[FieldError]:
    """Everything that is wrong with a template, each with its line; nothing when it may be saved."""
    reader = Reader(own.locale, ZoneInfo(call.settings.school_timezone), name=SAMPLE_NAMES[own.locale])
    try:
        return SANDBOX.complaints(own, reader, Surroundings(call.now, call.settings.currency))
    except Tripped as error:
        return [{"loc": next(iter(own.texts)), "msg": str(error)}]


def _check(call: Call, own: Own) -> None:
    wrong = complaints(call, own)
    if wrong:
        first = f"{wrong[0]['loc']}, {wrong[0]['msg']}"
        raise BadInput(f"The template is not saved: {first}", status=422, errors=wrong)


def roll_back(conn: Connection, name: str, asked: Rollback) -> dict[str, Any]:
    """Move to another version. Raises BadInput: 404 for an unknown one, 409 when there is none before."""
    if name not in TYPES and not templates.of_name(conn, name):
        raise not_found()
    version = 0 if asked.built_in else asked.to_version
    used = templates.roll_back(conn, name, asked.channel, asked.locale, version)
    if used is not None:
        return _summary(used)
    where = (name, asked.channel, asked.locale)
    found = next(each for each in catalogue() if (each["name"], each["channel"], each["locale"]) == where)
    return {**found, "active": True}
