"""The two pages behind an unsubscribe link."""

from sqlalchemy import Connection

from lib.db import preferences, recipients
from lib.domain import unsubscribe
from lib.runtime.call import Call
from lib.runtime.reply import Reply
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
