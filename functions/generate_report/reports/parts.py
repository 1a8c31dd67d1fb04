"""The parts that reports have in common: headline figures, tables of groups and of buckets, lists of rows."""

from collections.abc import Iterable, Sequence
from typing import Any

from functions.generate_report.document import (
    Better,
    Block,
    Chart,
    Column,
    Kind,
    Money,
    Source,
    Table,
    Tile,
    Tiles,
    Words,
)
from functions.generate_report.reports.report import Json, Material
from functions.generate_report.speech import Speech

# (key, kind) of a column or a figure.
Fields = Sequence[tuple[str, Kind]]
LESS = {
    "cancelled",
    "excused",
    "unexcused",
    "absences",
    "overdue",
    "failed",
    "refunded",
    "deactivated",
    "unpriced",
}
NAMES = {
    "subject": "subject",
    "tutor_id": "tutor",
    "student_id": "student",
    "method": "method",
    "role": "role",
}


def source(answer: Json, title: str) -> Source:
    """The receipt of an answer."""
    as_of = answer["as_of"]
    return Source(title, answer["receipt"]["id"], as_of["position"], as_of["time"])


def tiles(say: Speech, answer: Json, fields: Fields) -> Tiles:
    """Headline figures with those of the previous period."""
    before = (answer.get("previous") or {}).get("summary") or {}
    return Tiles(tuple(_tile(say, name, kind, answer["summary"], before) for name, kind in fields))


def tiles_by_currency(say: Speech, answer: Json, fields: Fields) -> list[Block]:
    """The same for each currency met: currencies are never added up."""
    now, before = answer["summary"], (answer.get("previous") or {}).get("summary") or {}
    return [
        Tiles(
            tuple(
                _tile(
                    say, name, kind, _priced(now[code], code, fields), _priced(before.get(code), code, fields)
                )
                for name, kind in fields
            ),
            title=code if len(now) > 1 else "",
        )
        for code in sorted(now)
    ]


def _tile(say: Speech, name: str, kind: Kind, now: Json, before: Json) -> Tile:
    better: Better = "less" if name in LESS else "more"
    return Tile(name, say.label(name), kind, now.get(name), before.get(name), better)


def _priced(figures: Json | None, code: str, fields: Fields) -> Json:
    if not figures:
        return {}
    return {
        name: amount(figures.get(name), code) if kind == "money" else figures.get(name)
        for name, kind in fields
    }


def amount(value: str | None, code: str | None) -> Money | None:
    """A decimal text in a currency."""
    return None if value is None else Money(value, code or "RUB")


def table(say: Speech, title: str, rows: Iterable[Json], first: str, fields: Fields, note: str = "") -> Table:
    """One row a group, named by the field `first`."""
    columns = (
        Column(first, say.label(first)),
        *(Column(name, say.label(name), kind) for name, kind in fields),
    )
    values = [(named(say, first, row[first]), *(row.get(name) for name, _ in fields)) for row in rows]
    return Table(title, columns, values, note)


def table_by_currency(say: Speech, title: str, rows: Iterable[Json], first: str, fields: Fields) -> Table:
    """One row a group and currency."""
    values = []
    for row in rows:
        for code in sorted(each for each in row if isinstance(row[each], dict)):
            figures = _priced(row[code], code, fields)
            values.append((named(say, first, row[first]), *(figures[name] for name, _ in fields), code))
    return Table(title, (Column(first, say.label(first)), *_money_columns(say, fields)), values)


def _money_columns(say: Speech, fields: Fields) -> tuple[Column, ...]:
    plain = tuple(Column(name, say.label(name), kind) for name, kind in fields)
    return (*plain, Column("currency", say.label("currency"), "currency"))


def named(say: Speech, field: str, value: Any) -> str:
    """What a group is called: what has no name is said in words."""
    group = NAMES.get(field)
    return say.name(group, value) if group else str(value)


def buckets(say: Speech, answer: Json, fields: Fields) -> Table:
    """The course over the period; buckets in which nothing happened are left out, and that is said."""
    kind: Kind = answer["filters"].get("granularity", "day")
    series = answer["series"]
    busy = [point for point in series if any(point.get(name) for name, _ in fields)]
    columns = (
        Column("date", say.label(kind), kind),
        *(Column(name, say.label(name), k) for name, k in fields),
    )
    values = [(point["date"], *(point.get(name) for name, _ in fields)) for point in busy]
    return Table(say(f"by_{kind}"), columns, values, say("empty_buckets") if len(busy) < len(series) else "")


def buckets_by_currency(say: Speech, answer: Json, fields: Fields) -> Table:
    """The same, one row a bucket and currency."""
    kind: Kind = answer["filters"].get("granularity", "day")
    values, left_out = [], False
    for point in answer["series"]:
        for code in sorted(each for each in point if isinstance(point[each], dict)):
            figures = _priced(point[code], code, fields)
            if any(
                float(value.amount) if isinstance(value, Money) else value
                for value in figures.values()
                if value
            ):
                values.append((point["date"], *(figures[name] for name, _ in fields), code))
            else:
                left_out = True
    columns = (Column("date", say.label(kind), kind), *_money_columns(say, fields))
    return Table(say(f"by_{kind}"), columns, values, say("empty_buckets") if left_out else "")


def drawn(material: Material, name: str, *kinds: str) -> list[Chart]:
    """Those of a chart's kinds that were drawn."""
    found = (material.charts.get((name, kind)) for kind in kinds)
    return [chart for chart in found if chart]


def note_of_cut(material: Material, name: str, where: str) -> str:
    """What a list does not show, and where that is; empty when it shows all."""
    rows, say = material.rows[name], material.say
    if len(rows.items) >= rows.total:
        return ""
    shown, total = say.number(len(rows.items)), say.number(rows.total)
    return say("cut", shown=shown, total=total, where=f"/api/v1/exports/{where}")


def nothing(say: Speech, report: str) -> Words:
    """The sentence for an empty period."""
    return Words((say(f"nothing.{report}"),), "lead")


def shown(tables: Iterable[Table | Block]) -> list[Block]:
    """Without the tables that have no rows."""
    return [block for block in tables if not isinstance(block, Table) or block.rows]
