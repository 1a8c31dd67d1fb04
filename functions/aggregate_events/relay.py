"""Passing new events on to the notification side, some hundred in one message."""

from collections.abc import Iterator, Sequence

from pydantic_core import to_json
from uuid6 import uuid7

from lib.domain.batches import as_cloudevent
from lib.domain.events import Event
from lib.queue.outbox import CLOUDEVENT_BATCH, Outgoing

QUEUE = "notifications.events"
# One message an event would cost a queue hop each; a whole batch in one would delay the first of them.
CHUNK = 200


def to_notifications(events: Sequence[Event]) -> Iterator[Outgoing]:
    """Messages that carry all of `events`, in order."""
    for start in range(0, len(events), CHUNK):
        chunk = [as_cloudevent(event) for event in events[start : start + CHUNK]]
        yield Outgoing("", QUEUE, str(uuid7()), CLOUDEVENT_BATCH, to_json(chunk).decode())
