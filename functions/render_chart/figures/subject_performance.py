"""`subject_performance`: each subject's lessons, attendance and homework scores side by side."""

from collections.abc import Sequence
from typing import Any

from functions.render_chart.figures import frame, numbers, saying
from functions.render_chart.figures.drill import Opens
from functions.render_chart.figures.forms import cloud, ranking, tiles
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import said
from functions.render_chart.figures.ratios import merged
from functions.render_chart.figures.story import Column, Ranks, Story, Table
from functions.render_chart.figures.words import counted, named, others, word

Rows = list[dict[str, Any]]

OPENS = {
    **{key: Opens("lessons", key) for key in ("scheduled", "completed", "attendance_rate")},
    **{key: Opens("homework", key) for key in ("graded", "average_score_percent")},
}


def figure(answer: dict[str, Any], look: Look) -> dict[str, Any]:
    """An answer of /analytics/subjects/performance as `bar`, `scatter` (attendance and score) or `treemap`."""
    rows = sorted(answer["by_subject"], key=lambda row: (-row["completed"], -row["graded"], row["subject"]))
    told = _story(look, rows)
    if not any(row["scheduled"] or row["assigned"] or row["graded"] for row in rows):
        return frame.nothing(answer, look, told)
    if look.kind == "scatter":
        return _scatter(answer, look, told, rows)
    if look.kind == "treemap":
        return _treemap(answer, look, told, rows)
    return _bar(answer, look, told, rows)


def _bar(answer: dict[str, Any], look: Look, told: Story, rows: Rows) -> dict[str, Any]:
    most, locale = ranking.room(answer, look, told), look.locale
    names = [_name(look, row) for row in rows]
    shown = rows if len(rows) <= most else rows[: most - 1]
    rest = merged(rows[len(shown) :])

    each = [{"subject": row["subject"]} for row in shown]

    def measured(label: str, unit: str, key: str, hue: str, full: float | None = None) -> ranking.Measure:
        values = [row[key] for row in shown]
        return ranking.Measure(word(locale, label), unit, values, hue, full, rest[key], OPENS[key], each)

    measures = [
        measured("held", "count", "completed", "green"),
        measured("rate", "percent", "attendance_rate", "blue", 1),
        measured("score", "score", "average_score_percent", "orange", 100),
    ]
    left = len(rows) - len(shown)
    return ranking.drawn(
        answer,
        look,
        told,
        names[: len(shown)],
        measures if look.width >= 460 else measures[:1],
        others(locale)(left) if left else "",
    )


def _scatter(answer: dict[str, Any], look: Look, told: Story, rows: Rows) -> dict[str, Any]:
    known = [row for row in rows if _both(row)]
    if not known:
        return frame.nothing(answer, look, told)
    locale = look.locale
    dots = [
        cloud.Dot(
            _name(look, row),
            row["attendance_rate"],
            row["average_score_percent"],
            row["completed"],
            _told(look, row),
        )
        for row in known
    ]
    across = cloud.Axis(word(locale, "rate"), "percent")
    return cloud.drawn(answer, look, told, dots, across, cloud.Axis(word(locale, "score"), "score"))


def _treemap(answer: dict[str, Any], look: Look, told: Story, rows: Rows) -> dict[str, Any]:
    known = [row["average_score_percent"] for row in rows if row["average_score_percent"] is not None]
    low, high = min(known, default=0), max(known, default=0)
    found = [
        tiles.Tile(
            _name(look, row),
            row["completed"],
            _shade(row["average_score_percent"], low, high),
            _scored(look, row),
        )
        for row in rows
    ]
    gathered = tiles.gathered(found, others(look.locale))
    if not gathered:
        return frame.nothing(answer, look, told)
    board = tiles.Board(word(look.locale, "held"), "count", gathered)
    return tiles.drawn(answer, look, told, [board])


def _shade(score: float | None, low: float, high: float) -> float:
    """Nothing known is as light as the least."""
    return 0.0 if score is None or high == low else (score - low) / (high - low)


def _scored(look: Look, row: dict[str, Any]) -> str:
    score = row["average_score_percent"]
    if score is None:
        return ""
    return f"{word(look.locale, 'score').lower()} {numbers.short(look.locale, score, 'score')}"


def _both(row: dict[str, Any]) -> bool:
    return row["attendance_rate"] is not None and row["average_score_percent"] is not None


def _told(look: Look, row: dict[str, Any]) -> str:
    lessons = counted(look.locale, "lessons.n", row["completed"])
    rate = numbers.percent(look.locale, row["attendance_rate"])
    return f"{lessons}, {word(look.locale, 'rate').lower()} {rate}, {_scored(look, row)}"


def _name(look: Look, row: dict[str, Any]) -> str:
    return named(look.locale, "subject", row["subject"])


def _story(look: Look, rows: Rows) -> Story:
    locale = look.locale
    lower = {key: word(locale, key).lower() for key in ("held", "rate", "score")}
    dark = ".dark" if look.theme == "dark" else ""
    axes = {
        "bar": word(
            locale, "axes.ranking", rows=word(locale, "subjects.list"), across=", ".join(lower.values())
        ),
        "scatter": word(locale, "axes.dots", across=lower["rate"], up=lower["score"], size=lower["held"]),
        "treemap": word(locale, f"axes.tiles.shade{dark}", area=lower["held"], shade=lower["score"]),
    }
    names = [said(_name(look, row)) for row in rows]
    scores = [row["average_score_percent"] for row in rows]
    return Story(
        chart="subject_performance",
        title=word(locale, "subjects.title"),
        finding=_finding(look, rows),
        axes=axes[look.kind],
        table=_table(look, rows),
        extremes=saying.ends(look, word(locale, "score"), names.__getitem__, scores, "score"),
        ranks=(
            Ranks(
                [(name, row["completed"]) for name, row in zip(names, rows, strict=True)],
                "count",
                word(locale, "held"),
            ),
            Ranks(
                [(name, s) for name, s in zip(names, scores, strict=True) if s is not None],
                "score",
                word(locale, "score"),
            ),
        ),
    )


def _finding(look: Look, rows: Rows) -> str:
    locale = look.locale
    if not any(row["scheduled"] or row["assigned"] or row["graded"] for row in rows):
        return word(locale, "subjects.none")
    if look.kind == "scatter" and not any(_both(row) for row in rows):
        return word(locale, "subjects.unknown")
    first = rows[0]
    if len(rows) == 1:
        lessons = counted(locale, "lessons.n", first["completed"])
        found = word(locale, "subjects.one", subject=said(_name(look, first)), lessons=lessons)
        if first["attendance_rate"] is not None:
            rate = numbers.percent(locale, first["attendance_rate"])
            found += word(locale, "lessons.attendance", rate=rate)
        return found + (f", {_scored(look, first)}" if _scored(look, first) else "")
    most = word(locale, "subjects.most", subject=said(_name(look, first)), n=first["completed"])
    return most + saying.best_and_worst(look, "subjects.best", rows, "subject")


def _table(look: Look, rows: Sequence[dict[str, Any]]) -> Table:
    keys = ("scheduled", "completed", "graded")
    columns = (
        Column("subject", word(look.locale, "subject"), "text"),
        *(Column(key, word(look.locale, key)) for key in keys),
        Column("attendance_rate", word(look.locale, "rate"), "percent"),
        Column("average_score_percent", word(look.locale, "score"), "score"),
    )
    return Table(
        columns,
        [[_name(look, row), *(row[column.key] for column in columns[1:])] for row in rows],
        OPENS,
        [{"subject": row["subject"]} for row in rows],
    )
