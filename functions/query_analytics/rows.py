"""Reading what can be summed: one statement a question, grouped several ways at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from functions.query_analytics.question import Filters, Question
from lib.domain.rollups import Rollup

Row = Mapping[Any, Any]
Groups = dict[tuple[str, ...], list[Row]]
# In the answer to a question that is asked of the previous period, too: which of the two a row is of.
BEFORE, NOW = 0, 1


@dataclass(frozen=True, slots=True)
class Source:
    """A table, or a subquery with a name. It has the instant `slot`, `columns` and `counts`. All names are ours."""

    sql: str
    columns: tuple[str, ...]
    counts: tuple[str, ...]


def source(rollup: Rollup) -> Source:
    """A roll-up as it stands."""
    return Source(rollup.table, tuple(rollup.keys), tuple(rollup.counts))


def grouped(
    conn: Connection, of: Source, question: Question, *, sets: Sequence[tuple[str, ...]], extra: str = ""
) -> Groups:
    """Sums of the counts over the question's period, once per grouping set.

    `sets` hold column names and `bucket` (0-based, of the period's buckets); `extra` adds select expressions.
    Returns rows by grouping set; a row whose every count went back to zero is left out, for what was taken
    back must leave no trace.
    """
    return _read(conn, of, question, sets, extra)


def grouped_twice(
    conn: Connection, of: Source, question: Question, *, sets: Sequence[tuple[str, ...]], extra: str = ""
) -> tuple[Groups, Groups]:
    """The same for the previous period and for the question's own, from one statement: (before, now).

    Buckets are those of the question's own period.
    """
    found = _read(conn, of, question, [(*group, "half") for group in sets], extra, previous=True)
    return _half(found, BEFORE), _half(found, NOW)


def _half(groups: Groups, half: int) -> Groups:
    return {
        tuple(name for name in group if name != "half"): [row for row in rows if row["half"] == half]
        for group, rows in groups.items()
    }


def _read(
    conn: Connection,
    of: Source,
    question: Question,
    sets: Sequence[tuple[str, ...]],
    extra: str,
    previous: bool = False,
) -> Groups:
    columns = sorted({name for group in sets for name in group})
    sums = [f"coalesce(sum({name}), 0) AS {name}" for name in of.counts]
    totals = [f"GROUPING({name}) AS is_total_{name}" for name in columns]
    groups = ", ".join("(" + ", ".join(group) + ")" for group in sets)
    conditions, values = conditions_of(of, question.filters)
    statement = (
        f"WITH picked AS (SELECT *{_numbered(columns)} "  # noqa: S608 - all names are ours
        f"FROM {of.sql} WHERE slot >= :start AND slot < :end{conditions}) "
        f"SELECT {', '.join([*columns, *totals, *sums])}{extra} FROM picked GROUP BY GROUPING SETS ({groups})"
    )
    values |= _bounds(question, previous)
    result: Groups = {tuple(sorted(group)): [] for group in sets}
    for row in conn.execute(text(statement), values).mappings():
        group = tuple(name for name in columns if not row[f"is_total_{name}"])
        if not group or any(row[name] for name in of.counts):
            result[group].append(row)
    return {group: sorted(found, key=_by_names(group)) for group, found in result.items()}


def _numbered(columns: Iterable[str]) -> str:
    """The numbers of a row's bucket and half, where they are asked for."""
    arrays = {"bucket": "bounds", "half": "halves"}
    return "".join(
        f", width_bucket(slot, CAST(:{arrays[name]} AS timestamptz[])) - 1 AS {name}"
        for name in columns
        if name in arrays
    )


def _bounds(question: Question, previous: bool) -> dict[str, Any]:
    period = question.period
    start = period.previous().start if previous else period.start
    return {
        "start": start,
        "end": period.end,
        "bounds": period.bounds(question.granularity),
        "halves": [start, period.start],
    }


def _by_names(group: tuple[str, ...]) -> Callable[[Row], list[str]]:
    return lambda row: [str(row[name]) for name in group]


def only(rows: Sequence[Row]) -> Row | None:
    """The one row there is, or none."""
    return rows[0] if rows else None


def series(
    question: Question, rows: Sequence[Row], figures: Callable[[Row | None], dict[str, Any]]
) -> list[dict[str, Any]]:
    """One object a bucket, in order, the empty ones included; `date` is the bucket's first local day."""
    by_bucket = {row["bucket"]: row for row in rows}
    return [
        {"date": day.isoformat(), **figures(by_bucket.get(i))}
        for i, day in enumerate(question.period.buckets(question.granularity))
    ]


def named(
    rows: Iterable[Row], name: str, figures: Callable[[Row | None], dict[str, Any]]
) -> list[dict[str, Any]]:
    """One object a row, with the name it is grouped by."""
    return [{name: row[name], **figures(row)} for row in rows]


def conditions_of(of: Source, filters: Filters) -> tuple[str, dict[str, Any]]:
    """The filters that a source knows, as SQL to add to a WHERE, and their values."""
    person = "user_id" if "user_id" in of.columns else "student_id"
    found: dict[str, tuple[str, Any]] = {}
    if filters.tutor_id is not None and "tutor_id" in of.columns:
        found["tutor_id"] = ("tutor_id = :tutor_id", filters.tutor_id)
    if filters.subject is not None and "subject" in of.columns:
        found["subject"] = ("subject = :subject", filters.subject)
    if filters.student_ids is not None and person in of.columns:
        students = list(filters.student_ids)
        found["student_ids"] = (f"{person} = ANY(CAST(:student_ids AS text[]))", students)
    return "".join(f" AND {sql}" for sql, _ in found.values()), {k: v for k, (_, v) in found.items()}
