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
    """`chats`: the Telegram chats they ever had. `keys` fills up with the events whose own id held the person's:
    (source, id) before → id now."""

    user_id: str
    pseudonym: str
    erased: Erased
    patterns: tuple[str, ...]
    chats: tuple[str, ...]
    keys: dict[tuple[str, str], str] = field(default_factory=dict)

    def event_id(self, source: str | None, event_id: str) -> str:
        """An event's id as the log has it now."""
        return self.keys.get((source or "", event_id)) or self.erased.renamed(event_id)


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
        tuple(sorted({*_patterns_of_id(user_id), *_patterns(traces)})),
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


def _patterns_of_id(user_id: str) -> Iterator[str]:
    if is_distinctive(user_id):
        yield from _patterns([user_id])
        return
    # A bare number is looked for only where JSON has it as a value of its own, as text or as number.
    quoted = json.dumps(user_id)
    yield from (f"%{quoted}%", f"%: {user_id},%", f"%: {user_id}}}%", f"%[{user_id},%", f"%[{user_id}]%")
    yield from (f"%, {user_id},%", f"%, {user_id}]%", f"%:{user_id},%", f"%:{user_id}}}%", user_id)


def _patterns(words: Iterable[str]) -> Iterator[str]:
    """For LIKE: as they are, and as they stand in JSON, with and without letters beyond ASCII escaped."""
    for word in words:
        for spelt in {word, word.lower(), word.upper()}:
            for escaped in (spelt, json.dumps(spelt, ensure_ascii=False)[1:-1], json.dumps(spelt)[1:-1]):
                yield f"%{escape_like(escaped)}%"


def escape_like(text: str) -> str:
    """A text that LIKE takes as it is."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
