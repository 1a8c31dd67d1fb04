"""How a finished report is fetched: by links to the file itself (five minutes), and by those of letters (days).

A letter's link leads to a page of ours. Each time it is opened it looks whether the report is still there and its
reader still active, and only then sends on to a fresh link to the file. Like a file in a mailbox, it opens to
whoever has it; unlike one, it ends.
"""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from functions.generate_report.jobs.views import BASE, as_uuid
from lib.db import artifacts, recipients, reports
from lib.errors import BadInput, Permanent, Temporary, not_found
from lib.runtime.call import Call
from lib.runtime.reply import Reply
from lib.runtime.settings import Settings
from lib.storage.links import read as read_link
from lib.storage.model import LONGEST_LINK_S, disposition
from lib.storage.opening import opened
from lib.templates.pages import page
from lib.templates.rendering import known_locale

# The same on both ports: letters name the notification service, whose address people know.
FILES, LETTER_BASE = f"{BASE}/files", "/reports"
LETTER_FILES = f"{LETTER_BASE}/files"
NOWHERE_KEPT = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
HTML = "text/html; charset=utf-8"
PAGE = {
    **NOWHERE_KEPT,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
}
_TAG_BYTES = 16
GONE = "The report is not kept any more. Ask for it anew."


def download(call: Call, row: Row[Any], *, base: str = FILES) -> Reply:
    """Sends on to the file. Raises BadInput: 409 when it is not ready, 410 when it is gone."""
    if row.state in ("queued", "running"):
        raise BadInput(f"The report is not ready yet: {row.progress} % done. Ask again shortly.", status=409)
    if row.state == "failed":
        raise BadInput(f"The report could not be made. {row.error}", status=409)
    if row.state != "done" or row.expires_at <= call.now:
        raise BadInput(GONE, status=410)
    store = opened(call.settings)
    link = store.link(row.artifact_key, row.filename, row.media_type, LONGEST_LINK_S, base=base)
    return Reply(b"", 302, row.media_type, {**NOWHERE_KEPT, "Location": link})


def served(call: Call, token: str) -> Reply:
    """The file behind one of our own links. Raises BadInput: 404 for a forged one, 410 for one that is over."""
    linked = read_link(call.settings.jwt_secret_key, token)
    with call.db.connect() as conn:
        if not artifacts.is_held(conn, linked.key):
            raise BadInput(GONE, status=410)
    data = _got(call, linked.key)
    headers = {**NOWHERE_KEPT, "Content-Disposition": disposition(linked.filename)}
    # Whatever a browser makes of it, nothing in it may run.
    headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    return Reply(data, 200, linked.media_type, headers)


def _got(call: Call, key: str) -> bytes:
    try:
        return opened(call.settings).get(key)
    except Permanent as error:
        if error.reason == "not_stored":
            raise BadInput(GONE, status=410) from None
        raise Temporary(error.detail, retry_after=30) from None


def open_until(call: Call) -> datetime:
    """When a file that is finished now ends."""
    return call.now + timedelta(days=call.settings.artifact_days)


def link(settings: Settings, report_id: str, user_id: str, until: datetime) -> str:
    """The address that a letter to this person has."""
    body = json.dumps([report_id, user_id, int(until.timestamp())], separators=(",", ":")).encode()
    token = base64.urlsafe_b64encode(_tag(settings, body) + body).rstrip(b"=").decode()
    return f"{settings.public_url.rstrip('/')}{LETTER_BASE}/{token}"


def opened_from_letter(call: Call, token: str) -> Reply:
    """Sends on to a fresh link, or says in words that there is nothing any more. Raises BadInput (404) when forged."""
    report_id, user_id, until = _read(call.settings, token)
    with call.db.connect() as conn:
        row = reports.get(conn, report_id)
        reader = recipients.get(conn, user_id)
    if row is None or reader is None or not reader.active or call.now.timestamp() >= until:
        return _gone(call, None)
    try:
        return download(call, row, base=LETTER_FILES)
    except BadInput:
        return _gone(call, reader.locale)


def _gone(call: Call, locale: str | None) -> Reply:
    words = page("report_gone", known_locale(locale, call.settings.default_locale))
    return Reply(words, 410, HTML, PAGE)


def _read(settings: Settings, given: str) -> tuple[str, str, int]:
    try:
        raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
    except (binascii.Error, ValueError):
        raise not_found() from None
    tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(settings, body)):
        raise not_found()
    report_id, user_id, until = json.loads(body)
    return as_uuid(report_id), user_id, until


def _tag(settings: Settings, body: bytes) -> bytes:
    key = hmac.digest(settings.jwt_secret_key.encode(), b"repitbot links to reports", hashlib.sha256)
    return hmac.digest(key, body, hashlib.sha256)[:_TAG_BYTES]


def ended(conn: Connection, row: Row[Any]) -> bool:
    """Cancel a report that is not finished, or end the file of one that is; whether anything was left to do."""
    stopped = reports.stop(conn, str(row.id)) is not None
    return artifacts.drop(conn, str(row.id)) or stopped
