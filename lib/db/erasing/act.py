"""The act of erasing somebody: all of it in the caller's transaction, or nothing."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text
from uuid6 import uuid7

from lib.db import event_log, recomputations
from lib.db.arrays import literal
from lib.db.erasing import files, log, messages, tables
from lib.db.erasing.looking import Looked, first_look
from lib.db.erasing.messages import Stopped
from lib.db.erasing.person import Person, meet
from lib.db.erasing.sweep import sweep
from lib.domain.personal import is_pseudonym

# A school's whole log is looked through; nobody waits for that part.
PATIENCE = text("SET LOCAL statement_timeout = '300s'")
DONE = text("SELECT id::text AS id, erased_at, counts FROM erasures WHERE token = erasure_token(:user_id)")
RECORD = text(
    "INSERT INTO erasures (token, id, pseudonym, requested_by, counts) VALUES "
    "(erasure_token(:user_id), CAST(:id AS uuid), :pseudonym, :requested_by, CAST(:counts AS jsonb)) "
    "RETURNING id::text AS id, erased_at, counts"
)
UNTIE = text(
    "UPDATE recipients SET parent_ids = array_remove(parent_ids, :id), child_ids = array_remove(child_ids, :id) "
    "WHERE parent_ids && ARRAY[CAST(:id AS text)] OR child_ids && ARRAY[CAST(:id AS text)]"
)
NAMED_IN_RECEIPTS = text(
    "UPDATE receipts SET student_ids = array_replace(student_ids, :id, :pseudonym) "
    "WHERE student_ids @> ARRAY[CAST(:id AS text)]"
)


@dataclass(frozen=True, slots=True)
class Act:
    """What the journal says: no id, no name. `counts` are rows changed or deleted, by table."""

    id: str
    erased_at: datetime
    counts: Mapping[str, int]
    stopped: tuple[Stopped, ...] = ()


def done(conn: Connection, user_id: str) -> Act | None:
    """The act by which somebody was erased, if they were."""
    row = conn.execute(DONE, {"user_id": user_id}).first()
    return Act(row.id, row.erased_at, row.counts) if row else None


def erase(conn: Connection, user_id: str, requested_by: str) -> Act | None:
    """Erase somebody, or find that it was done. None when nobody of this id was ever heard of.

    Storing waits from the end of the first look through everything until the commit.
    Raises sqlalchemy.exc.OperationalError when somebody else stores for longer than lock_timeout.
    """
    if is_pseudonym(user_id):
        return None
    conn.execute(PATIENCE)
    person = meet(conn, user_id)
    found: log.Found | None = log.find(conn, person)
    looked = first_look(conn, person, tables.LOOKED_THROUGH)
    conn.execute(text("SELECT begin_erasing()"))
    if (before := done(conn, user_id)) is not None:
        return before
    # It tells the log as it was; what it would put in place of the figures names the person again.
    recomputations.abandon(conn, "Somebody was erased from the log meanwhile; ask for it again.")
    event_log.lock(conn)
    # Names and addresses that came while the log was looked through count, too.
    if (again := meet(conn, user_id)).needles != person.needles:
        person, found, looked = again, None, first_look(conn, again, tables.LOOKED_THROUGH)
    return _erased(conn, person, log.find(conn, person, found), looked, requested_by)


def _erased(
    conn: Connection, person: Person, found: log.Found, looked: Looked, requested_by: str
) -> Act | None:
    counts: Counter[str] = Counter(log.rewrite(conn, person, found))
    told, stopped = messages.clean(conn, person, looked)
    counts.update(told)
    for step in STEPS:
        counts.update(step(conn, person, looked))
    kept = {table: rows for table, rows in sorted(counts.items()) if rows}
    if not kept:
        return None
    values = {"user_id": person.user_id, "pseudonym": person.pseudonym, "id": str(uuid7())}
    values |= {"requested_by": _asked_by(person, requested_by), "counts": json.dumps(kept)}
    row = conn.execute(RECORD, values).one()
    return Act(row.id, row.erased_at, row.counts, tuple(stopped))


def _asked_by(person: Person, requested_by: str) -> str:
    """Who asked, `role:id`; somebody may erase themselves."""
    role, _, asker = requested_by.partition(":")
    return f"{role}:{person.pseudonym}" if asker == person.user_id else requested_by


def _drop(conn: Connection, person: Person, _: Looked) -> dict[str, int]:
    gone = {}
    for table, column in tables.DROPPED.items():
        values = person.chats if column == "chat_id" else (person.user_id,)
        statement = text(f"DELETE FROM {table} WHERE {column} = ANY(CAST(:values AS text[]))")  # noqa: S608 - ours
        gone[table] = conn.execute(statement, {"values": literal(values)}).rowcount
    untied = conn.execute(UNTIE, {"id": person.user_id}).rowcount
    return {**gone, "recipients": gone["recipients"] + untied}


def _rename(conn: Connection, person: Person, _: Looked) -> dict[str, int]:
    values = {"id": person.user_id, "pseudonym": person.pseudonym}
    renamed = Counter({"receipts": conn.execute(NAMED_IN_RECEIPTS, values).rowcount})
    for table, columns in tables.RENAMED.items():
        for column in columns:
            statement = text(f"UPDATE {table} SET {column} = :pseudonym WHERE {column} = :id")  # noqa: S608 - ours
            renamed[table] += conn.execute(statement, values).rowcount
    return dict(renamed)


def _rename_actors(conn: Connection, person: Person, _: Looked) -> dict[str, int]:
    values = {"id": person.user_id, "pseudonym": person.pseudonym}
    renamed = {}
    for table, column in tables.ACTORS.items():
        behind = f"substr({column}, strpos({column}, chr(58)) + 1)"
        statement = text(
            f"UPDATE {table} SET {column} = split_part({column}, chr(58), 1) || chr(58) || :pseudonym "  # noqa: S608
            f"WHERE strpos({column}, chr(58)) > 0 AND {behind} = :id"
        )
        renamed[table] = conn.execute(statement, values).rowcount
    return renamed


def _sweep(conn: Connection, person: Person, looked: Looked) -> dict[str, int]:
    swept = {table: sweep(conn, person, table, columns, looked) for table, columns in tables.SWEPT.items()}
    messages.call_off(conn, swept["broadcasts"])
    return {table: len(rows) for table, rows in swept.items()}


# A store that comes later is one more step here.
STEPS: tuple[Callable[[Connection, Person, Looked], Mapping[str, int]], ...] = (
    files.end,
    _drop,
    _rename,
    _rename_actors,
    _sweep,
)
