"""A user as the figures need one: a role and two dates. No name, no address."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from lib.domain.events import Event
from lib.domain.rollups import ACTIVITY, Contribution, contribution


@dataclass(frozen=True, slots=True)
class User:
    """`deactivated_at` is None while the account is in use."""

    user_id: str
    role: str | None = None
    registered_at: datetime | None = None
    deactivated_at: datetime | None = None


def fold(events: Iterable[Event], user: User | None = None) -> User | None:
    """Registrations, updates and deactivations of one user, in their own order, after the state so far → the
    state."""
    for event in events:
        user = user or User(str(event.data["user_id"]))
        user = replace(user, role=event.data.get("role") or user.role)
        if event.type == "user.registered":
            user = replace(user, registered_at=user.registered_at or event.time, deactivated_at=None)
        elif event.type in ("user.deactivated", "user.deleted"):
            user = replace(user, deactivated_at=user.deactivated_at or event.time)
    return user


def contributions(user: User | None) -> Iterator[Contribution]:
    """A registration and a deactivation, each on its day."""
    if user is None:
        return
    if user.registered_at:
        yield contribution(ACTIVITY, user.registered_at, user.user_id, registered=1)
    if user.deactivated_at:
        yield contribution(ACTIVITY, user.deactivated_at, user.user_id, deactivated=1)


def login(event: Event) -> Iterator[Contribution]:
    """A login is a fact of its own, never folded with others: people log in thousands of times."""
    yield contribution(ACTIVITY, event.time, str(event.data["user_id"]), logins=1, actions=1)
