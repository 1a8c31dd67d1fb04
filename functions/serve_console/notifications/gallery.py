"""Every template as people see it, and one with its versions."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from functions.serve_console.notifications.frames import frame
from functions.serve_console.notifications.pages import PEOPLE, TEMPLATES, piece, show, type_names
from functions.serve_console.web.answers import see
from functions.serve_console.web.api import Api
from functions.serve_console.web.forms import Form, Query
from functions.serve_console.web.visitor import LOCALES, Visitor
from lib.domain.catalogue import CHANNELS, TYPES
from lib.errors import not_found
from lib.runtime.function import Call, Reply

Json = dict[str, Any]


def gallery(call: Call, visitor: Visitor, query: Query) -> Reply:
    """A card for each name that fits, in one language."""
    locale = _locale(query, visitor)
    wanted = query.get("q", "").lower()
    names = type_names(visitor.locale)
    cards = [
        card
        for card in _cards(Api(call, visitor), locale)
        if wanted in f"{card['name']} {names[card['type']]}".lower()
    ]
    return show(
        call,
        visitor,
        "templates.html",
        here="templates",
        title="templates_title",
        cards=cards,
        q=query.get("q", ""),
        shown_in=locale,
    )


def _locale(query: Query, visitor: Visitor) -> str:
    given = query.get("locale", "")
    return given if given in LOCALES else visitor.locale


def _cards(api: Api, locale: str) -> Iterator[Json]:
    """By name: which channels there are, and the version of each that is in use (None for the built-in one)."""
    cards: dict[str, Json] = {}
    cursor = None
    while True:
        page = api.get(PEOPLE, TEMPLATES, locale=locale, cursor=cursor)
        for each in page["items"]:
            if each["active"]:
                card = cards.setdefault(
                    each["name"], {"name": each["name"], "type": each["type"], "used": {}}
                )
                card["used"][each["channel"]] = None if each["built_in"] else each["version"]
        cursor = page["next_cursor"]
        if cursor is None:
            return iter(cards.values())


def bubble(call: Call, visitor: Visitor, query: Query, name: str) -> Reply:
    """A template's Telegram message with sample data."""
    made = _preview(call, visitor, query, name, "telegram")
    return piece(call, visitor, "_bubble.html", html=made["html"])


def mail(call: Call, visitor: Visitor, query: Query, name: str) -> Reply:
    """A template's mail with sample data, for a frame."""
    return frame(visitor, _preview(call, visitor, query, name, "email")["html"])


def _preview(call: Call, visitor: Visitor, query: Query, name: str, channel: str) -> Json:
    version = query.get("version", "")
    body = {
        "channel": channel,
        "locale": _locale(query, visitor),
        **({"version": int(version)} if version.isdecimal() else {}),
    }
    made: Json = Api(call, visitor).post(PEOPLE, f"{path_of(name)}/preview", body)
    return made


def path_of(name: str) -> str:
    """The API's address of a template."""
    return f"{TEMPLATES}/{quote(name, safe='')}"


def template(call: Call, visitor: Visitor, query: Query, name: str) -> Reply:
    """Both channels in one language as they are now, the versions, and the variables. Raises BadInput (404)."""
    locale = _locale(query, visitor)
    found = Api(call, visitor).get(PEOPLE, path_of(name))
    return show(
        call,
        visitor,
        "template.html",
        here="templates",
        title=type_names(visitor.locale)[found["type"]] if name in TYPES else name,
        found=found,
        shown_in=locale,
        variants={v["channel"]: v for v in found["variants"] if v["locale"] == locale},
        versions=[v for v in reversed(found["versions"]) if v["locale"] == locale],
        fixed=TYPES[found["type"]].gathers,
        done=query.get("done", ""),
        chat=_preview(call, visitor, query, name, "telegram")["html"],
    )


def roll_back(call: Call, visitor: Visitor, form: Form, name: str) -> Reply:
    """Use another version, or the built-in one. Raises BadInput: 404, 409."""
    channel, locale = form.get("channel", ""), form.get("locale", "")
    if channel not in CHANNELS or locale not in LOCALES:
        raise not_found()
    version = form.get("version", "")
    body: Mapping[str, Any] = {
        "channel": channel,
        "locale": locale,
        **({"to_version": int(version)} if version.isdecimal() else {"built_in": True}),
    }
    used = Api(call, visitor).post(PEOPLE, f"{path_of(name)}/rollback", body, key=form.get("key", ""))
    done = "built_in" if used["built_in"] else f"back-{used['version']}"
    return see(f"/console/templates/{quote(name, safe='')}?locale={locale}&done={done}")
