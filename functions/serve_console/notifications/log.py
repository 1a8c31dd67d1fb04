"""The delivery log: who was told what, and what became of it, live."""

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from functions.serve_console.notifications.choosing import Choice, choose
from functions.serve_console.notifications.moments import day_begins
from functions.serve_console.notifications.pages import DISPATCH, NOTIFICATIONS, piece, show
from functions.serve_console.notifications.pulse import pulse
from functions.serve_console.notifications.words import words
from functions.serve_console.web.answers import HTML, wants_part
from functions.serve_console.web.api import Api
from functions.serve_console.web.forms import Query
from functions.serve_console.web.visitor import Visitor
from lib.runtime.function import Call, Reply

FILTERS = ("person", "type", "channel", "state", "from", "to")
PAGE = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked for, and the address that asks for it again."""

    given: dict[str, str]
    cursor: str
    choice: Choice

    def url(self, path: str = "/", **more: str) -> str:
        """The same filters at `path`."""
        query = urlencode({k: v for k, v in {**self.given, **more}.items() if v})
        return f"{path}?{query}" if query else path


def home(call: Call, visitor: Visitor, query: Query) -> Reply:
    """The log; for an admin below a strip with today's figures. For htmx only what has changed."""
    asked = _asked(call, visitor, query)
    found = _found(call, visitor, asked)
    if wants_part(call):
        return piece(call, visitor, "_log.html", **found)
    admin = visitor.principal.role == "admin"
    title = "log_title" if admin else "log_own_title"
    strip = pulse(call, visitor) if admin else None
    return show(call, visitor, "log.html", here="log", title=title, pulse=strip, **found)


def news(call: Call, visitor: Visitor, query: Query) -> Reply:
    """The first page again when anything in it has changed since `seen`; else nothing (204)."""
    asked = _asked(call, visitor, query)
    found = _found(call, visitor, asked)
    if found["seen"] == query.get("seen"):
        return Reply(b"", 204, HTML)
    fresh = sum(row["id"] > query.get("newest", "") for row in found["rows"])
    said = words(visitor.locale)("news", n=fresh) if fresh else ""
    return piece(call, visitor, "_news.html", said=said, **found)


def strip(call: Call, visitor: Visitor, query: Query) -> Reply:  # noqa: ARG001 - every page has one
    """Today's figures again."""
    return piece(call, visitor, "_pulse.html", pulse=pulse(call, visitor))


def _asked(call: Call, visitor: Visitor, query: Query) -> Asked:
    given = {name: query.get(name, "") for name in FILTERS}
    choice = Choice()
    if visitor.principal.role == "admin":
        choice = choose(Api(call, visitor), given["person"])
    return Asked(given, query.get("cursor", ""), choice)


def _found(call: Call, visitor: Visitor, asked: Asked) -> dict[str, Any]:
    given = asked.given
    page: dict[str, Any] = {"items": [], "next_cursor": None}
    if not asked.choice.unclear:
        page = Api(call, visitor).get(
            DISPATCH,
            NOTIFICATIONS,
            **{"from": day_begins(given["from"], visitor), "to": day_begins(given["to"], visitor, after=1)},
            user_id=asked.choice.user_id,
            type=given["type"] or None,
            channel=given["channel"] or None,
            status=given["state"] or None,
            limit=PAGE,
            cursor=asked.cursor or None,
            lang=visitor.locale,
        )
    rows, cursor = page["items"], page["next_cursor"]
    return {
        "asked": asked,
        "rows": rows,
        "seen": _digest(rows),
        "next_url": asked.url(cursor=cursor) if cursor else "",
    }


def _digest(rows: list[dict[str, Any]]) -> str:
    """What a reader would notice: other rows, or other states."""
    told = repr([(row["id"], row["status"], row["reason"], row["attempts"]) for row in rows])
    return hashlib.sha256(told.encode()).hexdigest()[:16]
