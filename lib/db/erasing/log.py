"""The event log without somebody: rewritten in place, with the states and figures told anew from it.

Events keep their position and their time. Stories are told as they were and as they are now, and the difference is
written, so that the tables are what the log says, to the byte.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text
from uuid6 import uuid7

from lib.db import event_log, rollup_rows, telling, versions
from lib.db.arrays import columns, literal
from lib.db.erasing.looking import holds
from lib.db.erasing.person import Person
from lib.domain.erasure import without
from lib.domain.events import Event, utc_now
from lib.domain.rollups import FINE, ROLLUPS, Deltas
from lib.domain.stories import entity_of, fact

SOURCE = "repitbot/erasures"
ACT = "user.erased"
CHUNK = 5_000
FAMILIES = sorted({each.family for each in FINE.values()} | set(telling.UNDATED.values()))
PEOPLE = ("tutor_id", "student_id", "user_id")
NAMING = (
    "SELECT e.position, e.received_at FROM events e, "
    "LATERAL (SELECT concat_ws(' ', e.id, e.source, e.subject, e.data, e.attributes) AS words OFFSET 0) w "
    "WHERE e.position > :after AND "
)
READ = text(
    "SELECT e.* FROM unnest(CAST(:positions AS bigint[]), CAST(:times AS timestamptz[])) AS k(position, received_at) "
    "JOIN events e ON e.position = k.position AND e.received_at = k.received_at"
)
TYPES = {
    "position": "bigint",
    "received_at": "timestamptz",
    **dict.fromkeys(("source", "id", "subject", "entity"), "text"),
    **dict.fromkeys(("data", "attributes"), "jsonb"),
}
_ARRAYS = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in TYPES.items())
REWRITE = text(
    "UPDATE events t SET source = n.source, id = n.id, subject = n.subject, entity = n.entity, data = n.data, "  # noqa: S608
    f"attributes = n.attributes FROM unnest({_ARRAYS}) AS n({', '.join(TYPES)}) "
    "WHERE t.position = n.position AND t.received_at = n.received_at"
)
# By its old key, which the primary key finds.
REWRITE_KEYS = text(
    "UPDATE event_keys t SET source = n.source, id = n.id, entity = n.entity "
    "FROM unnest(CAST(:old_sources AS text[]), CAST(:old_ids AS text[]), CAST(:sources AS text[]), "
    "CAST(:ids AS text[]), CAST(:entities AS text[])) AS n(old_source, old_id, source, id, entity) "
    "WHERE t.source = n.old_source AND t.id = n.old_id"
)


@dataclass(frozen=True, slots=True)
class Found:
    """Where events may name the person, as of a position of the log."""

    places: tuple[tuple[int, datetime], ...]
    upto: int


def find(conn: Connection, person: Person, before: Found | None = None) -> Found:
    """Look through the log, or through what came since `before`.

    It reads every event: some seconds a million. So it is done before anybody has to wait, and again for the rest.
    """
    upto = event_log.head(conn)[0]
    after = before.upto if before else 0
    condition, needles = holds("w.words", person)
    rows = conn.execute(text(NAMING + condition), {"after": after, **needles})
    places = tuple((row.position, row.received_at) for row in rows)
    return Found((*(before.places if before else ()), *places), upto)


def rewrite(conn: Connection, person: Person, found: Found) -> dict[str, int]:
    """Take the person out of the log and of everything told from it; rows changed by table.

    The caller holds the log's lock and has let the log be changed. An act stands at the end of the log, so that
    whatever was remembered of the figures before it is out of date.
    """
    changed = [pair for rows in _chunks(conn, found) for row in rows if (pair := _pair(row, person))]
    if not changed:
        return {}
    touched = {entity for row, _ in changed if (entity := entity_of(_event(row)))}
    before = event_log.stories(conn, touched)
    after: dict[str, list[Event]] = defaultdict(list)
    for story in before.values():
        for event in story:
            renamed = without(event, person.erased)
            after[entity_of(renamed) or ""].append(renamed)
    person.keys.update({(row.source, row.id): new.id for row, new in changed if new.id != row.id})
    _write(conn, changed)
    position = _act(conn, person)
    event_log.retell(conn, before, after, position=position)
    _retell_facts(conn, changed)
    versions.bump(conn, [(family, versions.ALWAYS) for family in FAMILIES], position)
    return {"events": len(changed), **_swept(conn, person)}


def _chunks(conn: Connection, found: Found) -> Iterator[Sequence[Row[Any]]]:
    for start in range(0, len(found.places), CHUNK):
        some = found.places[start : start + CHUNK]
        positions, times = literal(place[0] for place in some), literal(place[1] for place in some)
        yield conn.execute(READ, {"positions": positions, "times": times}).all()


def _pair(row: Row[Any], person: Person) -> tuple[Row[Any], Event] | None:
    """An event as it stands and without the person; None when it stays as it is."""
    event = _event(row)
    clean = without(event, person.erased)
    return None if clean == event else (row, clean)


def _event(row: Row[Any]) -> Event:
    return Event(row.source, row.id, row.type, row.occurred_at, row.data, row.subject, row.attributes)


def _write(conn: Connection, changed: Sequence[tuple[Row[Any], Event]]) -> None:
    for start in range(0, len(changed), CHUNK):
        some = changed[start : start + CHUNK]
        conn.execute(REWRITE, columns(list(TYPES), [_columns(row, new) for row, new in some]))
        keys = {
            "old_sources": literal(row.source for row, _ in some),
            "old_ids": literal(row.id for row, _ in some),
            "sources": literal(new.source for _, new in some),
            "ids": literal(new.id for _, new in some),
            "entities": literal(entity_of(new) for _, new in some),
        }
        conn.execute(REWRITE_KEYS, keys)


def _columns(row: Row[Any], new: Event) -> tuple[Any, ...]:
    data, attributes = (json.dumps(each, ensure_ascii=False) for each in (new.data, new.attributes))
    return (row.position, row.received_at, new.source, new.id, new.subject, entity_of(new), data, attributes)


def _act(conn: Connection, person: Person) -> int:
    """The act in the log; returns its position."""
    data = {"user_id": person.pseudonym}
    act = Event(SOURCE, str(uuid7()), ACT, utc_now(), data, subject=person.pseudonym)
    event_log.append(conn, [act])
    return event_log.head(conn)[0]


def _retell_facts(conn: Connection, changed: Sequence[tuple[Row[Any], Event]]) -> None:
    deltas = Deltas()
    for row, new in changed:
        deltas.add(fact(_event(row)), -1)
        deltas.add(fact(new))
    rollup_rows.add(conn, deltas)


def _swept(conn: Connection, person: Person) -> dict[str, int]:
    """Rows of the roll-ups that are under the pseudonym now stay behind empty, with the id in their key."""
    gone: dict[str, int] = {}
    for table, rollup in ROLLUPS.items():
        for key in set(rollup.keys) & set(PEOPLE):
            empty = " AND ".join(f"{name} = 0" for name in rollup.counts)
            here, values = f"FROM {table} WHERE {key} = :id", {"id": person.user_id}
            gone[table] = (
                gone.get(table, 0) + conn.execute(text(f"DELETE {here} AND {empty}"), values).rowcount
            )
            if conn.execute(text(f"SELECT count(*) {here}"), values).scalar_one():
                raise RuntimeError(f"{table} holds figures of somebody whom the log does not name")
    return gone
