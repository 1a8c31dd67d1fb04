"""Notifications without somebody: what is open ends, what is over stays in the ledger under the pseudonym."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, text

from lib.db import timeline
from lib.db.arrays import literal
from lib.db.deliveries import Delivery, as_delivery
from lib.db.erasing.files import letters
from lib.db.erasing.looking import Looked
from lib.db.erasing.person import Person
from lib.db.erasing.sweep import DATA, WORDS, Changed, sweep
from lib.domain.erasure import bare
from lib.domain.personal import WORDS as SPOKEN

# Those that nobody else gets.
OWN = text(
    "SELECT n.id::text AS id, n.data FROM notifications n WHERE EXISTS "
    "(SELECT FROM deliveries d WHERE d.notification_id = n.id AND d.user_id = :id) AND NOT EXISTS "
    "(SELECT FROM deliveries d WHERE d.notification_id = n.id AND d.user_id <> :id) FOR UPDATE"
)
EMPTY = text(
    "UPDATE notifications t SET data = n.data "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:datas AS jsonb[])) AS n(id, data) WHERE t.id = n.id"
)
# After the point of no return the provider may have it: nobody knows, and the row must not say otherwise.
STOP = text(
    "UPDATE deliveries d SET finished_at = now(), updated_at = now(), stage = NULL, lease_until = NULL, "
    "lease_token = NULL, state = CASE WHEN d.stage = 'dot' THEN 'unknown' ELSE 'suppressed' END, "
    "reason = CASE WHEN d.stage = 'dot' THEN 'erased_while_sent' ELSE 'erased' END "
    "FROM notifications n WHERE n.id = d.notification_id AND ("
    "  (d.user_id = :id AND d.state IN ('planned', 'held', 'queued', 'sending')) OR "
    "  (d.notification_id = ANY(CAST(:wordless AS uuid[])) AND d.state IN ('planned', 'held', 'queued'))) "
    "RETURNING d.*, n.type, now() AS clock"
)
RENAME = text(
    "UPDATE deliveries SET user_id = :pseudonym, provider_id = NULL, message_id = NULL WHERE user_id = :id"
)
# What the providers answered names the address.
KEPT_OF_LINES = ("passed", "due_at", "channel", "number", "waited_for", "into", "notification", "parts")
SHORTEN = text(
    "UPDATE timeline t SET detail = (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(t.detail) "
    "  WHERE key = ANY(CAST(:kept AS text[]))) "
    "FROM deliveries d WHERE d.user_id = :pseudonym AND t.notification_id = d.notification_id "
    "AND t.delivery_id = d.id AND t.detail <> '{}'"
)
LOOKED_THROUGH = {
    "notifications": {"data": DATA, "event_id": WORDS, "event_source": WORDS, "correlation_id": WORDS},
    "attachments": {"filename": WORDS},
}
_KEYS = (
    "FROM unnest(CAST(:sources AS text[]), CAST(:ids AS text[]), CAST(:new AS text[])) AS n(source, old, id) "
)
RENAME_EVENTS = (
    text(f"UPDATE inbox t SET id = n.id {_KEYS} WHERE t.source = n.source AND t.id = n.old"),  # noqa: S608 - ours
    text(
        f"UPDATE notifications t SET event_id = n.id {_KEYS} "  # noqa: S608 - ours
        "WHERE t.event_source = n.source AND t.event_id = n.old"
    ),
)
DROP_FILES = text("DELETE FROM attachments WHERE notification_id = ANY(CAST(:ids AS uuid[]))")
DROP_BOUNCES = text(
    "DELETE FROM bounces b USING deliveries d WHERE d.id = b.delivery_id AND d.user_id = :pseudonym"
)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A delivery that was open, as it stands now, and the type of its message."""

    delivery: Delivery
    type_name: str


def clean(conn: Connection, person: Person, looked: Looked) -> tuple[dict[str, int], list[Stopped]]:
    """Rows changed by table, and the deliveries that end by it: the caller tells the world of them."""
    _rename_events(conn, person)
    own = conn.execute(OWN, {"id": person.user_id}).all()
    # First of all, so that the look at every message finds nothing in these any more.
    datas = literal(json.dumps(bare(row.data), ensure_ascii=False) for row in own)
    conn.execute(EMPTY, {"ids": literal(row.id for row in own), "datas": datas})
    others = sweep(conn, person, "notifications", LOOKED_THROUGH["notifications"], looked)
    mentioned = [str(each.row.id) for each in others if "data" in each.new]
    reports = letters(conn)
    wordless = [str(each.row.id) for each in others if _lost_its_words(each)]
    stopped = _stopped(conn, person, [*wordless, *reports])
    # A file that bears somebody's name is about them, whatever is in it.
    files = sweep(conn, person, "attachments", LOOKED_THROUGH["attachments"], looked)
    named = [str(each.row.notification_id) for each in files]
    theirs = [*(row.id for row in own), *mentioned, *named, *reports]
    dropped = conn.execute(DROP_FILES, {"ids": literal(theirs)}).rowcount
    counts = {"notifications": len({row.id for row in own} | {str(each.row.id) for each in others})}
    return counts | {"attachments": dropped} | _renamed(conn, person), stopped


def _rename_events(conn: Connection, person: Person) -> None:
    """Whatever remembers an event by its id goes on doing so."""
    before, after = list(person.keys), list(person.keys.values())
    values = {
        "sources": literal(source for source, _ in before),
        "ids": literal(event_id for _, event_id in before),
        "new": literal(after),
    }
    for statement in RENAME_EVENTS:
        conn.execute(statement, values)


def _lost_its_words(changed: Changed) -> bool:
    before, after = changed.row.data, changed.new.get("data", changed.row.data)
    return any(word in before and word not in after for word in SPOKEN)


def _stopped(conn: Connection, person: Person, wordless: Iterable[str]) -> list[Stopped]:
    rows = conn.execute(STOP, {"id": person.user_id, "wordless": literal(wordless)}).all()
    found = [Stopped(_renamed_delivery(as_delivery(row), person), row.type) for row in rows]
    for each in found:
        timeline.note(conn, each.delivery, "state", each.delivery.reason)
    return found


def _renamed_delivery(delivery: Delivery, person: Person) -> Delivery:
    return replace(delivery, user_id=person.pseudonym) if delivery.user_id == person.user_id else delivery


def _renamed(conn: Connection, person: Person) -> dict[str, int]:
    values = {"id": person.user_id, "pseudonym": person.pseudonym, "kept": literal(KEPT_OF_LINES)}
    renamed = conn.execute(RENAME, values).rowcount
    shortened = conn.execute(SHORTEN, values).rowcount
    bounces = conn.execute(DROP_BOUNCES, values).rowcount
    return {"deliveries": renamed, "timeline": shortened, "bounces": bounces}


# Messages to many whose words were of the person, and which are not out yet.
CALL_OFF = text(
    "UPDATE broadcasts SET state = 'cancelled' WHERE id = ANY(CAST(:ids AS uuid[])) AND state IN ('sending', 'paused')"
)


def call_off(conn: Connection, broadcasts: Sequence[Changed]) -> None:
    """Stop those broadcasts that have lost what they were to say."""
    wordless = [str(each.row.id) for each in broadcasts if _lost_its_words(each)]
    conn.execute(CALL_OFF, {"ids": literal(wordless)})
