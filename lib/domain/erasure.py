"""An event, or any message, without the people who were erased: the one rule, for the log and for what still comes.

Figures stay, so an event keeps its place, its type, its time and its numbers; the person's id is replaced by a
pseudonym wherever it stands, and every field that may hold words of or about them goes.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lib.domain.erased import Bearing, Erased, bearing_on
from lib.domain.events import Event
from lib.domain.personal import (
    APART,
    FIGURE,
    KEPT,
    LONGEST,
    PEOPLE,
    PROFILE,
    THINGS,
    TITLED,
    TOGETHER,
    is_distinctive,
)

Json = Any
GONE = object()
WORDLIKE = re.compile(r"^\S+$")


def without(event: Event, erased: Erased) -> Event:
    """The event without those who were erased; the same object when it has nothing to do with them."""
    bearing = max(_bearing_of_event(event, erased), bearing_on(event.data, erased), _aside(event, erased))
    if bearing is Bearing.NONE:
        return event
    about = bearing is Bearing.ABOUT
    return replace(
        event,
        id=erased.renamed(event.id, loosely=about),
        source=erased.renamed(event.source),
        subject=_subject(event, erased),
        data=_cleaned(event.data, erased, bearing, _also_kept(event.type, event.data, erased)),
        attributes=_cleaned(event.attributes, erased, bearing, frozenset()),
    )


def _bearing_of_event(event: Event, erased: Erased) -> Bearing:
    return Bearing.ABOUT if _names_a_person(event) and erased.of(event.subject) else Bearing.NONE


def _names_a_person(event: Event) -> bool:
    """A subject may be the id of a lesson that has the same number as a user."""
    subject = event.subject or ""
    things = (event.data.get(name) for name in THINGS)
    return event.type.startswith("user.") or (is_distinctive(subject) and subject not in map(str, things))


def _aside(event: Event, erased: Erased) -> Bearing:
    own = (event.id, event.source, event.subject or "")
    inside = bearing_on(event.attributes, erased)
    return max(inside, Bearing.ASIDE if any(map(erased.touches, own)) else Bearing.NONE)


def _subject(event: Event, erased: Erased) -> str | None:
    if event.subject is None:
        return None
    whole = erased.of(event.subject) if _names_a_person(event) else None
    return whole or erased.redacted(event.subject)


def _also_kept(kind: object, data: Mapping[str, Json], erased: Erased) -> frozenset[str]:
    family = str(kind).partition(".")[0]
    if family == "user" and erased.of(data.get("user_id")) is None:
        return PROFILE
    return TITLED if family == "material" else frozenset()


def scrubbed(value: Json, erased: Erased) -> Json:
    """Any message: an event in any envelope, a batch of them, one of our own.

    Equal to `value` when nothing in it is of them.
    """
    match value:
        case dict():
            bearing = bearing_on(value, erased)
            kind = value.get("type") or value.get("event_type") or ""
            inner = value.get("data") if isinstance(value.get("data"), dict) else value
            return _cleaned(value, erased, bearing, _also_kept(kind, inner or {}, erased))
        case list():
            return [scrubbed(each, erased) for each in value]
        case str():
            return erased.redacted(value)
        case _:
            return value


def _cleaned(
    data: Mapping[str, Json], erased: Erased, bearing: Bearing, also: frozenset[str]
) -> dict[str, Json]:
    """The fields that may stay."""
    fields = ((key, _field(key, value, erased, bearing, also)) for key, value in data.items())
    return {key: value for key, value in fields if value is not GONE}


def _field(key: str, value: Json, erased: Erased, bearing: Bearing, also: frozenset[str]) -> Json:
    if key in APART and isinstance(value, list):
        return scrubbed(value, erased)
    if bearing is Bearing.NONE:
        return value
    if key in TOGETHER and isinstance(value, dict):
        return _cleaned(value, erased, bearing, also)
    if key in PEOPLE:
        return _people(value, erased)
    if key in KEPT:
        return _plain(value, erased, strictly=bearing is Bearing.ABOUT)
    if key in also:
        return value if key in PROFILE else _untouched(value, erased)
    return GONE if bearing is Bearing.ABOUT or erased.touches(key) else _untouched(value, erased)


def _people(value: Json, erased: Erased) -> Json:
    if isinstance(value, list | tuple):
        return [each for each in (_people(each, erased) for each in value) if each is not GONE]
    if pseudonym := erased.of(value):
        return pseudonym
    if isinstance(value, str) and (not WORDLIKE.match(value) or len(value) > LONGEST):
        # Not an id: somebody wrote a name here.
        return GONE
    if isinstance(value, dict | float):
        return GONE
    return erased.redacted(value) if isinstance(value, str) else value


def _plain(value: Json, erased: Erased, *, strictly: bool) -> Json:
    """One number, instant, state or id of a thing; never a structure, in which anything may be."""
    if isinstance(value, str | int) and erased.is_address(value):
        return GONE
    if isinstance(value, str) and not FIGURE.match(value):
        return GONE if strictly and len(value) > LONGEST else erased.redacted(value)
    if isinstance(value, list | tuple | dict):
        return GONE if strictly else _untouched(value, erased)
    return value


def _untouched(value: Json, erased: Erased) -> Json:
    """The value when nothing in it is of them."""
    return value if bearing_on({"": value}, erased) is Bearing.NONE else GONE


def renamed_people(value: Json, erased: Erased, key: str = "") -> Json:
    """The same value with pseudonyms where ids of people stand, and everything else as it is: for our own records."""
    match value:
        case dict():
            return {name: renamed_people(inner, erased, name) for name, inner in value.items()}
        case list():
            return [renamed_people(inner, erased, key) for inner in value]
        case str():
            return (erased.of(value) if key in PEOPLE else None) or erased.redacted(value)
        case _:
            return value


def bare(data: Mapping[str, Json]) -> dict[str, Json]:
    """What is left of a message to somebody who was erased: which lesson or work it spoke of, as others are told of
    that once only."""
    kept = {
        key: data[key] for key in ("lesson_id", "homework_id", "starts_at") if isinstance(data.get(key), str)
    }
    return {**kept, "items": []} if "items" in data else kept
