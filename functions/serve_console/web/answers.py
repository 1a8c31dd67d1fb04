"""Pages and parts of pages, rendered on the server under a strict content security policy."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from functions.serve_console.web import formats
from functions.serve_console.web.navigation import entries
from functions.serve_console.web.shell_words import SHELL
from functions.serve_console.web.visitor import Visitor
from functions.serve_console.web.words import Words
from lib.runtime.function import Call, Reply

HTML = "text/html; charset=utf-8"
# Scripts, styles and pictures are our own files; nothing is inline, nothing comes from elsewhere, nobody frames us.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "Vary": "HX-Request, Cookie",
}
AREAS = ("web", "notifications", "analytics")


@cache
def environment() -> Environment:
    """The templates of all areas, `area/name.html`."""
    root = Path(__file__).parent.parent
    made = Environment(
        loader=PrefixLoader({area: FileSystemLoader(root / area / "templates") for area in AREAS}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(formats.FILTERS)
    return made


def whole(
    call: Call, visitor: Visitor, template: str, *, here: str, title: str, status: int = 200, **values: Any
) -> Reply:
    """A page in the layout. `here` marks the entry of the navigation; `t` of `values` are the area's words."""
    service = service_of(call)
    settings = call.settings
    around = {
        "here": here,
        "title": title,
        "service": service,
        "entries": entries(service, visitor),
        "path": call.url or "/",
        "others": {"notification": settings.public_url, "analytics": settings.analytics_url},
        "mailbox_url": settings.mailbox_url if visitor.principal.role == "admin" else "",
    }
    return _reply(call, visitor, template, status, {**around, **values})


def part(call: Call, visitor: Visitor, template: str, *, status: int = 200, **values: Any) -> Reply:
    """A part of a page, for htmx to put in place."""
    return _reply(call, visitor, template, status, values)


def see(path: str, **headers: str) -> Reply:
    """Go on to a page with GET, as after a form (RFC 9110, 15.4.4)."""
    return Reply(b"", 303, HTML, {"Location": path, "Cache-Control": "no-store", **headers})


def wants_part(call: Call) -> bool:
    """Whether htmx asks for a part; a step through the history wants the whole page."""
    return (
        call.headers.get("Hx-Request") == "true" and call.headers.get("Hx-History-Restore-Request") != "true"
    )


def service_of(call: Call) -> str:
    """`notification`, `analytics` or `bot`: the gateway says it, no caller can."""
    service = call.headers.get("X-Service", "")
    return service if service in ("notification", "analytics", "bot") else "notification"


def _reply(call: Call, visitor: Visitor, template: str, status: int, values: Mapping[str, Any]) -> Reply:
    shell = Words(SHELL, visitor.locale)
    context = {"visitor": visitor, "locale": visitor.locale, "now": call.now, "shell": shell, "t": shell}
    html = environment().get_template(template).render({**context, **values})
    return Reply(html.encode(), status, HTML, HEADERS)
