"""What every part of the school shares: chance, time and the stream of events."""

import hashlib
import random
from collections.abc import Sequence
from typing import Any

from lib.testing.simulator.agenda import Agenda
from lib.testing.simulator.instants import stamp

SOURCE = "repitbot/simulator"
Json = dict[str, Any]


class World:
    """One seeded source of chance for all parts: their order of asking is part of the result."""

    def __init__(self, seed: int, start: int, until: int, key: str) -> None:
        # Not for secrets; the same seed must give the same school.
        self.chance = random.Random(seed)  # noqa: S311
        self.agenda = Agenda(start, until)
        self.out: list[Json] = []
        # Runs with other arguments get other ids, or the second would pass for a copy of the first.
        self._prefix = hashlib.sha256(key.encode()).hexdigest()[:10]
        self._number = 0

    def emit(self, at: int, kind: str, subject: str, data: Json) -> None:
        """Add a CloudEvent of this time and type about this entity."""
        self._number += 1
        self.out.append(
            {
                "specversion": "1.0",
                "id": f"{self._prefix}-{self._number}",
                "source": SOURCE,
                "type": kind,
                "subject": subject,
                "time": stamp(at),
                "datacontenttype": "application/json",
                "data": data,
            }
        )

    def happens(self, probability: float) -> bool:
        """True with this probability."""
        return self.chance.random() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, quicker than randint by half."""
        return low + int(self.chance.random() * (high - low + 1))

    def later(self, low: int, high: int) -> int:
        """An instant between `low` and `high` seconds from now."""
        return self.agenda.now + self.between(low, high)

    def one_of(self, options: Sequence[Any]) -> Any:
        """One of the options, all alike likely."""
        return options[int(self.chance.random() * len(options))]
