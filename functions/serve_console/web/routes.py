"""Declaring pages and forms: who may, what was sent, and what becomes of a refusal."""

import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import structlog

from functions.serve_console.web.answers import part, see, wants_part, whole
from functions.serve_console.web.forms import Query, form_of, query_of
from functions.serve_console.web.navigation import EVERYBODY
from functions.serve_console.web.shell_words import SHELL
from functions.serve_console.web.visitor import Visitor, anybody, visitor_of
from functions.serve_console.web.words import Words
from lib.errors import BadInput, ServiceError, Temporary, not_found
from lib.runtime.call import Call
from lib.runtime.edge import DATABASE_AWAY, database_away
from lib.runtime.function import Function
from lib.runtime.reply import Reply

PageHandler = Callable[..., Reply]
log = structlog.get_logger()


def page(
    app: Function, path: str, *, roles: Sequence[str] = EVERYBODY
) -> Callable[[PageHandler], PageHandler]:
    """Declare a page: `handler(call, visitor, query, **path arguments)`."""
    return _declared(app, "GET", path, roles, query_of)


def form(
    app: Function, path: str, *, roles: Sequence[str] = EVERYBODY
) -> Callable[[PageHandler], PageHandler]:
    """Declare what a form of ours posts to: `handler(call, visitor, form, **path arguments)`."""
    return _declared(app, "POST", path, roles, form_of)


def _declared(
    app: Function, method: str, path: str, roles: Sequence[str], sent: Callable[[Call], Any]
) -> Callable[[PageHandler], PageHandler]:
    def declare(handler: PageHandler) -> PageHandler:
        @wraps(handler)
        def guarded(call: Call, **arguments: Any) -> Reply:
            return answered(call, roles, lambda visitor: handler(call, visitor, sent(call), **arguments))

        # Open to the edge: a page answers those who are not signed in with the way to do so.
        return app.route(method, path, open=True, page=True, produces=("text/html",))(guarded)

    return declare


def answered(call: Call, roles: Sequence[str], act: Callable[[Visitor], Reply]) -> Reply:
    """The page for whoever is signed in and may; else the way to sign in, or a page that says why not."""
    try:
        visitor = visitor_of(call)
    except BadInput:
        return _to_sign_in(call)
    except (*DATABASE_AWAY, Temporary):
        return problem(call, anybody(call), database_away())
    if visitor.principal.role not in roles:
        return problem(call, visitor, BadInput(Words(SHELL, visitor.locale)("forbidden"), status=403))
    return _with_problems(call, visitor, lambda: act(visitor))


def for_anybody(handler: PageHandler) -> PageHandler:
    """A page's handler that needs nobody to be signed in, `handler(call, **path arguments)`."""

    @wraps(handler)
    def guarded(call: Call, **arguments: Any) -> Reply:
        return _with_problems(call, anybody(call), lambda: handler(call, **arguments))

    return guarded


def _with_problems(call: Call, visitor: Visitor, act: Callable[[], Reply]) -> Reply:
    try:
        return act()
    except (BadInput, Temporary) as error:
        return problem(call, visitor, error)
    except DATABASE_AWAY:
        return problem(call, visitor, database_away())
    except Exception:
        # The edge would answer in JSON, which is nothing to show to a person.
        log.exception("unexpected")
        return problem(call, visitor, ServiceError(""))


def problem(call: Call, visitor: Visitor, error: ServiceError) -> Reply:
    """An error as a page, or as a part for htmx."""
    status = _status(error)
    shell = Words(SHELL, visitor.locale)
    known = f"problem_{status}" in shell
    values: dict[str, Any] = {
        "heading": shell(f"problem_{status}" if known else "problem"),
        "sentence": {404: shell("not_here"), 500: shell("logged"), 503: shell("away")}.get(status)
        or _in_their_language(shell, visitor, error),
        "errors": error.errors if isinstance(error, BadInput) else (),
    }
    if wants_part(call):
        return part(call, visitor, "web/_problem.html", status=status, **values)
    return whole(call, visitor, "web/problem.html", here="", title=values["heading"], status=status, **values)


def missing(call: Call, visitor: Visitor, query: Query, rest: str) -> Reply:  # noqa: ARG001 - a page's own arguments
    """What every address below a page's that nothing stands at is answered with."""
    raise not_found()


def _in_their_language(shell: Words, visitor: Visitor, error: ServiceError) -> str:
    """The API refuses in English; whoever reads Russian is told whose words these are."""
    foreign = visitor.locale == "ru" and not re.search("[а-яё]", error.detail, re.IGNORECASE)
    return shell("api_says", words=error.detail) if foreign else error.detail


def _status(error: ServiceError) -> int:
    if isinstance(error, BadInput):
        return error.status
    return 503 if isinstance(error, Temporary) else 500


def _to_sign_in(call: Call) -> Reply:
    wanted = call.url if "Hx-Request" not in call.headers else _page_of(call)
    path = f"/sign-in?{urlencode({'next': wanted})}" if wanted not in ("", "/") else "/sign-in"
    return Reply(b"", 200, headers={"HX-Redirect": path}) if wants_part(call) else see(path)


def _page_of(call: Call) -> str:
    """The page on which htmx runs, without its host."""
    url = call.headers.get("Hx-Current-Url", "/")
    return "/" + url.partition("://")[2].partition("/")[2]
