"""What the figures of a family last depended on: the ground that exact caching stands on.

An answer that was right when its families stood at a version stays right for as long as they do. A version is
a position of the log: the last event that could have changed the figures of a family in a UTC month.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import Connection, text

from lib.db.arrays import Statement, columns, run, upsert

# The month of what concerns every month: a role, a material's subject, a charge.
ALWAYS = date.min
TYPES = {"family": "text", "month": "date", "position": "bigint"}
BUMP = upsert("figure_versions", TYPES, ("family", "month"))
AT = text(
    "SELECT max(v.position) FROM unnest(CAST(:families AS text[]), CAST(:first AS date[]), CAST(:last AS date[])) "
    "AS w(family, first, last) JOIN figure_versions v ON v.family = w.family "
    "AND (w.first IS NULL OR v.month = '0001-01-01' OR v.month BETWEEN w.first AND w.last)"
)
Span = tuple[datetime, datetime]


def bump(conn: Connection, touched: Iterable[tuple[str, date]], position: int) -> None:
    """Families in months, as of `position`; the caller holds the log's lock, so positions only grow."""
    run(conn, bumped(touched, position))


def bumped(touched: Iterable[tuple[str, date]], position: int) -> list[Statement]:
    """The statements of `bump`: one, or none."""
    rows = [(family, month, position) for family, month in sorted(set(touched))]
    return [(BUMP, columns(list(TYPES), rows))] if rows else []


def at(conn: Connection, wanted: Mapping[str, Span | None]) -> int:
    """The version that figures of these families have over [start, end); None stands for all time. 0 = no event."""
    spans = [(None, None) if span is None else tuple(map(month_of, span)) for span in wanted.values()]
    found = conn.execute(
        AT,
        {
            "families": list(wanted),
            "first": [span[0] for span in spans],
            "last": [span[1] for span in spans],
        },
    ).scalar()
    return int(found or 0)


def month_of(at: datetime) -> date:
    """The first day of an instant's UTC month (instants here are in UTC)."""
    return date(at.year, at.month, 1)
