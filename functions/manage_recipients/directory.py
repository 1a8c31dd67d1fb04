"""Entries of the recipient directory, and the link that ties a Telegram chat to one."""

import base64
import hashlib
import json
import secrets
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, text

from functions.manage_recipients.bot_name import username
from functions.manage_recipients.shapes import PeopleQuery, Person
from lib.db import people_search, recipients
from lib.domain.audience import Recipient
from lib.errors import BadInput, not_found
from lib.runtime.call import Call

CODE_BYTES = 18
CODE_LIVES_S = 600
NEW_CODE = text(
    "INSERT INTO telegram_links (code_hash, user_id, expires_at) "
    "VALUES (:hash, :user_id, now() + make_interval(secs => :lives)) RETURNING expires_at"
)


def require_self(call: Call, user_id: str, *, scope: str) -> None:
    """Oneself, an admin or a service with the scope; anybody else gets the one 404."""
    who = call.principal
    if who.role == "admin" or who.sub == user_id or (who.role == "service" and who.may(scope)):
        return
    raise not_found()


def require_reader(conn: Connection, call: Call, user_id: str) -> None:
    """Whoever `require_self` lets in, and a parent for an own child; anybody else gets the one 404."""
    parent = recipients.get(conn, call.principal.sub) if call.principal.role == "parent" else None
    if parent is None or user_id not in parent.child_ids:
        require_self(call, user_id, scope="recipients:read")


def require_lister(call: Call) -> None:
    """An admin, or a service with the scope. Raises BadInput (403)."""
    if call.principal.role == "service" and not call.principal.may("recipients:read"):
        raise BadInput("The token lacks the scope recipients:read.", status=403)


def listed(conn: Connection, query: PeopleQuery) -> dict[str, Any]:
    """One page of the directory in the order of names. Raises BadInput for a cursor that is not ours."""
    after = _place(query.cursor) if query.cursor else None
    people = people_search.search(conn, limit=query.limit + 1, words=query.q, role=query.role, after=after)
    items = people[: query.limit]
    return {
        "items": [shown(each) for each in items],
        "next_cursor": _cursor(items[-1]) if len(people) > query.limit else None,
    }


def _cursor(last: Recipient) -> str:
    place = json.dumps([last.name or last.user_id, last.user_id], ensure_ascii=False)
    return base64.urlsafe_b64encode(place.encode()).decode()


def _place(cursor: str) -> tuple[str, str]:
    try:
        name, user_id = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (ValueError, TypeError):
        raise BadInput("The cursor is not one of ours.") from None
    return str(name), str(user_id)


def shown(recipient: Recipient) -> dict[str, Any]:
    """An entry as the API shows it, with the state of every channel that has one."""
    return {**asdict(recipient), "channels": {name: asdict(c) for name, c in recipient.channels.items()}}


def read(conn: Connection, user_id: str) -> dict[str, Any]:
    """One entry. Raises BadInput (404)."""
    found = recipients.get(conn, user_id)
    if found is None:
        raise not_found()
    return shown(found)


def replace(conn: Connection, user_id: str, person: Person) -> dict[str, Any]:
    """Replace an entry, ties at both ends included. Raises BadInput (422) when the ids contradict each other."""
    if person.user_id not in (None, user_id):
        raise BadInput("user_id in the body differs from the one in the address.", status=422)
    if user_id in (*(person.parent_ids or ()), *(person.child_ids or ())):
        raise BadInput("Nobody is their own parent or child.", status=422)
    fields = person.model_dump(mode="json", exclude={"user_id", "channels", "updated_at"})
    recipients.tell(conn, user_id, fields)
    for channel, state in (person.channels or {}).items():
        recipients.switch_channel(conn, user_id, channel, state.state, state.reason)
    return read(conn, user_id)


def link(conn: Connection, call: Call, user_id: str) -> dict[str, Any]:
    """A code that links whoever sends it to the bot, once, within ten minutes. Only its hash is kept."""
    read(conn, user_id)
    code = secrets.token_urlsafe(CODE_BYTES)
    expires_at = conn.execute(
        NEW_CODE,
        {"hash": hashlib.sha256(code.encode()).hexdigest(), "user_id": user_id, "lives": CODE_LIVES_S},
    ).scalar_one()
    bot = username(call.settings.telegram_api_url, call.settings.bot_token)
    url = f"https://t.me/{bot}?start={code}" if bot else None
    return {"code": code, "url": url, "command": f"/start {code}", "expires_at": expires_at}
