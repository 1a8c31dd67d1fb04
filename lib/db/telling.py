"""What stories come to, and the statements that bring states and roll-ups from one telling to the next.

Telling and putting statements together cost the most; neither needs the log's lock, so a writer does both while
it waits for its turn.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import cast

from lib.db import entity_states, rollup_rows, versions
from lib.db.arrays import Statement
from lib.domain.events import Event
from lib.domain.rollups import FINE, Contribution, Deltas
from lib.domain.stories import Outcome, fact, tell

# Kinds whose state shows in figures of any month: a material's subject, a user's role, what is charged.
UNDATED = {"material": "materials", "user": "users", "charge": "charges"}
Stories = Mapping[str, Sequence[Event]]
Told = Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class Telling:
    """Stories by entity as they were told (`before`) and as they are told now (`after`), and new facts that
    belong to no entity. What is in `before` and not in `after` is told of no more."""

    before: Told
    after: Told
    facts: tuple[Contribution, ...] = ()

    def corrected(self, before: Stories, fresh: Stories) -> "Telling":
        """What has to be written after this, where others have continued some of its stories meanwhile.

        `before` are those stories as they stand now, `fresh` what this adds to them. Sums are corrected by
        difference, states replaced; all that nobody else touched is right as it was put together.
        """
        anew = continued(before, fresh)
        return Telling(
            {e: _also(told, self.after[e].contributions) for e, told in anew.before.items()},
            {e: _also(told, _contributions(self.before, e)) for e, told in anew.after.items()},
        )

    def statements(self, *, coarse: bool = True) -> list[Statement]:
        """All that has to be written but the versions; `coarse` as in `rollup_rows.added`."""
        deltas = Deltas()
        deltas.add(self.facts)
        for outcome in self.before.values():
            deltas.add(outcome.contributions, -1)
        for outcome in self.after.values():
            deltas.add(outcome.contributions)
        gone = ((entity, told) for entity, told in self.before.items() if entity not in self.after)
        return [
            *entity_states.removed(gone),
            *entity_states.written(self.after.items()),
            *rollup_rows.added(deltas, coarse=coarse),
        ]

    def touched(self) -> Iterator[tuple[str, date]]:
        """Families and months whose figures, rows or names may be others now; rather too many than too few."""
        told = (one for each in (self.before, self.after) for o in each.values() for one in o.contributions)
        for one in chain(self.facts, told):
            yield FINE[one.table].family, versions.month_of(cast("datetime", one.key[0]))
        for entity, outcome in chain(self.before.items(), self.after.items()):
            if outcome.kind in UNDATED and _state(self.before, entity) != _state(self.after, entity):
                yield UNDATED[outcome.kind], versions.ALWAYS


def telling(before: Stories, after: Stories, facts: Iterable[Event] = ()) -> Telling:
    """Stories before and after, and new events among which those that belong to no entity count as facts."""
    return Telling(_told(before), _told(after), _facts(facts))


def continued(before: Stories, fresh: Stories, facts: Iterable[Event] = ()) -> Telling:
    """Stories before, and what is new of them; `facts` as in `telling`.

    Most news are later than all that was known: then the story goes on where it stood, and is not told again.
    """
    told = _told(before)
    after = {}
    for entity, events in fresh.items():
        known = before.get(entity, ())
        if not known or _latest(known) < min(event.order for event in events):
            after[entity] = tell(entity, events, told.get(entity))
        else:
            after[entity] = tell(entity, [*known, *events])
    return Telling(told, after, _facts(facts))


def _latest(events: Sequence[Event]) -> tuple[datetime, str, str]:
    return max(event.order for event in events)


def _facts(events: Iterable[Event]) -> tuple[Contribution, ...]:
    return tuple(one for event in events for one in fact(event))


def _told(stories: Stories) -> dict[str, Outcome]:
    return {entity: tell(entity, events) for entity, events in stories.items()}


def _also(told: Outcome, contributions: tuple[Contribution, ...]) -> Outcome:
    return told._replace(contributions=told.contributions + contributions)


def _contributions(told: Told, entity: str) -> tuple[Contribution, ...]:
    return told[entity].contributions if entity in told else ()


def _state(told: Told, entity: str) -> object:
    return told[entity].state if entity in told else None
