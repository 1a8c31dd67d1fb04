"""Appending to the event log, together with everything that follows from it.

One transaction holds the new events, the states of the entities they touch and the differences in the
roll-ups. Writers take turns (an advisory lock): that costs nothing when batches are large, gives positions
without gaps in commit order, and makes "as of position n" a complete statement.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from lib.db import entity_states, rollup_rows
from lib.domain.events import Event
from lib.domain.rollups import Deltas
from lib.domain.stories import entity_of, tell

# Any constant; it only has to be the same in every process.
LOG_LOCK = 0x5245_5049_54

KNOWN = text(
    "SELECT e.source, e.id FROM events e "
    "JOIN unnest(CAST(:sources AS text[]), CAST(:ids AS text[])) AS k(source, id) USING (source, id)"
)
INSERT = text(
    "INSERT INTO events (position, source, id, type, subject, entity, occurred_at, data, attributes) "
    "SELECT (SELECT coalesce(max(position), 0) FROM events) + n, source, id, type, subject, entity, at, "
    "data::jsonb, attributes::jsonb "
    "FROM unnest(CAST(:sources AS text[]), CAST(:ids AS text[]), CAST(:types AS text[]), "
    "CAST(:subjects AS text[]), CAST(:entities AS text[]), CAST(:times AS timestamptz[]), "
    "CAST(:data AS text[]), CAST(:attributes AS text[])) "
    "WITH ORDINALITY AS new(source, id, type, subject, entity, at, data, attributes, n)"
)
STORIES = text(
    "SELECT entity, source, id, type, occurred_at, data FROM events WHERE entity = ANY(CAST(:entities AS text[]))"
)


@dataclass(frozen=True, slots=True)
class Appended:
    """`new` were not known before, in the order given; `duplicates` counts the others."""

    new: tuple[Event, ...]
    duplicates: int


def append(conn: Connection, events: Sequence[Event]) -> Appended:
    """Append events in the caller's transaction and bring states and figures up to date.

    A known `(source, id)` changes nothing, within the batch as well as against the log.
    Raises sqlalchemy.exc.OperationalError when another writer holds the log longer than lock_timeout.
    """
    first_copies = {event.key: event for event in reversed(events)}
    if len(_known(conn, first_copies)) == len(first_copies):
        # What is in the log stays there: to find that nothing is new needs no turn.
        return Appended((), len(events))
    conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOG_LOCK})
    known = _known(conn, first_copies)
    new = tuple(event for event in events if event.key not in known and first_copies[event.key] is event)
    if new:
        _insert(conn, new)
        _retell(conn, new)
    return Appended(new, len(events) - len(new))


def _known(conn: Connection, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    pairs = list(keys)
    rows = conn.execute(KNOWN, {"sources": [p[0] for p in pairs], "ids": [p[1] for p in pairs]})
    return {(row.source, row.id) for row in rows}


def _insert(conn: Connection, new: Sequence[Event]) -> None:
    conn.execute(
        INSERT,
        {
            "sources": [e.source for e in new],
            "ids": [e.id for e in new],
            "types": [e.type for e in new],
            "subjects": [e.subject for e in new],
            "entities": [entity_of(e) for e in new],
            "times": [e.time for e in new],
            "data": [_json(e.data) for e in new],
            "attributes": [_json(e.attributes) for e in new],
        },
    )


def _retell(conn: Connection, new: Sequence[Event]) -> None:
    """Tell each touched entity's story without and with the new events; write what differs."""
    fresh = {event.key for event in new}
    deltas, states = Deltas(), []
    for entity, story in _stories(conn, new).items():
        before = [event for event in story if event.key not in fresh]
        if before:
            deltas.add(tell(entity, before).contributions, -1)
        after = tell(entity, story)
        deltas.add(after.contributions)
        states.append(after)
    entity_states.write(conn, states)
    rollup_rows.add(conn, deltas)


def _stories(conn: Connection, new: Sequence[Event]) -> Mapping[str, list[Event]]:
    stories: dict[str, list[Event]] = defaultdict(list)
    entities = sorted({name for name in map(entity_of, new) if name})
    for row in conn.execute(STORIES, {"entities": entities}):
        stories[row.entity].append(_event(row))
    return stories


def _event(row: Row[Any]) -> Event:
    return Event(source=row.source, id=row.id, type=row.type, time=row.occurred_at, data=row.data)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def head(conn: Connection) -> tuple[int, Any]:
    """The log's last position and when it was received; (0, None) while it is empty."""
    row = conn.execute(
        text("SELECT position, received_at FROM events ORDER BY position DESC LIMIT 1")
    ).first()
    return (row.position, row.received_at) if row else (0, None)
