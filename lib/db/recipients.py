"""The recipient directory: who can be reached, where, and whose parent they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, select, text
from sqlalchemy.dialects.postgresql import insert
from uuid6 import uuid7

from lib.db import event_log
from lib.db.event_log import Along, Appended
from lib.db.tables import recipients
from lib.domain.audience import ChannelState, Recipient
from lib.domain.directory import DIRECTORY_TYPES, person, tied
from lib.domain.events import Event, utc_now
from lib.domain.personal import is_pseudonym

DIRECTORY = "repitbot/recipients"
SWITCH = text(
    "UPDATE recipients SET channels = channels || jsonb_build_object(CAST(:channel AS text), "
    "jsonb_build_object('state', CAST(:state AS text), 'reason', CAST(:reason AS text))), updated_at = now() "
    "WHERE user_id = :user_id"
)
# Those who name one of these ids as a parent or a child; both columns have an index for it.
NAMING = text(
    "SELECT * FROM recipients WHERE parent_ids && CAST(:ids AS text[]) "
    "UNION SELECT * FROM recipients WHERE child_ids && CAST(:ids AS text[])"
)


def as_recipient(row: Row[Any]) -> Recipient:
    """A row of the table as one person."""
    values = {name: value for name, value in row._mapping.items() if name != "updated_at"}
    values["parent_ids"], values["child_ids"] = tuple(row.parent_ids), tuple(row.child_ids)
    values["channels"] = {name: ChannelState(**state) for name, state in row.channels.items()}
    return Recipient(**values)


def by_ids(conn: Connection, user_ids: Iterable[str]) -> dict[str, Recipient]:
    """Those of the given people who are known, by id."""
    ids = sorted(set(user_ids))
    if not ids:
        return {}
    wanted = select(recipients).where(recipients.c.user_id.in_(ids))
    return {row.user_id: as_recipient(row) for row in conn.execute(wanted)}


def get(conn: Connection, user_id: str) -> Recipient | None:
    """One person, or None."""
    return by_ids(conn, [user_id]).get(user_id)


def ids_of_role(conn: Connection, role: str) -> list[str]:
    """Everybody active who has a role, in the order of their ids."""
    wanted = select(recipients.c.user_id).where(recipients.c.role == role, recipients.c.active)
    return list(conn.execute(wanted.order_by(recipients.c.user_id)).scalars())


def switch_channel(conn: Connection, user_id: str, channel: str, state: str, reason: str | None) -> None:
    """Turn a channel `on` or `off` for somebody; `reason` is the code that says why."""
    conn.execute(SWITCH, {"user_id": user_id, "channel": channel, "state": state, "reason": reason})


def tell(conn: Connection, user_id: str, fields: Mapping[str, Any]) -> None:
    """Change somebody the way the platform would: by an event in the log, folded like any other.

    `fields` are those of `user.updated`; null clears one. Takes the log's lock until the commit.
    """
    event = Event(
        source=DIRECTORY,
        id=str(uuid7()),
        type="user.updated",
        time=utc_now(),
        data={"user_id": user_id, **fields},
        subject=user_id,
    )
    record(conn, [event])


def record(conn: Connection, events: Sequence[Event], along: Along | None = None) -> Appended:
    """Append events to the log and bring the directory up to date with them, in the caller's transaction.
    `along` as in `event_log.append`.

    The directory is never behind the log: a message that overtakes a registration in its queue still finds
    the person.
    """
    appended = event_log.append(conn, events, along)
    _absorb(conn, appended.new)
    return appended


def _absorb(conn: Connection, events: Sequence[Event]) -> None:
    """Bring the directory up to date with events that are in the log already; only user.* matter."""
    news = [e for e in events if e.type in DIRECTORY_TYPES and not is_pseudonym(e.data["user_id"])]
    if not news:
        return
    ids = {str(event.data["user_id"]) for event in news}
    before = _concerned(conn, news, ids)
    stories = _stories(conn, ids)
    after = {user_id: before.get(user_id) or Recipient(user_id) for user_id in ids | set(before)}
    after |= {user_id: person(after[user_id], stories[user_id]) for user_id in ids}
    changed = [each for each in tied(after, news).values() if before.get(each.user_id) != each]
    _save(conn, changed)


def _concerned(conn: Connection, news: Sequence[Event], ids: set[str]) -> dict[str, Recipient]:
    ties = ("parent_ids", "child_ids")
    named = {str(other) for event in news for tie in ties for other in event.data.get(tie) or ()}
    found = by_ids(conn, ids | named)
    rows = conn.execute(NAMING, {"ids": sorted(ids)})
    return found | {row.user_id: as_recipient(row) for row in rows if row.user_id not in found}


def _stories(conn: Connection, ids: Iterable[str]) -> Mapping[str, list[Event]]:
    told = event_log.stories(conn, [f"user:{user_id}" for user_id in ids])
    return {entity.removeprefix("user:"): story for entity, story in told.items()}


def _save(conn: Connection, people: Sequence[Recipient]) -> None:
    if not people:
        return
    statement = insert(recipients)
    changed = {c.name: statement.excluded[c.name] for c in recipients.columns if c.name != "user_id"}
    rows = sorted((_columns(each) for each in people), key=lambda row: str(row["user_id"]))
    conn.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=changed), rows)


def _columns(recipient: Recipient) -> dict[str, Any]:
    return {
        **asdict(recipient),
        "updated_at": utc_now(),
        # Somebody who was erased is nobody's family here.
        "parent_ids": [each for each in recipient.parent_ids if not is_pseudonym(each)],
        "child_ids": [each for each in recipient.child_ids if not is_pseudonym(each)],
        "channels": {name: asdict(state) for name, state in recipient.channels.items()},
    }
