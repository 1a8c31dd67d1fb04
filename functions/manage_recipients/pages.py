"""The pages behind the links in mails: unsubscribing, and answering with one click."""

from sqlalchemy import Connection

from lib.db import preferences, recipients
from lib.domain import unsubscribe
from lib.runtime import answering
from lib.runtime.call import Call
from lib.runtime.reply import Reply
from lib.templates.buttons import label
from lib.templates.pages import page
from lib.templates.rendering import known_locale

HTML = "text/html; charset=utf-8"
# The address holds the signed link: no other site may learn it, and nothing but this page may run.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}


def show(call: Call, conn: Connection, token: str) -> Reply:
    """Asks, and changes nothing: mail scanners open every link they find."""
    user_id, group = unsubscribe.read(call.settings.jwt_secret_key, token)
    return _page(call, conn, "unsubscribe", user_id, group)


def act(call: Call, conn: Connection, token: str) -> Reply:
    """Turns e-mails of the group off for the person of the link; doing it twice is the same."""
    user_id, group = unsubscribe.read(call.settings.jwt_secret_key, token)
    chosen = preferences.get(conn, user_id, for_update=True)
    preferences.save(conn, user_id, chosen.changed({"groups": {group: {"email": False}}}))
    return _page(call, conn, "unsubscribed", user_id, group)


def _page(call: Call, conn: Connection, name: str, user_id: str, group: str) -> Reply:
    recipient = recipients.get(conn, user_id)
    locale = known_locale(recipient.locale if recipient else None, call.settings.default_locale)
    return Reply(page(name, locale, group=group), 200, HTML, HEADERS)


def show_answer(call: Call, conn: Connection, token: str) -> Reply:
    """Asks for a click, and changes nothing: mail scanners open every link they find."""
    return _answer_page(call, answering.look(conn, call, token), asking=True)


def answer(call: Call, conn: Connection, token: str) -> Reply:
    """Records the answer of the link; the first one of a family counts."""
    return _answer_page(call, answering.take(conn, call, token), asking=False)


def _answer_page(call: Call, result: answering.Result, *, asking: bool) -> Reply:
    locale = known_locale(result.reader.locale if result.reader else None, call.settings.default_locale)
    kind = "ask" if asking and result.kind == "taken" else result.kind
    words = page("answer", locale, kind=kind, answer=label(result.answer, locale))
    return Reply(words, 200, HTML, HEADERS)
