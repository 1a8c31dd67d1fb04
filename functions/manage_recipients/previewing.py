"""A template rendered for nobody in particular: the one in use, an earlier version, or a draft."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from functions.manage_recipients import templates as kept
from functions.manage_recipients.template_shapes import Preview
from functions.manage_recipients.templates import SAMPLE_NAMES, require_writer
from lib.db import templates
from lib.domain.catalogue import TYPES
from lib.domain.own_templates import Own
from lib.errors import BadInput, not_found
from lib.runtime.call import Call
from lib.templates.rendering import VERSION, Reader, Surroundings, render
from lib.templates.variables import sample


def preview(conn: Connection, call: Call, name: str, asked: Preview) -> dict[str, Any]:
    """The words; of a draft also everything that is wrong with it.

    Raises BadInput: 404 for an unknown name or version, 403 for a draft of who may not write, 422 when the data
    makes no message.
    """
    own, type_name = _asked_for(conn, call, name, asked)
    reader = Reader(
        locale=asked.locale,
        zone=ZoneInfo(asked.timezone or call.settings.school_timezone),
        role=asked.role,
        name=asked.name or SAMPLE_NAMES[asked.locale],
    )
    data = sample(type_name, asked.locale) if asked.data is None else asked.data
    around = Surroundings(call.now, call.settings.currency)
    words = render(type_name, asked.channel, reader, data, around, own=own)
    return {
        "name": name,
        "channel": asked.channel,
        "locale": asked.locale,
        "version": own.version if own and words.fell_back is None else VERSION,
        "built_in": own is None or words.fell_back is not None,
        "subject": words.subject,
        "text": words.text,
        "html": words.html,
        "fell_back": words.fell_back,
        **({"errors": kept.complaints(call, own)} if own and asked.draft else {}),
    }


def _asked_for(conn: Connection, call: Call, name: str, asked: Preview) -> tuple[Own | None, str]:
    versions = templates.of_name(conn, name)
    if name not in TYPES and not versions:
        raise not_found()
    type_name = name if name in TYPES else versions[0].own.type
    if asked.draft:
        if call.principal.role not in ("admin", "service"):
            raise BadInput(f"The role {call.principal.role} may not do this.", status=403)
        require_writer(call)
        return Own(name, type_name, asked.channel, asked.locale, 0, **asked.draft), type_name
    if asked.version is None:
        found = templates.chosen(conn, name, asked.channel, asked.locale)
        return found.own, found.type
    if asked.version == 0 and name in TYPES:
        return None, type_name
    key = (asked.channel, asked.locale, asked.version)
    for each in versions:
        if (each.own.channel, each.own.locale, each.own.version) == key:
            return each.own, type_name
    raise not_found()
