"""A notification's messages as they read: what was sent, as far as it can be made again.

They are rendered anew from the data that is kept, with the templates, names and answers of today.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from functions.dispatch_notifications.shapes import WordsQuery
from functions.dispatch_notifications.views import as_uuid, visible
from lib.db import deliveries
from lib.db.deliveries import Delivery
from lib.domain.outcomes import Letter
from lib.errors import BadInput, not_found
from lib.runtime import questions
from lib.runtime.attempt import Try, attempt_of, letter_of
from lib.runtime.call import Call

# A message to a role may have thousands of readers, and each has words of their own.
MOST = 20
# Where a letter's own links stood: whoever holds one of them can unsubscribe or answer for its reader.
NOWHERE = "#"


def rendered(conn: Connection, call: Call, some_id: str, query: WordsQuery) -> dict[str, Any]:
    """The words of each delivery, of one when `query` names it. Raises BadInput (404)."""
    _, rows = visible(conn, some_id, call.principal)
    wanted = as_uuid(query.delivery_id) if query.delivery_id else None
    ids = [row.id for row in rows if wanted in (None, row.id)]
    if wanted and not ids:
        raise not_found()
    found = (deliveries.look(conn, each) for each in ids[:MOST])
    return {"items": [_words(conn, call, each) for each in found if each], "left_out": len(ids[MOST:])}


def _words(conn: Connection, call: Call, delivery: Delivery) -> dict[str, Any]:
    told = {"delivery_id": delivery.id, "user_id": delivery.user_id, "channel": delivery.channel}
    attempt = attempt_of(conn, call, delivery)
    try:
        letter = letter_of(attempt)
    except BadInput as error:
        return {**told, "subject": None, "text": None, "html": None, "buttons": [], "problem": error.detail}
    letter = _without_links(call, attempt, letter)
    return {
        **told,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "buttons": [[button.text for button in row] for row in letter.buttons],
        "files": [each.filename for each in letter.attachments],
        "problem": attempt.fell_back,
    }


def _without_links(call: Call, attempt: Try, letter: Letter) -> Letter:
    urls = questions.urls(call.settings, attempt.asks) or {}
    for url in filter(None, (letter.unsubscribe_url, *urls.values())):
        letter = replace(
            letter, text=letter.text.replace(url, NOWHERE), html=letter.html.replace(url, NOWHERE)
        )
    return letter
