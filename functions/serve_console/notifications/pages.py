"""What every page of the console is given: its words, the names of types, and the key that a form sends once."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from markupsafe import Markup
from uuid6 import uuid7

from functions.serve_console.notifications.bubbles import bubble
from functions.serve_console.notifications.words import words
from functions.serve_console.web.answers import part, whole
from functions.serve_console.web.visitor import Visitor
from lib.domain.catalogue import CHANNELS, GROUPS, TYPES
from lib.domain.explain import chain, sentence
from lib.runtime.function import Call, Reply
from lib.templates.rendering import environment

DISPATCH, PEOPLE, MAIL, TELEGRAM = (
    "dispatch-notifications",
    "manage-recipients",
    "send-email",
    "send-telegram",
)
NOTIFICATIONS, RECIPIENTS, PREFERENCES = "/api/v1/notifications", "/api/v1/recipients", "/api/v1/preferences"
TEMPLATES, BROADCASTS = "/api/v1/templates", "/api/v1/broadcasts"
STATES = (
    *("planned", "held", "queued", "sending", "sent", "failed"),
    *("unknown", "suppressed", "digested", "cancelled", "expired"),
)
ROLES = ("student", "parent", "tutor", "admin")


def show(call: Call, visitor: Visitor, template: str, *, here: str, title: str, **values: Any) -> Reply:
    """A whole page; `title` is a key of the words, or a text of its own."""
    t = words(visitor.locale)
    known = t(title) if title in t else title
    return whole(
        call, visitor, f"notifications/{template}", here=here, title=known, **_around(visitor), **values
    )


def piece(call: Call, visitor: Visitor, template: str, **values: Any) -> Reply:
    """A part of a page, for htmx."""
    return part(call, visitor, f"notifications/{template}", **_around(visitor), **values)


def _around(visitor: Visitor) -> dict[str, Any]:
    locale = visitor.locale
    return {
        "t": words(locale),
        "names": type_names(locale),
        "reason": lambda code: sentence(code, locale),
        "chain": lambda rules: chain(rules, locale),
        "once": once,
        "bubble": bubble,
        "pretty": lambda value: json.dumps(value, ensure_ascii=False, indent=2),
        "kinds": tuple((kind.name, kind.group) for kind in TYPES.values()),
        "is_admin": visitor.principal.role == "admin",
        "types": tuple(TYPES),
        "groups": GROUPS,
        "channels": CHANNELS,
        "states": STATES,
        "roles": ROLES,
    }


def once() -> Markup:
    """A hidden field with the key under which a form is taken one time, however often it is sent."""
    return Markup('<input type="hidden" name="key" value="{}">').format(uuid7())


@cache
def type_names(locale: str) -> Mapping[str, str]:
    """What people call each type: the words that messages themselves use."""
    module: Any = environment().get_template(f"{locale}/names.txt").make_module()
    return {**dict.fromkeys(TYPES, str(module.unknown)), **module.types}
