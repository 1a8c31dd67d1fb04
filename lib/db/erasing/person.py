"""Somebody who is being erased: what is known of them, and how the database finds it."""

import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

from lib.db import event_log, recipients
from lib.domain.erased import Erased
from lib.domain.events import Event
from lib.domain.personal import PROFILE, is_distinctive

# Shorter ones would be found everywhere: initials, an extension.
SHORTEST_TRACE = 3


@dataclass(frozen=True, slots=True)
class Person:
    """`id_forms`: the id as it may stand in JSON and in other texts, between characters that cannot belong to it;
    `needles`: what is looked for beside. `chats`: the Telegram chats they ever had. `keys` fills up with the events
    whose own id held the person's: (source, id) before → id now."""

    user_id: str
    pseudonym: str
    erased: Erased
    id_forms: tuple[str, ...]
    needles: tuple[str, ...]
    chats: tuple[str, ...]
    keys: dict[tuple[str, str], str] = field(default_factory=dict)


def meet(conn: Connection, user_id: str) -> Person:
    """Everything the directory and the log know of somebody, and a new pseudonym."""
    profiles = list(_profiles(conn, user_id))
    traces = {str(value).strip() for each in profiles for value in each.values() if value is not None}
    traces = {trace for trace in traces if len(trace) >= SHORTEST_TRACE}
    chats = {str(each["telegram_chat_id"]) for each in profiles if each.get("telegram_chat_id")}
    pseudonym = f"erased-{secrets.token_hex(8)}"
    return Person(
        user_id,
        pseudonym,
        Erased({user_id: pseudonym}, traces),
        tuple(sorted(set(_spelt([user_id])))) if is_distinctive(user_id) else (),
        tuple(sorted({*_as_a_number(user_id), *_spelt(traces)})),
        tuple(sorted(chats)),
    )


def _profiles(conn: Connection, user_id: str) -> Iterator[dict[str, object]]:
    """Every name and address they ever had, the present ones included."""
    known = recipients.get(conn, user_id)
    if known:
        yield {name: getattr(known, name) for name in PROFILE}
    story: Iterable[Event] = event_log.stories(conn, [f"user:{user_id}"]).get(f"user:{user_id}", ())
    for event in story:
        yield {name: event.data[name] for name in PROFILE if _is_plain(event.data.get(name))}


def _as_a_number(user_id: str) -> Iterator[str]:
    """An id that is no more than a number is looked for where JSON has it as a value of its own."""
    if is_distinctive(user_id):
        return
    yield json.dumps(user_id)
    for before in (": ", ":", "[", ", "):
        yield from (f"{before}{user_id}{after}" for after in (",", "}", "]"))


def _spelt(words: Iterable[str]) -> Iterator[str]:
    """As they are, and as they stand in JSON, with and without letters beyond ASCII escaped."""
    for word in words:
        for spelt in (word, word.lower()):
            yield from (spelt, json.dumps(spelt, ensure_ascii=False)[1:-1], json.dumps(spelt)[1:-1])


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
