"""Letters in frames of their own: they bring their own styles, which a page of ours would not allow."""

import hashlib

from functions.serve_console.web.answers import HTML
from functions.serve_console.web.forms import Query
from functions.serve_console.web.visitor import Visitor
from lib.cache.store import FIGURES
from lib.errors import not_found
from lib.runtime.function import Call, Reply

# No script runs in a letter, nothing is fetched, no form is sent. The same origin lets our page measure its height.
POLICY = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
# Links would otherwise open inside the frame.
BASE = '<base target="_blank">'
DARK = "(prefers-color-scheme: dark)"
THEMES = {"auto": DARK, "light": "not all", "dark": "all"}
KEPT_S = 900


def frame(visitor: Visitor, html: str) -> Reply:
    """A letter, light or dark as the visitor's pages are."""
    begins = html.find("<head>")
    shown = BASE + html if begins < 0 else html.replace("<head>", f"<head>{BASE}", 1)
    return Reply(shown.replace(DARK, THEMES[visitor.theme]).encode(), 200, HTML, HEADERS)


def keep(call: Call, visitor: Visitor, html: str | None) -> str:
    """The address of a frame with a letter that nothing else keeps, for a quarter of an hour and this visitor."""
    if not html:
        return ""
    name = hashlib.sha256(html.encode()).hexdigest()
    call.cache.put(_key(visitor, name), html.encode(), ttl_s=KEPT_S)
    return f"/console/frames/{name}"


def kept(call: Call, visitor: Visitor, query: Query, name: str) -> Reply:  # noqa: ARG001 - every page has one
    """A letter that `keep` put aside. Raises BadInput (404) when it is gone."""
    html = call.cache.get(_key(visitor, name))
    if html is None:
        raise not_found()
    return frame(visitor, html.decode())


def _key(visitor: Visitor, name: str) -> str:
    whose = hashlib.sha256(visitor.principal.sub.encode()).hexdigest()[:16]
    # Under the prefix that an erasure deletes: people's names are in letters, too.
    return f"{FIGURES}frame:{whose}:{name}"
