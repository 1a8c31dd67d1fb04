"""A notification that has been decided on, before it is written down."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.domain.catalogue import NotificationType
from lib.domain.decisions import Decision, Person, Request, decide


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be told. `event` is its (source, id) when an event called for it."""

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
    """What the decisions need beside the request itself; see `Request` for the meanings."""

    occurred_at: datetime | None = None
    starts_at: datetime | None = None
    called_off: bool = False
    moved: bool = False
    told_before: bool = False


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
    request = Request(
        kind=asked.kind,
        critical=asked.critical or asked.kind.critical,
        occurred_at=around.occurred_at,
        send_at=asked.send_at,
        expires_at=asked.expires_at,
        starts_at=around.starts_at,
        called_off=around.called_off,
        moved=around.moved,
        told_before=around.told_before,
    )
    deliveries = tuple(
        PlannedDelivery(new_id(), person.user_id, decision)
        for person in people
        for decision in decide(request, person, channels, now)
    )
    return Plan(new_id(), asked, now, deliveries)
