"""Appending to the event log, together with everything that follows from it.

One transaction holds the new events, the states of the entities they touch and the differences in the
roll-ups. Writers take turns (an advisory lock): that costs nothing when batches are large, gives positions
without gaps in commit order, and makes "as of position n" a complete statement.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, text

from lib.db import erasures
from lib.db.arrays import Statement, columns, insert, literal, numbers, run
from lib.db.telling import Stories, Telling, continued, telling
from lib.db.versions import bumped
from lib.domain.events import Event
from lib.domain.stories import entity_of

# Any constant; it only has to be the same in every process.
LOG_LOCK = 0x5245_5049_54

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
# The keys know the month too: of all the months of the log, only those that hold the story are opened. OFFSET and
# LIMIT keep the planner at looking things up one by one: by the statistics of an hour ago it would read all of a
# table that has grown since.
STORIES = text(
    "SELECT n.entity, e.source, e.id, e.type, e.occurred_at, e.data "
    "FROM unnest(CAST(:entities AS text[])) AS n(entity) CROSS JOIN LATERAL "
    "(SELECT * FROM event_keys k WHERE k.entity = n.entity AND k.position <= :upto OFFSET 0) AS k CROSS JOIN LATERAL "
    "(SELECT * FROM events e WHERE e.position = k.position AND e.received_at = k.received_at LIMIT 1) AS e"
)
# Of what others appended meanwhile, what concerns this batch.
BETWEEN = text(
    "SELECT source, id, entity FROM events WHERE position > :since AND position <= :upto "
    "AND (entity = ANY(CAST(:entities AS text[])) "
    "OR (source, id) IN (SELECT * FROM unnest(CAST(:sources AS text[]), CAST(:ids AS text[]))))"
)
WHOLE_LOG = 2**63 - 1
# One thread of a process at a time draws its batch up and queues for the log. More would gain nothing (they share
# one interpreter), and the longer a draft waits, the more of it others have outdated. Only an economy, so nobody
# waits for it long.
_drawing_up = threading.Lock()
LONGEST_WAIT_S = 1.0


# New events → statements.
Along = Callable[[Sequence[Event]], Sequence[Statement]]


def _encode(value: Any) -> str:
    """JSON for the log; a quarter of what the standard library's encoder takes for so small a text."""
    return to_json(value).decode()


@dataclass(frozen=True, slots=True)
class Appended:
    """`new` were not known before, in the order given; `duplicates` counts the others."""

    new: tuple[Event, ...]
    duplicates: int


def append(conn: Connection, events: Sequence[Event], along: Along | None = None) -> Appended:
    """Append events in the caller's transaction and bring states and figures up to date.

    A known `(source, id)` changes nothing, within the batch as well as against the log. All that can be is worked
    out before the lock; what others appended meanwhile is looked at afterwards. What `along` makes of the new
    events is written with them.
    Raises sqlalchemy.exc.OperationalError when another writer holds the log longer than lock_timeout.
    """
    events = erasures.forgotten(conn, events)
    first_copies: dict[tuple[str, str], Event] = {}
    for event in events:
        first_copies.setdefault(event.key, event)
    ours = _drawing_up.acquire(timeout=LONGEST_WAIT_S)
    try:
        since = head(conn)[0]
        known = _known(conn, first_copies)
        if len(known) == len(first_copies):
            # What is in the log stays there: to find that nothing is new needs no turn.
            return Appended((), len(events))
        draft = _draft(conn, [event for key, event in first_copies.items() if key not in known], along)
        lock(conn)
    finally:
        if ours:
            _drawing_up.release()
    upto = head(conn)[0]
    if upto != since:
        draft = _renewed(conn, draft, since, upto, along)
    if draft.events:
        _write(conn, draft, upto)
    return Appended(draft.events, len(events) - len(draft.events))


@dataclass(frozen=True, slots=True)
class _Draft:
    """What an append is going to write, as far as the log was known: `rows` are the events' columns but for the
    position, `fresh` the new events by entity; `statements` write what `told` says, and what goes along."""

    events: tuple[Event, ...]
    fresh: Mapping[str, Sequence[Event]]
    rows: Mapping[str, str]
    told: Telling
    statements: Sequence[Statement]
    touched: Set[tuple[str, date]]


def _draft(conn: Connection, new: Sequence[Event], along: Along | None) -> _Draft:
    fresh: dict[str, list[Event]] = defaultdict(list)
    entities = [entity_of(event) for event in new]
    for event, entity in zip(new, entities, strict=True):
        if entity:
            fresh[entity].append(event)
    rows = [
        (e.source, e.id, e.type, e.subject, entity, e.time, _encode(e.data), _encode(e.attributes))
        for e, entity in zip(new, entities, strict=True)
    ]
    before = stories(conn, fresh)
    told = continued(before, fresh, new)
    statements = [*told.statements(), *(along(new) if along else ())]
    return _Draft(tuple(new), fresh, columns(list(COLUMNS)[1:], rows), told, statements, set(told.touched()))


def _renewed(conn: Connection, draft: _Draft, since: int, upto: int, along: Along | None) -> _Draft:
    """The draft as it must be after what others appended at positions in (since, upto]; the log stands still."""
    sources, ids, entities = (draft.rows[name] for name in ("source", "id", "entity"))
    span = {"since": since, "upto": upto, "entities": entities, "sources": sources, "ids": ids}
    others = conn.execute(BETWEEN, span).all()
    taken = {(row.source, row.id) for row in others}
    if any(event.key in taken for event in draft.events):
        return _draft(conn, [event for event in draft.events if event.key not in taken], along)
    shared = {row.entity: draft.fresh[row.entity] for row in others if row.entity in draft.fresh}
    if not shared:
        return draft
    correction = draft.told.corrected(stories(conn, shared), shared)
    return replace(
        draft,
        statements=[*draft.statements, *correction.statements()],
        touched=draft.touched | set(correction.touched()),
    )


def _write(conn: Connection, draft: _Draft, upto: int) -> None:
    last = upto + len(draft.events)
    positions = numbers(range(upto + 1, last + 1))
    bump = bumped(draft.touched, last)
    run(conn, [(INSERT, {"position": positions, **draft.rows}), *draft.statements, *bump])


def lock(conn: Connection) -> None:
    """Take the writers' turn until the end of the transaction."""
    conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOG_LOCK})


def _known(conn: Connection, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    pairs = list(keys)
    sources, ids = literal(p[0] for p in pairs), literal(p[1] for p in pairs)
    return {(row.source, row.id) for row in conn.execute(KNOWN, {"sources": sources, "ids": ids})}


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
    told = telling(before, after, facts)
    run(conn, [*told.statements(coarse=coarse), *bumped(told.touched(), position)])


def head(conn: Connection) -> tuple[int, Any]:
    """The log's last position and when it was received; (0, None) while it is empty."""
    row = conn.execute(
        text("SELECT position, received_at FROM events ORDER BY position DESC LIMIT 1")
    ).first()
    return (row.position, row.received_at) if row else (0, None)
