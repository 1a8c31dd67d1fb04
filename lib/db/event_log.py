"""Appending to the event log, together with everything that follows from it.

One transaction holds the new events, the states of the entities they touch and the differences in the
roll-ups. Writers take turns (an advisory lock): that costs nothing when batches are large, gives positions
without gaps in commit order, and makes "as of position n" a complete statement.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any, cast

from sqlalchemy import Connection, text

from lib.db import entity_states, erasures, rollup_rows, versions
from lib.db.arrays import columns, insert, literal
from lib.domain.events import Event
from lib.domain.rollups import FINE, Contribution, Deltas
from lib.domain.stories import Outcome, entity_of, fact, tell

# Any constant; it only has to be the same in every process.
LOG_LOCK = 0x5245_5049_54
# Kinds whose state shows in figures of any month: a material's subject, a user's role, what is charged.
UNDATED = {"material": "materials", "user": "users", "charge": "charges"}

KNOWN = text(
    "SELECT e.source, e.id FROM event_keys e "
    "JOIN unnest(CAST(:sources AS text[]), CAST(:ids AS text[])) AS k(source, id) USING (source, id)"
)
COLUMNS = {
    "position": "bigint",
    **dict.fromkeys(("source", "id", "type", "subject", "entity"), "text"),
    "occurred_at": "timestamptz",
    **dict.fromkeys(("data", "attributes"), "jsonb"),
}
INSERT = insert("events", COLUMNS)
# The keys know the month too: of all the months of the log, only those that hold the story are opened.
STORIES = text(
    "SELECT k.entity, e.source, e.id, e.type, e.occurred_at, e.data FROM event_keys k "
    "JOIN events e ON e.position = k.position AND e.received_at = k.received_at "
    "WHERE k.entity = ANY(CAST(:entities AS text[])) AND k.position <= :upto"
)
WHOLE_LOG = 2**63 - 1
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
Stories = Mapping[str, Sequence[Event]]


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
    events = erasures.forgotten(conn, events)
    first_copies: dict[tuple[str, str], Event] = {}
    for event in events:
        first_copies.setdefault(event.key, event)
    if len(_known(conn, first_copies)) == len(first_copies):
        # What is in the log stays there: to find that nothing is new needs no turn.
        return Appended((), len(events))
    lock(conn)
    known = _known(conn, first_copies)
    new = tuple(event for key, event in first_copies.items() if key not in known)
    if new:
        _take(conn, new)
    return Appended(new, len(events) - len(new))


def lock(conn: Connection) -> None:
    """Take the writers' turn until the end of the transaction."""
    conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOG_LOCK})


def _known(conn: Connection, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    pairs = list(keys)
    sources, ids = literal(p[0] for p in pairs), literal(p[1] for p in pairs)
    return {(row.source, row.id) for row in conn.execute(KNOWN, {"sources": sources, "ids": ids})}


def _take(conn: Connection, new: Sequence[Event]) -> None:
    fresh: dict[str, list[Event]] = defaultdict(list)
    entities = [entity_of(event) for event in new]
    for event, entity in zip(new, entities, strict=True):
        if entity:
            fresh[entity].append(event)
    before = stories(conn, fresh)
    start = head(conn)[0] + 1
    rows = [
        (n, e.source, e.id, e.type, e.subject, entity, e.time, _encode(e.data), _encode(e.attributes))
        for n, (e, entity) in enumerate(zip(new, entities, strict=True), start)
    ]
    conn.execute(INSERT, columns(list(COLUMNS), rows))
    after = {entity: [*before.get(entity, ()), *events] for entity, events in fresh.items()}
    retell(conn, before, after, facts=new, position=start + len(new) - 1)


def stories(conn: Connection, entities: Iterable[str], upto: int = WHOLE_LOG) -> Mapping[str, list[Event]]:
    """Every event of each entity up to a position, in no order; an entity of which nothing is known is left out."""
    found: dict[str, list[Event]] = defaultdict(list)
    for row in conn.execute(STORIES, {"entities": literal(sorted(entities)), "upto": upto}):
        found[row.entity].append(Event(row.source, row.id, row.type, row.occurred_at, row.data))
    return found


def retell(
    conn: Connection,
    before: Stories,
    after: Stories,
    *,
    facts: Iterable[Event] = (),
    position: int,
    coarse: bool = True,
) -> None:
    """Write what differs between stories as they were told and as they are told now.

    `facts` are new events that belong to no entity. Entities in `before` and not in `after` lose their state.
    The caller holds the log's lock; `position` is the log's last one. `coarse` as in `rollup_rows.add`.
    """
    told_before = {entity: tell(entity, events) for entity, events in before.items()}
    told_after = {entity: tell(entity, events) for entity, events in after.items()}
    deltas, added = Deltas(), [one for event in facts for one in fact(event)]
    deltas.add(added)
    for outcome in told_before.values():
        deltas.add(outcome.contributions, -1)
    for outcome in told_after.values():
        deltas.add(outcome.contributions)
    entity_states.remove(conn, ((e, told) for e, told in told_before.items() if e not in after))
    entity_states.write(conn, told_after.items())
    rollup_rows.add(conn, deltas, coarse=coarse)
    versions.bump(conn, _touched(told_before, told_after, added), position)


def _touched(
    before: Mapping[str, Outcome], after: Mapping[str, Outcome], facts: Iterable[Contribution]
) -> Iterator[tuple[str, date]]:
    """Families and months whose figures, rows or names may be others now; rather too many than too few."""
    told = (one for told in (before, after) for outcome in told.values() for one in outcome.contributions)
    for one in chain(facts, told):
        yield FINE[one.table].family, versions.month_of(cast("datetime", one.key[0]))
    for entity, outcome in chain(before.items(), after.items()):
        if outcome.kind in UNDATED and _state(before, entity) != _state(after, entity):
            yield UNDATED[outcome.kind], versions.ALWAYS


def _state(told: Mapping[str, Outcome], entity: str) -> object:
    return told[entity].state if entity in told else None


def head(conn: Connection) -> tuple[int, Any]:
    """The log's last position and when it was received; (0, None) while it is empty."""
    row = conn.execute(
        text("SELECT position, received_at FROM events ORDER BY position DESC LIMIT 1")
    ).first()
    return (row.position, row.received_at) if row else (0, None)
