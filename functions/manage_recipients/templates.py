"""The templates as the API shows them."""

from typing import Any
from zoneinfo import ZoneInfo

from functions.manage_recipients.shapes import Preview, TemplateQuery
from lib.domain.catalogue import TYPES
from lib.errors import not_found
from lib.runtime.call import Call
from lib.templates.catalogue import catalogue, source
from lib.templates.rendering import Reader, Surroundings, render
from lib.templates.variables import sample


def listed(query: TemplateQuery) -> dict[str, Any]:
    """One page, in the order of the types."""
    wanted = [
        each
        for each in catalogue()
        if query.channel in (None, each["channel"]) and query.locale in (None, each["locale"])
    ]
    start = query.cursor or 0
    end = start + query.limit
    return {"items": wanted[start:end], "next_cursor": str(end) if end < len(wanted) else None}


def _known(name: str) -> str:
    if name not in TYPES:
        raise not_found()
    return name


def shown(name: str) -> dict[str, Any]:
    """One template: each channel and language with its source. Raises BadInput (404)."""
    variants = [each for each in catalogue() if each["name"] == _known(name)]
    return {
        **{key: variants[0][key] for key in ("name", "type", "group", "version", "built_in", "variables")},
        "variants": [
            {
                "channel": each["channel"],
                "locale": each["locale"],
                "source": source(name, each["channel"], each["locale"]),
            }
            for each in variants
        ],
        "sample": sample(name, "ru"),
    }


def preview(call: Call, name: str, asked: Preview) -> dict[str, Any]:
    """The words. Raises BadInput: 404 for an unknown name, 422 when the data makes no message."""
    reader = Reader(
        locale=asked.locale,
        zone=ZoneInfo(asked.timezone or call.settings.school_timezone),
        role=asked.role,
        name=asked.name or ("Maria" if asked.locale == "en" else "Мария"),
    )
    data = sample(_known(name), asked.locale) if asked.data is None else asked.data
    words = render(name, asked.channel, reader, data, Surroundings(call.now, call.settings.currency))
    return {
        "name": name,
        "channel": asked.channel,
        "locale": asked.locale,
        "subject": words.subject,
        "text": words.text,
        "html": words.html,
    }
