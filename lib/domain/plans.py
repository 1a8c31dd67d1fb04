"""A notification that has been decided on, before it is written down."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lib.domain.catalogue import CHANNELS, NotificationType
from lib.domain.decisions import Decision, Person, Request, decide

NO_FALLBACK = "none"
UNREACHABLE = ("no_address", "channel_off")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be told. `event` is its (source, id) when an event called for it.

    `fallback`: the channel to take when none of those asked for can reach somebody; None is any other one,
    NO_FALLBACK none at all.
    """

    kind: NotificationType
    data: Mapping[str, Any]
    priority: str
    critical: bool = False
    event: tuple[str, str] | None = None
    correlation_id: str | None = None
    requested_by: str | None = None
    template: str | None = None
    locale: str | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None
    must_answer_minutes: int | None = None
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """One person, one channel."""

    id: str
    user_id: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Plan:
    """A notification and its deliveries, with their ids."""

    id: str
    asked: Asked
    created_at: datetime
    deliveries: tuple[PlannedDelivery, ...]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the decisions need beside the request itself; see `Request` for the meanings.

    `settled_for`: the people in whose name the question has been answered.
    """

    occurred_at: datetime | None = None
    starts_at: datetime | None = None
    called_off: bool = False
    moved: bool = False
    told_before: bool = False
    restored: bool = False
    settled_for: frozenset[str] = frozenset()


def plan(
    asked: Asked,
    people: Iterable[Person],
    channels: tuple[str, ...],
    now: datetime,
    new_id: Callable[[], str],
    around: Circumstances | None = None,
) -> Plan:
    """Decide for everybody concerned, on every channel. Pure but for the ids that `new_id` draws."""
    around = around or Circumstances()
    request = _request(asked, around)
    deliveries = tuple(
        PlannedDelivery(new_id(), person.user_id, decision)
        for person in people
        for decision in _decided(_for(request, around, person), person, channels, now, asked.fallback)
    )
    return Plan(new_id(), asked, now, deliveries)


def _decided(
    request: Request, person: Person, channels: tuple[str, ...], now: datetime, fallback: str | None
) -> tuple[Decision, ...]:
    made = decide(request, person, channels, now)
    if any(each.reason not in UNREACHABLE for each in made):
        return made
    others = tuple(c for c in CHANNELS if c not in channels and fallback in (None, c))
    instead = (as_fallback(each) for each in decide(request, person, others, now))
    return made + tuple(each for each in instead if each.is_alive)


def as_fallback(decision: Decision) -> Decision:
    """The same on a channel that was not asked for."""
    return replace(decision, reason="fallback") if decision.reason == "ok" else decision


def _for(request: Request, around: Circumstances, person: Person) -> Request:
    return replace(request, answered=True) if person.user_id in around.settled_for else request


def _request(asked: Asked, around: Circumstances) -> Request:
    return Request(
        kind=asked.kind,
        critical=asked.critical or asked.kind.critical,
        priority=asked.priority,
        occurred_at=around.occurred_at,
        send_at=asked.send_at,
        expires_at=asked.expires_at,
        starts_at=around.starts_at,
        called_off=around.called_off,
        moved=around.moved,
        told_before=around.told_before,
        restored=around.restored,
    )
