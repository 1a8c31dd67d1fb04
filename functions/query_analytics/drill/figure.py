"""The rows behind a figure: what is counted, row by row, and the same figure from the rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from functions.query_analytics.drill import cursor
from functions.query_analytics.question import Filters, Question
from functions.query_analytics.rows import Source, conditions_of
from lib.domain.metrics import mean_money, money, ratio
from lib.domain.periods import Period

IN_HOURS = (
    " AND EXISTS (SELECT FROM unnest(CAST(:begin AS timestamptz[]), CAST(:finish AS timestamptz[])) AS h(since, upto) "
    "WHERE slot >= h.since AND slot < h.upto)"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """`source` has `slot`, the instant by which a row counts, and `key`, a text that no other row of that instant has.

    A count is the number of rows. `part` makes another figure: a sum, with `whole` a ratio. `per_currency`
    figures have a value for each currency, `is_money` ones write it as money.
    """

    source: Source
    where: str = "TRUE"
    part: str = "count(*)"
    whole: str | None = None
    per_currency: bool = False
    is_money: bool = False


def page(conn: Connection, question: Question, figure: Figure, filters: Filters) -> dict[str, Any]:
    """One page of the rows, latest first; how many there are in all, and the figure they make.

    Raises BadInput when the cursor is not one of ours.
    """
    rows, values = _rows(question, figure, filters)
    limit = int(question.option("limit") or 50)
    total, value = _value(conn, rows, values, figure)
    after, more = cursor.decoded(question.option("cursor"))
    statement = text(f"SELECT * {rows}{after} ORDER BY slot DESC, key DESC LIMIT :most")
    found = conn.execute(statement, values | more | {"most": limit + 1}).mappings().all()
    items = found[:limit]
    return {
        "figure": question.option("figure"),
        "value": value,
        "total": total,
        "items": [_shown(row) for row in items],
        "next_cursor": cursor.encoded(items[-1]) if len(found) > limit else None,
    }


def _rows(question: Question, figure: Figure, filters: Filters) -> tuple[str, dict[str, Any]]:
    conditions, values = conditions_of(figure.source, filters)
    for name in ("currency", "outcome", "method"):
        if wanted := question.option(name):
            conditions += f" AND coalesce({name}, 'unmarked') = :{name}"
            values[name] = wanted
    if at := question.option("hour"):
        conditions += IN_HOURS
        values |= _hours(question.period, *map(int, at.split()))
    return (
        f"FROM {figure.source.sql} WHERE slot >= :start AND slot < :end AND {figure.where}{conditions}",
        values | _inside(question, filters),
    )


def _hours(period: Period, weekday: int, hour: int) -> dict[str, list[datetime]]:
    """The beginnings and the ends of an hour of the week in the period, in UTC; two hours where a clock goes back."""
    days = (period.first + timedelta(days=n) for n in range(period.days))
    zone = ZoneInfo(period.tz)
    starts = [datetime(d.year, d.month, d.day, hour, tzinfo=zone) for d in days if d.weekday() == weekday]
    return {
        "begin": [start.astimezone(UTC) for start in starts],
        "finish": [(start + timedelta(hours=1)).astimezone(UTC) for start in starts],
    }


def _inside(question: Question, filters: Filters) -> dict[str, Any]:
    """What a source that sums rows up has to apply itself."""
    readers = None if filters.student_ids is None else list(filters.student_ids)
    inside = {"of_tutor": filters.tutor_id, "of_subject": filters.subject, "readers": readers}
    return {"start": question.period.start, "end": question.period.end, **inside}


def _value(conn: Connection, rows: str, values: Mapping[str, Any], figure: Figure) -> tuple[int, Any]:
    group = ("currency, ", " GROUP BY currency ORDER BY currency") if figure.per_currency else ("", "")
    sums = f"count(*) AS total, {figure.part} AS part, {figure.whole or 'NULL'} AS whole"
    found = conn.execute(text(f"SELECT {group[0]}{sums} {rows}{group[1]}"), values).all()
    total = sum(row.total for row in found)
    if figure.per_currency:
        return total, {row.currency: _of_currency(row, figure) for row in found}
    return total, _plain(found[0], figure)


def _plain(row: Any, figure: Figure) -> int | float | None:
    if figure.whole is None:
        return int(row.part or 0)
    return ratio(Decimal(row.part or 0), Decimal(row.whole or 0))


def _of_currency(row: Any, figure: Figure) -> int | str | None:
    if not figure.is_money:
        return int(row.part)
    if figure.whole is None:
        return money(row.part, row.currency)
    return mean_money(Decimal(row.part), int(row.whole), row.currency)


def _shown(row: Mapping[Any, Any]) -> dict[str, Any]:
    """`at` is the instant by which the row counts."""
    shown = {name: value for name, value in row.items() if name not in ("slot", "key")}
    for name in ("amount", "price", "refunded"):
        if shown.get(name) is not None:
            shown[name] = money(shown[name], shown.get("currency") or "")
    if shown.get("percent") is not None:
        shown["percent"] = float(shown["percent"])
    return {"at": row["slot"], **shown}
