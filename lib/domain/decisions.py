"""Who gets what, on which channel, and when: one pure function, and the rules it goes through in order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from lib.domain import timing
from lib.domain.audience import Recipient
from lib.domain.catalogue import NotificationType
from lib.domain.preferences import Preferences

Action = Literal["send", "hold", "digest", "suppress", "expire"]

# The state in which a delivery starts, by what was decided for it. What goes into a digest waits for it.
FIRST_STATE: dict[Action, str] = {
    "send": "queued",
    "hold": "held",
    "digest": "held",
    "suppress": "suppressed",
    "expire": "expired",
}
DIGESTS = ("daily", "weekly", "weekly_cap")
# Somebody wants these at once; a digest is for the rest.
HURRIED = ("high", "urgent")


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be told, apart from whom.

    `occurred_at` is the time of the event behind it, None when somebody asked for it directly.
    `starts_at`, `called_off`, `moved` (it begins at another time by now) and `answered` (the family has said
    whether they come) are of its lesson. `restored`: the system before a restore may have told of it. `waited`: it
    has been held already, and only quiet hours may hold it again. Times are aware, in UTC.
    """

    kind: NotificationType
    critical: bool = False
    priority: str = "normal"
    occurred_at: datetime | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None
    starts_at: datetime | None = None
    called_off: bool = False
    moved: bool = False
    answered: bool = False
    told_before: bool = False
    restored: bool = False
    waited: bool = False

    @property
    def folds(self) -> bool:
        """Whether it may become a part of a digest."""
        return self.kind.folds and not self.critical and self.priority not in HURRIED


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is for. `recipient` is None when the directory does not know `user_id`.

    `taken`: by channel, what they got lately, or are going to get.
    """

    user_id: str
    recipient: Recipient | None
    preferences: Preferences
    school_zone: ZoneInfo
    taken: Mapping[str, timing.Taken] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The person's own choice, else the directory's, else the school's."""
        named = self.preferences.timezone or (self.recipient.timezone if self.recipient else None)
        return ZoneInfo(named) if named else self.school_zone

    @property
    def has_several_children(self) -> bool:
        return self.recipient is not None and len(self.recipient.child_ids) > 1


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is the code of the rule that settled it, `passed` those it got through before.

    `due_at` is set for `send`, `hold` and `digest`; `expires_at` whenever there is an end to its worth.
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

    @property
    def is_alive(self) -> bool:
        """Whether it goes out, now or later."""
        return self.action in ("send", "hold", "digest")

    @property
    def is_gathered(self) -> bool:
        """Whether it waits together with others, and may become one message with them."""
        return self.action in ("hold", "digest") and self.reason in timing.GATHERED


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
    if case.request.restored:
        return "restored"
    return "duplicate" if case.request.told_before else None


def _lesson_stands(case: _Case) -> str | None:
    if case.request.called_off and case.request.kind.before_start:
        return "lesson_called_off"
    return "lesson_changed" if case.request.moved else None


def _open(case: _Case) -> str | None:
    return "already_answered" if case.request.answered else None


def _wanted(case: _Case) -> str | None:
    if case.request.kind.gathers:
        return None
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
    ("still_open", "suppress", _open),
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


def _lasting_end(request: Request) -> datetime | None:
    """The same for something that may be read in a digest: there is no shelf life in one."""
    start = request.starts_at if request.kind.before_start else None
    ends = [end for end in (request.expires_at, start) if end]
    return min(ends) if ends else None


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
    """The wishes hold and gather, they never drop: what would be worthless by then goes at once."""
    slot = _slot(case, end)
    if slot.reason in DIGESTS:
        if case.person.preferences.refusal("digest", "digests", case.channel):
            return Decision(case.channel, "suppress", "digest_off", passed, expires_at=end)
        kept = max(end, slot.at + case.request.kind.keeps_for)
        return Decision(case.channel, "digest", slot.reason, passed, slot.at, _sooner(kept, case.request))
    if slot.reason:
        return Decision(case.channel, "hold", slot.reason, passed, slot.at, end)
    passed = (*passed, "quiet_hours")
    family = max(slot.at, case.now + timing.FAMILY_WAIT)
    if _waits_for_siblings(case) and family < end:
        return Decision(case.channel, "hold", "family", passed, family, end)
    later = slot.at > case.now
    reason = slot.in_spite or ("scheduled" if later else "ok")
    return Decision(case.channel, "hold" if later else "send", reason, passed, slot.at, end)


def _slot(case: _Case, end: datetime) -> timing.Slot:
    request, person = case.request, case.person
    if request.critical:
        return timing.Slot(case.planned)
    taken = person.taken.get(case.channel, timing.NOTHING)
    wait = timing.Wait(case.planned, end, _lasting_end(request), request.folds, taken)
    ask = timing.quiet if request.waited or request.kind.gathers else timing.slot
    return ask(wait, person.preferences, person.zone)


def _sooner(end: datetime, request: Request) -> datetime:
    lasting = _lasting_end(request)
    return end if lasting is None else min(end, lasting)


def _waits_for_siblings(case: _Case) -> bool:
    """What one child's event brings may come for the other child in the same breath."""
    request = case.request
    told_as_parent = request.occurred_at is not None and "parent" in request.kind.audience
    return told_as_parent and not request.waited and case.person.has_several_children
