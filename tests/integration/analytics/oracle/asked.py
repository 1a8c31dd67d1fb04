"""A question, and how facts are put in groups to answer it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.integration.analytics.oracle.school import Json

# No zone is further from the instant's own date than this; the look at the zone is what costs.
ABOUT = timedelta(days=2)


@dataclass
class Asked:
    """A question: local days `first` to `last` in `tz`."""

    first: date
    last: date
    tz: str
    granularity: str = "day"
    tutor: str | None = None
    student: str | None = None
    subject: str | None = None

    def day(self, at: datetime) -> date | None:
        """The local day, if it is asked about."""
        if not self.first - ABOUT <= at.date() <= self.last + ABOUT:
            return None
        day = at.astimezone(ZoneInfo(self.tz)).date()
        return day if self.first <= day <= self.last else None

    def bucket(self, at: datetime) -> str:
        """The first day of the bucket that holds an instant."""
        return self.start_of(at.astimezone(ZoneInfo(self.tz)).date()).isoformat()

    def start_of(self, day: date) -> date:
        """The first day asked about of the bucket that holds a day."""
        start = {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}
        return max(start[self.granularity], self.first)

    def buckets(self) -> list[str]:
        """All of them."""
        days = (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))
        return sorted({self.start_of(day).isoformat() for day in days})

    def wants(self, fact: Json) -> bool:
        """Whether a fact passes the filters and lies in the period."""
        return (
            self.tutor in (None, fact.get("tutor_id"))
            and self.student in (None, fact.get("student_id"))
            and self.subject in (None, fact.get("subject"))
            and self.day(fact["at"]) is not None
        )


def ratio(part: Any, whole: int) -> float | None:
    """part / whole, None for nothing."""
    return float(Fraction(part) / whole) if whole else None


def rubles(amount: Decimal) -> str:
    """Two digits after the point, half up (every currency of the logs has them)."""
    return f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"


def groups(facts: Iterable[Json], name: Callable[[Json], Any]) -> dict[Any, list[Json]]:
    """Facts by name."""
    found: dict[Any, list[Json]] = defaultdict(list)
    for fact in facts:
        found[name(fact)].append(fact)
    return found


def listed(facts: list[Json], name: str, figures: Callable[[list[Json]], Json]) -> list[Json]:
    """One object a name, in the order of names."""
    found = groups(facts, lambda fact: fact.get(name) or "")
    return [{name: value, **figures(found[value])} for value in sorted(found)]


def over_time(asked: Asked, facts: list[Json], figures: Callable[[list[Json]], Json]) -> list[Json]:
    """One object a bucket."""
    found = groups(facts, lambda fact: asked.bucket(fact["at"]))
    return [{"date": day, **figures(found.get(day, []))} for day in asked.buckets()]
