"""Showing in a message that is out already what has been answered, so that nobody is asked a second time."""

import html
from dataclasses import replace

import structlog

from lib.db import deliveries, fence, timeline
from lib.domain.outcomes import Editor
from lib.errors import Permanent
from lib.runtime import letters, questions
from lib.runtime.attempt import attempt_of, letter_of
from lib.runtime.call import Call

log = structlog.get_logger()


def show_answers(call: Call, delivery_id: str, editor: Editor) -> None:
    """The same words, the answers below, and only the buttons that are still open.

    Raises Temporary when the provider is away; a message that cannot be changed any more is left as it is.
    """
    with call.db.connect() as conn:
        fence.require_open(conn)
        delivery = deliveries.look(conn, delivery_id)
        if delivery is None or delivery.state != "sent" or delivery.provider_id is None:
            return
        attempt = attempt_of(conn, call, delivery)
    letter = letter_of(attempt)
    lines = questions.outcome_lines(
        attempt.asks, letters.locale_of(call.settings, attempt.person, attempt.notification.locale)
    )
    said = "\n".join(f"☑️ {line}" for line in lines)
    marked = "\n".join(f"☑️ <b>{html.escape(line)}</b>" for line in lines)
    shown = replace(letter, text=f"{letter.text}\n\n{said}", html=f"{letter.html}\n\n{marked}")
    try:
        editor.edit(shown, delivery.provider_id)
    except Permanent as error:
        log.info("not changed", delivery=delivery_id, reason=error.reason)
        return
    with call.db.begin() as conn:
        timeline.note(conn, delivery, "state", "shown_answered", {"answers": lines})
