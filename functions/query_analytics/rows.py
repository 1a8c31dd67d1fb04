"""Reading roll-ups: one statement a question, grouped several ways at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from lib.domain.periods import Granularity, Period
from lib.domain.rollups import Rollup


@dataclass(frozen=True, slots=True)
class Filters:
    """What the row scope and the caller leave to be counted; None = all."""

    tutor_id: str | None = None
    student_ids: Sequence[str] | None = None
    subject: str | None = None


Row = Mapping[Any, Any]


def grouped(
    conn: Connection,
    rollup: Rollup,
    period: Period,
    granularity: Granularity,
    filters: Filters,
    *,
    sets: Sequence[tuple[str, ...]],
    extra: str = "",
) -> dict[tuple[str, ...], list[Row]]:
    """Sums of a roll-up's counts over `period`, once per grouping set.

    `sets` hold column names and `bucket` (0-based, of `period.buckets(granularity)`); `extra` adds select
    expressions. All names are ours, none is input. Returns rows by grouping set; a row whose every count went
    back to zero is left out, for what was taken back must leave no trace.
    """
    columns = sorted({name for group in sets for name in group})
    sums = ", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in rollup.counts)
    grouping = ", ".join(f"GROUPING({name}) AS is_total_{name}" for name in columns)
    conditions, values = conditions_of(rollup, filters)
    statement = (
        f"WITH picked AS (SELECT *, width_bucket(slot, CAST(:bounds AS timestamptz[])) - 1 AS bucket "  # noqa: S608
        f"FROM {rollup.table} WHERE slot >= :start AND slot < :end{conditions}) "
        f"SELECT {', '.join([*columns, grouping, sums] if columns else [sums])}{extra} FROM picked "
        f"GROUP BY GROUPING SETS ({', '.join('(' + ', '.join(group) + ')' for group in sets)})"
    )
    bounds = period.bounds(granularity)
    values |= {"bounds": bounds, "start": period.start, "end": period.end}
    result: dict[tuple[str, ...], list[Row]] = {tuple(sorted(group)): [] for group in sets}
    for row in conn.execute(text(statement), values).mappings():
        group = tuple(name for name in columns if not row[f"is_total_{name}"])
        if not group or any(row[name] for name in rollup.counts):
            result[group].append(row)
    return {group: sorted(found, key=_by_names(group)) for group, found in result.items()}


def _by_names(group: tuple[str, ...]) -> Callable[[Row], list[str]]:
    return lambda row: [str(row[name]) for name in group]


def series(
    period: Period,
    granularity: Granularity,
    rows: Sequence[Row],
    figures: Callable[[Row | None], dict[str, Any]],
) -> list[dict[str, Any]]:
    """One object a bucket, in order, the empty ones included; `date` is the bucket's first local day."""
    by_bucket = {row["bucket"]: row for row in rows}
    return [
        {"date": day.isoformat(), **figures(by_bucket.get(i))}
        for i, day in enumerate(period.buckets(granularity))
    ]


def conditions_of(rollup: Rollup, filters: Filters) -> tuple[str, dict[str, Any]]:
    """The filters that a roll-up knows, as SQL to add to a WHERE, and its values."""
    wanted = {
        "tutor_id": filters.tutor_id,
        "subject": filters.subject,
        "student_ids": None if filters.student_ids is None else list(filters.student_ids),
    }
    person = "user_id" if "user_id" in rollup.keys else "student_id"
    sql = ""
    for name, value in wanted.items():
        if value is None:
            continue
        if name == "student_ids":
            sql += f" AND {person} = ANY(CAST(:student_ids AS text[]))"
        elif name in rollup.keys:
            sql += f" AND {name} = :{name}"
    return sql, {name: value for name, value in wanted.items() if value is not None}
