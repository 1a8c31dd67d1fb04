"""What is asked, and what a metric is: a named pure reading of states and roll-ups."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from lib.domain.periods import Granularity, Period


@dataclass(frozen=True, slots=True)
class Filters:
    """What the row scope and the caller leave to be counted; None = all."""

    tutor_id: str | None = None
    student_ids: Sequence[str] | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """`now` is the minute of asking (UTC): only what depends on the clock may look at it. `more` holds what
    only this metric asks for, by name: a page's cursor, a figure's name."""

    period: Period
    granularity: Granularity
    filters: Filters
    now: datetime
    more: tuple[tuple[str, str], ...] = ()

    def over(self, period: Period) -> "Question":
        """The same about another period."""
        return replace(self, period=period)

    def option(self, name: str) -> str | None:
        """One of `more`, None when it was not given."""
        return dict(self.more).get(name)


@dataclass(frozen=True, slots=True)
class Metric:
    """A named answer: `compute` reads states and roll-ups only, by their unqualified names, so that the same
    code proves a figure over tables rebuilt from the log.

    `dated` families count in the question's period (with `compare`, in the previous one, too), `undated`
    ones whenever. `clock` says that the answer changes with the time of day, `previous` that it always looks
    at the previous period, too.
    """

    name: str
    compute: Callable[[Connection, Question], dict[str, Any]]
    dated: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()
    clock: bool = False
    previous: bool = False
