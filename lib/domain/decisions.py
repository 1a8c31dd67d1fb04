"""Who gets what, on which channel, and when: one pure function, and the rules it goes through in order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from lib.domain.audience import Recipient
from lib.domain.catalogue import NotificationType
from lib.domain.preferences import Preferences

Action = Literal["send", "hold", "suppress", "expire"]

# The state in which a delivery starts, by what was decided for it.
FIRST_STATE: dict[Action, str] = {
    "send": "queued",
    "hold": "held",
    "suppress": "suppressed",
    "expire": "expired",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be told, apart from whom.

    `occurred_at` is the time of the event behind it, None when somebody asked for it directly.
    `starts_at`, `called_off` and `moved` (it begins at another time by now) are of its lesson. Times are
    aware, in UTC.
    """

    kind: NotificationType
    critical: bool = False
    occurred_at: datetime | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None
    starts_at: datetime | None = None
    called_off: bool = False
    moved: bool = False
    told_before: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is for. `recipient` is None when the directory does not know `user_id`."""

    user_id: str
    recipient: Recipient | None
    preferences: Preferences
    school_zone: ZoneInfo

    @property
    def zone(self) -> ZoneInfo:
        """The person's own choice, else the directory's, else the school's."""
        named = self.preferences.timezone or (self.recipient.timezone if self.recipient else None)
        return ZoneInfo(named) if named else self.school_zone


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is the code of the rule that settled it, `passed` those it got through before.

    `due_at` is set for `send` and `hold`; `expires_at` whenever there is an end to its worth.
    """

    channel: str
    action: Action
    reason: str
    passed: tuple[str, ...] = ()
    due_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def state(self) -> str:
        return FIRST_STATE[self.action]


@dataclass(frozen=True, slots=True)
class _Case:
    request: Request
    person: Person
    channel: str
    now: datetime

    @property
    def planned(self) -> datetime:
        return max(self.now, self.request.send_at or self.now)


Rule = Callable[[_Case], str | None]


def _known(case: _Case) -> str | None:
    return None if case.person.recipient else "unknown_recipient"


def _active(case: _Case) -> str | None:
    return None if case.person.recipient and case.person.recipient.active else "recipient_inactive"


def _first_time(case: _Case) -> str | None:
    return "duplicate" if case.request.told_before else None


def _lesson_stands(case: _Case) -> str | None:
    if case.request.called_off and case.request.kind.before_start:
        return "lesson_called_off"
    return "lesson_changed" if case.request.moved else None


def _wanted(case: _Case) -> str | None:
    return case.person.preferences.refusal(case.request.kind.name, case.request.kind.group, case.channel)


def _reachable(case: _Case) -> str | None:
    recipient = case.person.recipient
    return None if recipient and recipient.address(case.channel) else "no_address"


def _channel_on(case: _Case) -> str | None:
    recipient = case.person.recipient
    return "channel_off" if recipient and recipient.channel(case.channel).is_off else None


def _is_news(case: _Case) -> str | None:
    happened = case.request.occurred_at
    return "event_too_old" if happened and case.now - happened > case.request.kind.news_for else None


def _lesson_ahead(case: _Case) -> str | None:
    starts = case.request.starts_at
    return "lesson_passed" if starts and case.request.kind.before_start and starts <= case.now else None


def _still_fresh(case: _Case) -> str | None:
    end = expiry(case.request, case.now)
    return "expired" if end <= case.planned else None


# Age comes before everything that asks who the person is: an old event is settled without the directory.
RULES: tuple[tuple[str, Action, Rule], ...] = (
    ("is_news", "expire", _is_news),
    ("known", "suppress", _known),
    ("active", "suppress", _active),
    ("first_time", "suppress", _first_time),
    ("lesson_stands", "suppress", _lesson_stands),
    ("lesson_ahead", "expire", _lesson_ahead),
    ("still_fresh", "expire", _still_fresh),
    ("wanted", "suppress", _wanted),
    ("reachable", "suppress", _reachable),
    ("channel_on", "suppress", _channel_on),
)


def expiry(request: Request, now: datetime) -> datetime:
    """When it stops being worth sending: as asked, by the type's shelf life, and at its lesson's start."""
    end = request.expires_at or max(now, request.send_at or now) + request.kind.keeps_for
    if request.kind.before_start and request.starts_at:
        return min(end, request.starts_at)
    return end


def decide(
    request: Request, person: Person, channels: tuple[str, ...], now: datetime
) -> tuple[Decision, ...]:
    """One decision a channel, in the order given. Pure: the same arguments, the same answer."""
    return tuple(_decide(_Case(request, person, channel, now)) for channel in channels)


def _decide(case: _Case) -> Decision:
    end = expiry(case.request, case.now)
    passed: list[str] = []
    for name, action, rule in RULES:
        reason = rule(case)
        if reason:
            return Decision(case.channel, action, reason, tuple(passed), expires_at=end)
        passed.append(name)
    return _when(case, tuple(passed), end)


def _when(case: _Case, passed: tuple[str, ...], end: datetime) -> Decision:
    """Quiet hours hold, they never drop: what would be worthless at their end goes at once."""
    planned, release = case.planned, _release(case)
    if release and release < end:
        return Decision(case.channel, "hold", "quiet_hours", passed, release, end)
    passed = (*passed, "quiet_hours")
    later = planned > case.now
    reason = "quiet_hours_too_long" if release else "scheduled" if later else "ok"
    return Decision(case.channel, "hold" if later else "send", reason, passed, planned, end)


def _release(case: _Case) -> datetime | None:
    quiet = case.person.preferences.quiet_hours
    if quiet is None or case.request.critical:
        return None
    return quiet.release(case.planned, case.person.zone)
