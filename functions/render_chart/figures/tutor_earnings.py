"""`tutor_earnings`: what completed lessons brought each tutor, each currency by itself."""

from decimal import Decimal
from typing import Any

from functions.render_chart.figures import frame, numbers, saying
from functions.render_chart.figures.drill import Opens
from functions.render_chart.figures.forms import ranking, shares, tiles
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import said
from functions.render_chart.figures.story import Column, Ranks, Story, Table
from functions.render_chart.figures.words import counted, named, others, word

_KEYS = ("earned", "completed", "minutes", "unpriced")
_HUES = ("green", "blue", "purple", "orange")
MOST = 4
Rows = list[dict[str, Any]]

# What a tutor earned is the prices of these.
TAUGHT = Opens("lessons", "completed")


def figure(answer: dict[str, Any], look: Look) -> dict[str, Any]:
    """An answer of /analytics/tutors/earnings as `bar`, `treemap` or `pie`."""
    codes = saying.by_payments(answer["summary"], "completed")
    rows = sorted(
        answer["by_tutor"], key=lambda row: ([-_earned(row, code) for code in codes], row["tutor_id"])
    )
    told = _story(answer, look, codes, rows)
    if not any(_earned(row, code) for row in rows for code in codes):
        return frame.nothing(answer, look, told)
    shown = [code for code in codes[:MOST] if any(_earned(row, code) for row in rows)]
    if look.kind == "bar":
        return _bar(answer, look, told, shown, rows)
    if look.kind == "treemap":
        return _treemap(answer, look, told, shown, rows)
    return _pie(answer, look, told, shown, rows)


def _earned(row: dict[str, Any], code: str) -> Decimal:
    return Decimal(row[code]["earned"]) if code in row else Decimal(0)


def _name(look: Look, row: dict[str, Any]) -> str:
    return named(look.locale, "tutor_id", row.get("name") or row["tutor_id"])


def _bar(answer: dict[str, Any], look: Look, told: Story, codes: list[str], rows: Rows) -> dict[str, Any]:
    most = ranking.room(answer, look, told)
    shown = rows if len(rows) <= most else rows[: most - 1]
    rest = rows[len(shown) :]
    names = [_name(look, row) for row in shown]
    each, measures = [{"tutor_id": row["tutor_id"]} for row in shown], []
    for code, hue in zip(codes, _HUES, strict=False):
        values: list[float | None] = [float(_earned(row, code)) if code in row else None for row in shown]
        left = float(sum((_earned(row, code) for row in rest), Decimal(0)))
        label = f"{word(look.locale, 'earned')}, {numbers.sign_of(look.locale, code)}"
        measures.append(ranking.Measure(label, f"money:{code}", values, hue, None, left, TAUGHT, each))
    return ranking.drawn(answer, look, told, names, measures, others(look.locale)(len(rest)) if rest else "")


def _treemap(answer: dict[str, Any], look: Look, told: Story, codes: list[str], rows: Rows) -> dict[str, Any]:
    boards = []
    for code in codes:
        found = [tiles.Tile(_name(look, row), float(_earned(row, code))) for row in rows]
        label = f"{word(look.locale, 'earned')}, {numbers.sign_of(look.locale, code)}"
        boards.append(tiles.Board(label, f"money:{code}", tiles.gathered(found, others(look.locale))))
    return tiles.drawn(answer, look, told, boards)


def _pie(answer: dict[str, Any], look: Look, told: Story, codes: list[str], rows: Rows) -> dict[str, Any]:
    wholes = []
    parts = [[shares.Part(_name(look, row), float(_earned(row, code))) for row in rows] for code in codes]
    for code, gathered in zip(codes, shares.gathered(parts, others(look.locale)), strict=True):
        total = numbers.short(look.locale, Decimal(answer["summary"][code]["earned"]), f"money:{code}")
        wholes.append(shares.Whole(word(look.locale, "earned"), total, f"money:{code}", gathered))
    return shares.drawn(answer, look, told, wholes)


def _story(answer: dict[str, Any], look: Look, codes: list[str], rows: Rows) -> Story:
    locale = look.locale
    earned = word(locale, "earnings.noun")
    axes = {
        "bar": word(locale, "axes.ranking", rows=word(locale, "tutors"), across=earned),
        "treemap": word(locale, "axes.tiles", area=earned),
        "pie": word(locale, "axes.parts", parts=word(locale, "tutors")),
    }
    only = codes[0] if len(codes) == 1 else None
    names = [said(_name(look, row)) for row in rows]
    return Story(
        chart="tutor_earnings",
        title=word(locale, "earnings.title"),
        finding=_finding(answer, look, codes, rows) + saying.shown(look, codes, MOST),
        axes=axes[look.kind],
        table=_table(look, codes, rows),
        extremes=saying.ends(
            look,
            word(locale, "earned"),
            names.__getitem__,
            [float(_earned(row, only)) for row in rows],
            f"money:{only}",
        )
        if only
        else "",
        ranks=tuple(
            Ranks(
                [(name, float(_earned(row, code))) for name, row in zip(names, rows, strict=True)],
                f"money:{code}",
            )
            for code in codes[:2]
        ),
    )


def _finding(answer: dict[str, Any], look: Look, codes: list[str], rows: Rows) -> str:
    locale, summary = look.locale, answer["summary"]
    if not any(_earned(row, code) for row in rows for code in codes):
        return word(locale, "earnings.none")
    known = [row for row in rows if row["tutor_id"]]
    sums = saying.sums(look, {code: summary[code] for code in codes}, "earned", all_of_them=False)
    found = counted(locale, "earnings.all", len(known) or len(rows), sums=sums)
    if len(codes) == 1 and len(known) > 1 and _earned(known[0], codes[0]):
        amount, total = _earned(known[0], codes[0]), Decimal(summary[codes[0]]["earned"])
        found += word(
            locale,
            "earnings.best",
            tutor=said(_name(look, known[0])),
            sum=numbers.money(locale, amount, codes[0]),
            share=numbers.percent(locale, amount / total),
        )
    unpriced = sum(summary[code]["unpriced"] for code in codes)
    return found + (counted(locale, "earnings.unpriced", unpriced) if unpriced else "")


def _table(look: Look, codes: list[str], rows: Rows) -> Table:
    columns = [Column("tutor_id", word(look.locale, "tutor_id"), "text")]
    for code in codes:
        for key in _KEYS:
            kind = f"money:{code}" if key == "earned" else "integer"
            columns.append(Column(f"{code}.{key}", f"{word(look.locale, key)}, {code}", kind))
    found = [
        [_name(look, row), *((row[code][key] if code in row else None) for code in codes for key in _KEYS)]
        for row in rows
    ]
    opens = {f"{code}.{key}": TAUGHT for code in codes for key in ("completed", "earned")}
    return Table(tuple(columns), found, opens, [{"tutor_id": row["tutor_id"]} for row in rows])
