"""Looking through whole tables for somebody: most of it before anybody has to wait, the rest under the lock.

The second look reads only row versions of transactions that the first one could not see, so it takes as long as it
takes to count a table. A million rows of messages take some seconds to look through, and 0.2 s to count.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from lib.db.erasing.person import Person

# Whatever a transaction writes that is not over by now, or begins later, has at least this number.
OLDEST_UNDER_WAY = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS xid) AS text)")
# Others may have written JSON with any letter escaped; only reading it tells what it says.
ESCAPED = "\\u"


@dataclass(frozen=True, slots=True)
class Looked:
    """Where rows may hold something of the person, by table, and the first transaction that the look did not see."""

    places: Mapping[str, Sequence[str]]
    since: str


# Before an id in JSON there may be the last letter of an escaped line break. No look-around: it is slower by half.
ALONE = r"(^|[^[:alnum:]_-]|\\[bfnrt]|\\u[0-9a-f]{4})(%s)($|[^[:alnum:]_-])"


def holds(words: str, person: Person, *others: str) -> tuple[str, dict[str, str]]:
    """The condition that the SQL expression `words` holds something of the person, or one of the others, and its
    parameters.

    strpos, not LIKE: with letters beyond ASCII it is ten times as fast. An id has to stand alone, or whoever is
    called s-1 would be looked for in the rows of half a school.
    """
    id_forms = {f"id_{n}": form for n, form in enumerate(person.id_forms)}
    needles = {f"needle_{n}": needle for n, needle in enumerate((*person.needles, *others))}
    alone = {"alone": ALONE % "|".join(map(re.escape, person.id_forms))} if person.id_forms else {}
    found = [f"strpos({words}, :{name}) > 0" for name in needles]
    found += [
        f"CASE WHEN strpos({words}, :{name}) > 0 THEN {words} ~ :alone ELSE false END" for name in id_forms
    ]
    return "(" + " OR ".join(found) + ")", {**needles, **id_forms, **alone}


def first_look(conn: Connection, person: Person, tables: Mapping[str, Iterable[str]]) -> Looked:
    """Through these columns of these tables."""
    since: str = conn.execute(OLDEST_UNDER_WAY).scalar_one()
    return Looked({table: _places(conn, person, table, columns) for table, columns in tables.items()}, since)


def look_again(
    conn: Connection, person: Person, table: str, columns: Iterable[str], before: Looked
) -> Sequence[str]:
    """What was found, and what has been written since. A place may be another row's by now: read it to be sure."""
    rest = _places(conn, person, table, columns, since=before.since)
    return list(dict.fromkeys((*before.places[table], *rest)))


def _places(
    conn: Connection, person: Person, table: str, columns: Iterable[str], since: str | None = None
) -> Sequence[str]:
    everything = ", ".join(f"t.{name}" for name in columns)
    found, values = holds("w.words", person, ESCAPED)
    newer = "" if since is None else "age(t.xmin) <= age(CAST(:since AS xid)) AND "
    statement = (
        f"SELECT CAST(t.ctid AS text) FROM {table} t, "  # noqa: S608 - names are ours
        f"LATERAL (SELECT concat_ws(' ', {everything}) AS words OFFSET 0) w WHERE {newer}{found}"
    )
    parameters: dict[str, Any] = {**values, "since": since} if since else {**values}
    return conn.execute(text(statement), parameters).scalars().all()
