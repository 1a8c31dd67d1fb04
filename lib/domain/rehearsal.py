"""What a person would have got with other preferences: the same decisions, played through without sending.

A small simulation of discrete events. Everything heard is decided on at its time; what is held waits for its
moment, is gathered with what else waits for it, and is decided on again, as `decide` does in earnest.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from lib.domain.decisions import Decision, Person, Request, decide
from lib.domain.timing import Taken

State = Literal["sent", "digested", "suppressed", "expired", "cancelled"]
GONE_OUT = ("sent", "digested")
LATE = ("event_too_old", "lesson_passed", "expired")


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that was to be told at the instant `at`.

    `fixed`: the reason for which it never went out, whatever the wishes. From `withdrawn_at` on nobody needs
    it any more, for the reason `withdrawn`. `mixes`: it may become a part of another message.
    """

    id: str
    at: datetime
    request: Request
    channels: tuple[str, ...]
    fixed: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn: str = "lesson_called_off"
    mixes: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it on one channel. `at`: when it went out, None when it did not."""

    heard: Heard
    channel: str
    state: State
    reason: str
    at: datetime | None = None


@dataclass(slots=True)
class _Stage:
    """The play so far, of one person on one channel."""

    person: Person
    channel: str
    sent: list[datetime] = field(default_factory=list)
    waiting: dict[datetime, list[tuple[Heard, Decision]]] = field(default_factory=lambda: defaultdict(list))
    outcomes: list[Outcome] = field(default_factory=list)

    def hear(self, heard: Heard) -> None:
        if heard.fixed:
            state: State = "expired" if heard.fixed in LATE else "suppressed"
            self._end(heard, state, heard.fixed)
            return
        person = replace(self.person, taken={self.channel: self._taken(heard.at)})
        self._follow(heard, decide(heard.request, person, (self.channel,), heard.at)[0])

    def _taken(self, now: datetime) -> Taken:
        """A reminder that was called off meanwhile is not going to go out."""
        taken = Taken(tuple(self.sent))
        for due, held in self.waiting.items():
            for heard, decision in held:
                if heard.request.kind.name != "lesson_reminder" or not _is_withdrawn(heard, now):
                    taken = taken.and_waiting(due) if decision.is_gathered else taken.and_out(due)
        return taken

    def _follow(self, heard: Heard, decision: Decision) -> None:
        if decision.due_at is None:
            self._end(heard, "expired" if decision.action == "expire" else "suppressed", decision.reason)
        else:
            self.waiting[decision.due_at].append((heard, decision))

    def release(self, at: datetime) -> None:
        due = self.waiting.pop(at)
        for heard, decision in due:
            if not decision.is_gathered and self._go(heard, "sent", decision.reason, at):
                self.sent.append(at)
        gathered = [(heard, decision) for heard, decision in due if decision.is_gathered]
        ready = [heard for heard, decision in gathered if self._again(heard, decision, at)]
        together = [heard for heard in ready if heard.mixes]
        if len(together) < 2 or self.person.preferences.refusal("digest", "digests", self.channel):
            together = []
        for heard in ready:
            merged = heard in together
            self._go(heard, "digested" if merged else "sent", "merged" if merged else "released", at)
        self.sent += [at] * (len(ready) - len(together) + bool(together))

    def _again(self, heard: Heard, decision: Decision, at: datetime) -> bool:
        if _is_withdrawn(heard, at):
            self._end(heard, "cancelled", heard.withdrawn)
            return False
        request = replace(
            heard.request, waited=True, occurred_at=None, send_at=None, expires_at=decision.expires_at
        )
        settled = decide(request, self.person, (self.channel,), at)[0]
        if settled.action != "send":
            self._follow(heard, settled)
        return settled.action == "send"

    def _go(self, heard: Heard, state: State, reason: str, at: datetime) -> bool:
        if _is_withdrawn(heard, at):
            self._end(heard, "cancelled", heard.withdrawn)
            return False
        self._end(heard, state, reason, at)
        return True

    def _end(self, heard: Heard, state: State, reason: str, at: datetime | None = None) -> None:
        self.outcomes.append(Outcome(heard, self.channel, state, reason, at))


def _is_withdrawn(heard: Heard, at: datetime) -> bool:
    return heard.withdrawn_at is not None and heard.withdrawn_at <= at


def rehearse(heard: Iterable[Heard], person: Person) -> tuple[Outcome, ...]:
    """Play everything through; one outcome for each thing heard and each of its channels."""
    told = sorted(heard, key=lambda each: each.at)
    channels = sorted({channel for each in told for channel in each.channels})
    return tuple(outcome for channel in channels for outcome in _channel(told, person, channel))


def _channel(told: Sequence[Heard], person: Person, channel: str) -> list[Outcome]:
    stage = _Stage(person, channel)
    ahead = deque(each for each in told if channel in each.channels)
    while ahead or stage.waiting:
        due = min(stage.waiting, default=None)
        if due is not None and (not ahead or due <= ahead[0].at):
            stage.release(due)
        else:
            stage.hear(ahead.popleft())
    return stage.outcomes
