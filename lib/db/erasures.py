"""Keeping the erased gone: whatever is about to be stored goes through here first.

It costs one small query while nobody was ever erased, one more a batch afterwards. What was looked up stays true
until the commit: an erasure waits for the transaction that asked.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text

from lib.db.arrays import literal
from lib.domain.erased import Erased
from lib.domain.erasure import scrubbed, without
from lib.domain.events import Event
from lib.domain.plans import Plan
from lib.domain.possible_ids import possible_ids, possible_ids_of

SOMEBODY = text("SELECT somebody_erased()")
# What PostgreSQL keeps in no text: half a character and the zero byte, so no id holds them.
HALF = re.compile("[\ud800-\udfff\x00]")
PSEUDONYMS = text("SELECT name, pseudonym FROM pseudonyms_of(CAST(:names AS text[]))")


def forgotten(conn: Connection, events: Sequence[Event]) -> Sequence[Event]:
    """The events without the people who were erased, in the order given."""
    if not somebody(conn):
        return events
    erased = among(conn, set().union(*map(possible_ids_of, events)))
    return [without(event, erased) for event in events] if erased.pseudonyms else events


def forgotten_body(conn: Connection, body: str) -> str:
    """The same for a message as it came, in whatever envelope; unreadable ones lose the ids as they stand."""
    if not somebody(conn):
        return body
    try:
        return scrubbed_body(body, among(conn, possible_ids(_decoded(body))))
    except RecursionError:
        # Deeper than anybody means it: a text like any other.
        return among(conn, possible_ids(body)).redacted(body)


def scrubbed_body(body: str, erased: Erased) -> str:
    """A message in JSON, or any other text; the very same when nothing in it is of the erased."""
    value = _decoded(body)
    clean = scrubbed(value, erased)
    if clean == value:
        return body
    return clean if isinstance(value, str) else _encoded(clean)


def _encoded(value: Any) -> str:
    words = json.dumps(value, ensure_ascii=False)
    # Half a character, which JSON can spell and UTF-8 cannot.
    return json.dumps(value) if HALF.search(words) else words


def _decoded(body: str) -> Any:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return body if isinstance(value, str) else value


def forgotten_words(conn: Connection, words: str) -> str:
    """The same for one short text of our own, such as a key or `role:id`."""
    if not somebody(conn):
        return words
    erased = among(conn, possible_ids([words]))
    role, colon, user_id = words.partition(":")
    return f"{role}:{erased.of(user_id)}" if colon and erased.of(user_id) else erased.redacted(words)


def forgotten_plans(conn: Connection, plans: Sequence[Plan]) -> Sequence[Plan]:
    """The same for notifications that are about to be written down."""
    if not plans or not somebody(conn):
        return plans
    erased = among(conn, set().union(*map(_ids_of, plans)))
    return [_plan(each, erased) for each in plans] if erased.pseudonyms else plans


def _ids_of(made: Plan) -> set[str]:
    asked = made.asked
    named = [asked.correlation_id, asked.requested_by, *(asked.event or ())]
    return possible_ids([dict(asked.data), *named, *(each.user_id for each in made.deliveries)])


def _plan(made: Plan, erased: Erased) -> Plan:
    asked = made.asked
    said = replace(
        asked,
        data=scrubbed(dict(asked.data), erased),
        event=asked.event and (asked.event[0], erased.renamed(asked.event[1])),
        correlation_id=asked.correlation_id and erased.renamed(asked.correlation_id),
        requested_by=asked.requested_by and erased.renamed(asked.requested_by),
    )
    told = (replace(each, user_id=erased.of(each.user_id) or each.user_id) for each in made.deliveries)
    return replace(made, asked=said, deliveries=tuple(told))


def somebody(conn: Connection) -> bool:
    """Whether anybody was ever erased; from now to the commit nobody is."""
    return bool(conn.execute(SOMEBODY).scalar_one())


def among(conn: Connection, names: Iterable[str]) -> Erased:
    """Those of these possible ids that were people who are erased."""
    wanted = [name for name in names if name and not HALF.search(name)]
    rows = conn.execute(PSEUDONYMS, {"names": literal(wanted)})
    return Erased({row.name: row.pseudonym for row in rows})
