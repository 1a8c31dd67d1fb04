"""Signing in by a token, by a one-use link from the bot, or, on a local run, with a click; and signing out."""

import time
from urllib.parse import quote

import jwt

from functions.serve_console.web import demo
from functions.serve_console.web.answers import see, service_of, whole
from functions.serve_console.web.forms import form_of, own_path, query_of
from functions.serve_console.web.routes import for_anybody
from functions.serve_console.web.shell_words import SHELL
from functions.serve_console.web.visitor import (
    LANGUAGE_COOKIE,
    LOCALES,
    THEME_COOKIE,
    THEMES,
    Visitor,
    anybody,
)
from functions.serve_console.web.words import Words
from lib.auth import sessions
from lib.auth.tokens import verify
from lib.db import recipients, sign_in_links
from lib.domain.audience import Recipient
from lib.errors import BadInput
from lib.runtime.function import Call, Function, Reply

# Browsers drop a cookie of more than 4096 bytes without a word (RFC 6265, 6.1).
LONGEST_COOKIE = 3800
A_YEAR_S = 365 * 24 * 3600
STALE = 410


def declare(app: Function) -> None:
    """The routes of signing in and out, and of language and theme."""
    for method, path, handler in (
        ("GET", "/sign-in", ask),
        ("POST", "/sign-in", enter_by_token),
        ("POST", "/sign-in/demo", enter_as_demo),
        ("GET", "/sign-in/<code>", ask_by_link),
        ("POST", "/sign-in/<code>", enter_by_link),
        ("POST", "/sign-out", leave),
        ("POST", "/look", change_look),
    ):
        app.route(method, path, open=True, page=True, produces=("text/html",))(for_anybody(handler))


def ask(call: Call) -> Reply:
    """The page that asks who is there."""
    query = query_of(call)
    notice = query.get("notice", "")
    shell = Words(SHELL, anybody(call).locale)
    said = shell(notice) if notice in ("signed_out", "session_over") else ""
    return _ask(call, query.get("next", "/"), notice=said)


def enter_by_token(call: Call) -> Reply:
    """A token of the platform's auth service becomes the session."""
    form = form_of(call)
    token, wanted = "".join(form.get("token", "").split()), form.get("next", "/")
    try:
        principal = verify(token, call.settings)
    except BadInput:
        return _ask(call, wanted, error="token_bad")
    if principal.role == "service":
        return _ask(call, wanted, error="token_service")
    if len(token) > LONGEST_COOKIE:
        return _ask(call, wanted, error="token_long")
    return _entered(call, token, wanted)


def enter_as_demo(call: Call) -> Reply:
    """A click on the local run's page. Raises BadInput (404) anywhere else."""
    form = form_of(call)
    person = demo.require(call, form.get("user_id", ""))
    return _entered(call, _session(call, person), form.get("next", "/"))


def ask_by_link(call: Call, code: str) -> Reply:
    """Asks for a click, and changes nothing: Telegram and mail scanners open every link they see."""
    with call.db.connect() as conn:
        user_id = sign_in_links.look(conn, code)
        person = recipients.get(conn, user_id) if user_id else None
    if person is None or not person.active or person.role not in sessions.ROLES:
        return _ask(call, "/", error="link_stale", status=STALE)
    visitor = anybody(call)
    return whole(
        call, visitor, "web/enter.html", here="", title=Words(SHELL, visitor.locale)("sign_in"), person=person
    )


def enter_by_link(call: Call, code: str) -> Reply:
    """Uses the link up."""
    form_of(call)
    with call.db.begin() as conn:
        user_id = sign_in_links.use(conn, code)
        person = recipients.get(conn, user_id) if user_id else None
    if person is None or not person.active or person.role not in sessions.ROLES:
        return _ask(call, "/", error="link_stale", status=STALE)
    return _entered(call, _session(call, person), "/")


def leave(call: Call) -> Reply:
    """Forget the session."""
    form_of(call)
    return see("/sign-in?notice=signed_out", **{"Set-Cookie": _cookie(call, sessions.COOKIE, "", 0)})


def change_look(call: Call) -> Reply:
    """Language or theme, for this browser."""
    form = form_of(call)
    wanted = own_path(form.get("next", "/"))
    for cookie, field, allowed in ((LANGUAGE_COOKIE, "language", LOCALES), (THEME_COOKIE, "theme", THEMES)):
        if (value := form.get(field)) in allowed:
            return see(wanted, **{"Set-Cookie": _cookie(call, cookie, str(value), A_YEAR_S)})
    return see(wanted)


def _ask(call: Call, wanted: str, *, error: str = "", notice: str = "", status: int = 200) -> Reply:
    visitor: Visitor = anybody(call)
    shell = Words(SHELL, visitor.locale)
    return whole(
        call,
        visitor,
        "web/sign_in.html",
        here="",
        title=shell("sign_in"),
        status=status if status != 200 or not error else 422,
        wanted=own_path(wanted),
        error=shell(error) if error else "",
        notice=notice,
        people=demo.people(call),
        heading=shell(service_of(call)),
    )


def _session(call: Call, person: Recipient) -> str:
    return sessions.mint(call.settings.jwt_secret_key, sub=person.user_id, role=str(person.role))


def _entered(call: Call, token: str, wanted: str) -> Reply:
    claims = jwt.decode(token, options={"verify_signature": False})
    seconds = max(0, min(int(claims["exp"] - time.time()), sessions.LONGEST_S))
    return see(own_path(wanted), **{"Set-Cookie": _cookie(call, sessions.COOKIE, token, seconds)})


def _cookie(call: Call, name: str, value: str, seconds: int) -> str:
    """https://www.rfc-editor.org/rfc/rfc6265#section-4.1; Lax, so that a link in a letter finds the session."""
    # Behind a proxy that ends TLS the gateway's own scheme says nothing.
    known = call.settings.analytics_url if service_of(call) == "analytics" else call.settings.public_url
    said = call.headers.get("X-Forwarded-Proto") == "https"
    secure = "; Secure" if said or known.startswith("https://") else ""
    return f"{name}={quote(value, safe='')}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
