"""Roll-ups: what an entity adds to which figure, and the difference two states make.

Every figure is a sum of contributions. An entity's contributions follow from its state alone, and its state
is the fold of its events in their own order; so a figure depends on which events are known, and on nothing
else: not on the order of arrival, not on duplicates, not on batches.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

SLOT = timedelta(minutes=15)
DAY_NAME = "day"
Count = int | Decimal


@dataclass(frozen=True, slots=True)
class Rollup:
    """A roll-up table: the columns that tell its rows apart, and the columns that are summed.

    A coarse one is the sum of a finer one (`of`) over fewer keys; its `day` is the UTC day of the slot.
    """

    table: str
    family: str
    keys: tuple[str, ...]
    counts: Mapping[str, type[int] | type[Decimal]]
    of: "Rollup | None" = None


LESSONS = Rollup(
    "lesson_rollup",
    "lessons",
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
# What the page of a whole school reads must not grow with the number of its people.
LESSON_SLOTS = Rollup("lesson_slots", "lessons", ("slot", "subject"), LESSONS.counts, LESSONS)
LESSON_DAYS = Rollup("lesson_days", "lessons", (DAY_NAME, "tutor_id"), LESSONS.counts, LESSONS)
PAYMENTS = Rollup(
    "payment_rollup",
    "payments",
    ("slot", "tutor_id", "student_id", "currency", "method"),
    {"payments": int, "revenue": Decimal, "refunds": int, "refunded": Decimal, "failed": int},
)
HOMEWORK = Rollup(
    "homework_rollup",
    "homework",
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
    "users",
    ("slot", "user_id"),
    dict.fromkeys(("registered", "logins", "actions", "deactivated"), int),
)
MATERIALS = Rollup(
    "material_rollup",
    "materials",
    ("slot", "material_id", "user_id"),
    dict.fromkeys(("accessed", "downloads"), int),
)
FINE = {r.table: r for r in (LESSONS, PAYMENTS, HOMEWORK, ACTIVITY, MATERIALS)}
COARSE = {r.table: r for r in (LESSON_SLOTS, LESSON_DAYS)}
ROLLUPS = FINE | COARSE

Key = tuple[datetime | date | str, ...]
Tables = dict[str, dict[Key, dict[str, Count]]]


class Contribution(NamedTuple):
    """`counts` added to the row `key` of `table`; keys and counts stand in the table's order."""

    table: str
    key: Key
    counts: Mapping[str, Count]


def contribution(rollup: Rollup, at: datetime, *names: str | None, **counts: Count) -> Contribution:
    """A contribution at instant `at`. An unknown tutor, subject or method is kept as an empty text."""
    return Contribution(rollup.table, (slot_of(at), *(name or "" for name in names)), counts)


def slot_of(instant: datetime) -> datetime:
    """The quarter of an hour (UTC) that an instant lies in."""
    # Most lessons begin on one: looking is cheaper than making the same instant again.
    if not (instant.minute % 15 or instant.second or instant.microsecond):
        return instant
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

    def rows(self, *, coarse: bool = True) -> dict[str, list[tuple[Key, dict[str, Count]]]]:
        """What is left to write: rows whose difference is not zero, in key order (so no two writers deadlock)."""
        fine = {table: _changed(rows) for table, rows in self._sums.items()}
        return _in_order(fine | _coarse(fine) if coarse else fine)


def _in_order(tables: Tables) -> dict[str, list[tuple[Key, dict[str, Count]]]]:
    ordered = {table: sorted(rows.items(), key=_key) for table, rows in tables.items()}
    return {table: rows for table, rows in ordered.items() if rows}


def _coarse(fine: Tables) -> Tables:
    return {
        table: _changed(_sums(fine[rollup.of.table], rollup))
        for table, rollup in COARSE.items()
        if rollup.of and rollup.of.table in fine
    }


def _key(item: tuple[Key, Any]) -> Key:
    return item[0]


def _changed(rows: Mapping[Key, dict[str, Count]]) -> dict[Key, dict[str, Count]]:
    return {key: row for key, row in rows.items() if any(row.values())}


def _sums(rows: Mapping[Key, dict[str, Count]], coarse: Rollup) -> dict[Key, dict[str, Count]]:
    fine = coarse.of.keys if coarse.of else ()
    sums: dict[Key, dict[str, Count]] = {}
    for key, row in rows.items():
        named = dict(zip(fine, key, strict=True))
        total = sums.setdefault(tuple(_part(named, name) for name in coarse.keys), {})
        for name, value in row.items():
            total[name] = total.get(name, 0) + value
    return sums


def _part(named: Mapping[str, Any], name: str) -> Any:
    return named["slot"].date() if name == DAY_NAME else named[name]
