"""Roll-ups: what an entity adds to which figure, and the difference two states make.

Every figure is a sum of contributions. An entity's contributions follow from its state alone, and its state
is the fold of its events in their own order; so a figure depends on which events are known, and on nothing
else: not on the order of arrival, not on duplicates, not on batches.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

SLOT = timedelta(minutes=15)
Count = int | Decimal


@dataclass(frozen=True, slots=True)
class Rollup:
    """A roll-up table: the columns that tell its rows apart, and the columns that are summed."""

    table: str
    keys: tuple[str, ...]
    counts: Mapping[str, type[int] | type[Decimal]]


LESSONS = Rollup(
    "lesson_rollup",
    ("slot", "tutor_id", "student_id", "subject"),
    dict.fromkeys(
        (
            "scheduled",
            "completed",
            "cancelled",
            "excused",
            "unexcused",
            "minutes",
            "ratings",
            "rating_sum",
            "confirmed",
            "reschedule_asked",
            "declined",
        ),
        int,
    ),
)
PAYMENTS = Rollup(
    "payment_rollup",
    ("slot", "tutor_id", "student_id", "currency", "method"),
    {"payments": int, "revenue": Decimal, "refunds": int, "refunded": Decimal, "failed": int},
)
HOMEWORK = Rollup(
    "homework_rollup",
    ("slot", "tutor_id", "student_id", "subject"),
    {
        "assigned": int,
        "submitted": int,
        "with_due": int,
        "on_time": int,
        "graded": int,
        "score_percent": Decimal,
        "overdue": int,
    },
)
ACTIVITY = Rollup(
    "activity_rollup",
    ("slot", "user_id"),
    dict.fromkeys(("registered", "logins", "actions", "deactivated"), int),
)
ROLLUPS = {r.table: r for r in (LESSONS, PAYMENTS, HOMEWORK, ACTIVITY)}

Key = tuple[datetime | str, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """`counts` added to the row `key` of `table`; keys and counts stand in the table's order."""

    table: str
    key: Key
    counts: Mapping[str, Count]


def contribution(rollup: Rollup, at: datetime, *names: str | None, **counts: Count) -> Contribution:
    """A contribution at instant `at`. An unknown tutor, subject or method is kept as an empty text."""
    return Contribution(rollup.table, (slot_of(at), *(name or "" for name in names)), counts)


def slot_of(instant: datetime) -> datetime:
    """The quarter of an hour (UTC) that an instant lies in."""
    return instant.replace(minute=instant.minute - instant.minute % 15, second=0, microsecond=0)


class Deltas:
    """Sums of differences per table and row."""

    def __init__(self) -> None:
        self._sums: dict[str, dict[Key, dict[str, Count]]] = {}

    def add(self, contributions: Iterable[Contribution], sign: int = 1) -> None:
        """Add (`sign` 1) or take away (`sign` -1) contributions."""
        for one in contributions:
            row = self._sums.setdefault(one.table, {}).setdefault(one.key, {})
            for name, value in one.counts.items():
                row[name] = row.get(name, 0) + sign * value

    def rows(self) -> dict[str, list[tuple[Key, dict[str, Count]]]]:
        """What is left to write: rows whose difference is not zero, in key order (so no two writers deadlock)."""
        changed = {
            table: sorted(
                ((key, row) for key, row in rows.items() if any(row.values())), key=lambda item: item[0]
            )
            for table, rows in self._sums.items()
        }
        return {table: rows for table, rows in changed.items() if rows}
