"""Many events at once: each is taken or refused on its own."""

from dataclasses import dataclass
from typing import Any

from lib.domain.events import Arrival, Event, decode
from lib.domain.shapes import instant_text
from lib.errors import BadInput, Permanent

LARGEST_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Rejection:
    """The event at `index` of the batch, as it came, and why it was refused."""

    index: int
    reason: str
    body: Any


@dataclass(frozen=True, slots=True)
class Decoded:
    """`events` in the order given, without the rejected ones."""

    events: tuple[Event, ...]
    rejected: tuple[Rejection, ...]


def decode_all(value: Any, arrival: Arrival) -> Decoded:
    """One event or a list of at most 1,000 → events and rejections.

    Raises BadInput (413) for a longer list.
    """
    bodies = value if isinstance(value, list) else [value]
    if len(bodies) > LARGEST_BATCH:
        raise BadInput(
            f"A batch holds at most {LARGEST_BATCH} events; this one has {len(bodies)}.", status=413
        )
    events, rejected = [], []
    for index, body in enumerate(bodies):
        try:
            events.append(decode(body, arrival))
        except Permanent as error:
            rejected.append(Rejection(index, error.detail, body))
    return Decoded(tuple(events), tuple(rejected))


def as_cloudevent(event: Event) -> dict[str, Any]:
    """An event as a structured CloudEvent, ready for JSON; `decode` gives the same event back."""
    body = {
        **event.attributes,
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "time": instant_text(event.time),
        "datacontenttype": "application/json",
        "data": dict(event.data),
    }
    return body if event.subject is None else {**body, "subject": event.subject}
