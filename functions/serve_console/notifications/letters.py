"""Dead letters: what could not be handled, why, and once more."""

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from functions.serve_console.notifications.pages import DISPATCH, NOTIFICATIONS, show
from functions.serve_console.notifications.words import words
from functions.serve_console.web.answers import see
from functions.serve_console.web.api import Api
from functions.serve_console.web.forms import Form, Query
from functions.serve_console.web.visitor import Visitor
from lib.runtime.function import Call, Reply

PATH = f"{NOTIFICATIONS}/dead-letters"
PAGE = 30
# More of a body nobody reads on a page.
LONGEST = 20_000


def listed(call: Call, visitor: Visitor, query: Query) -> Reply:
    """Newest first; `replayed` names the queue that one has just gone back to."""
    page = Api(call, visitor).get(DISPATCH, PATH, limit=PAGE, cursor=query.get("cursor") or None)
    more = page["next_cursor"]
    replayed = query.get("replayed", "")
    return show(
        call,
        visitor,
        "dead_letters.html",
        here="dead-letters",
        title="dead_title",
        letters=[{**each, "shown": readable(each["body"])} for each in page["items"]],
        next_url=f"/console/dead-letters?{urlencode({'cursor': more})}" if more else "",
        replayed=words(visitor.locale)("replayed", queue=replayed) if replayed else "",
    )


def readable(body: Any) -> str:
    """JSON with its lines, anything else as it is; never more than a page can bear."""
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, TypeError):
        text = str(body)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def replay(call: Call, visitor: Visitor, form: Form, letter_id: UUID) -> Reply:
    """Back into its queue, once. Raises BadInput (404) when it has gone already."""
    done = Api(call, visitor).post(DISPATCH, f"{PATH}/{letter_id}/replay", key=form.get("key", ""))
    return see(f"/console/dead-letters?{urlencode({'replayed': done['queue']})}")
