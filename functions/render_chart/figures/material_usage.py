"""`material_usage`: what is opened and downloaded."""

from typing import Any

from functions.render_chart.figures import frame, numbers, saying
from functions.render_chart.figures.drill import Opens
from functions.render_chart.figures.forms import course, ranking, shares, tiles
from functions.render_chart.figures.forms.course import Buckets, Panel, Series
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import said
from functions.render_chart.figures.story import Column, Ranks, Spark, Story, Table
from functions.render_chart.figures.words import counted, named, others, word

_KEYS = ("created", "accessed", "downloads", "unique_users")
_POPULAR = ("accessed", "downloads", "unique_users")


def figure(answer: dict[str, Any], look: Look) -> dict[str, Any]:
    """An answer of /analytics/materials/usage as `bar` (the most popular), `treemap`, `pie` (subjects) or `line`."""
    told = _story(answer, look)
    if not any(answer["summary"][key] for key in _KEYS):
        return frame.nothing(answer, look, told)
    if look.kind == "line":
        return _line(answer, look, told)
    if look.kind == "bar":
        return _bar(answer, look, told)
    return _by_subject(answer, look, told)


def _line(answer: dict[str, Any], look: Look, told: Story) -> dict[str, Any]:
    hues = {"accessed": "blue", "downloads": "orange", "created": "green"}
    one = {
        key: Series(
            word(look.locale, key),
            [point[key] for point in answer["series"]],
            hue,
            opens=Opens("materials", key),
        )
        for key, hue in hues.items()
    }
    buckets = Buckets([point["date"] for point in answer["series"]], saying.granularity(answer))
    panels = [
        Panel(word(look.locale, "materials.used"), "count", (one["accessed"], one["downloads"]), 2),
        Panel(word(look.locale, "created"), "count", (one["created"],)),
    ]
    return course.drawn(answer, look, told, buckets, panels)


def _bar(answer: dict[str, Any], look: Look, told: Story) -> dict[str, Any]:
    rows = answer["popular"][: ranking.room(answer, look, told)]
    if not rows:
        return frame.nothing(answer, look, told)
    hues = {"accessed": "blue", "downloads": "orange", "unique_users": "green"}
    measures = [
        ranking.Measure(word(look.locale, key), "count", [row[key] for row in rows], hue)
        for key, hue in hues.items()
    ]
    names = [_title(row) for row in rows]
    return ranking.drawn(answer, look, told, names, measures if look.width >= 460 else measures[:1])


def _by_subject(answer: dict[str, Any], look: Look, told: Story) -> dict[str, Any]:
    rows, rest = answer["by_subject"], others(look.locale)
    if not any(row["accessed"] for row in rows):
        return frame.nothing(answer, look, told)
    opened = word(look.locale, "accessed")
    names = [named(look.locale, "subject", row["subject"]) for row in rows]
    if look.kind == "treemap":
        found = [tiles.Tile(name, row["accessed"]) for name, row in zip(names, rows, strict=True)]
        return tiles.drawn(answer, look, told, [tiles.Board(opened, "count", tiles.gathered(found, rest))])
    parts = [
        shares.Part(name, row["accessed"], opens=_opens(row["subject"]))
        for name, row in zip(names, rows, strict=True)
    ]
    total = numbers.short(look.locale, sum(row["accessed"] for row in rows), "count")
    whole = shares.Whole(opened, total, "count", shares.gathered([parts], rest)[0])
    return shares.drawn(answer, look, told, [whole])


def _opens(subject: str) -> Opens | None:
    return Opens("materials", "accessed", (("subject", subject),)) if subject else None


def _title(row: dict[str, Any]) -> str:
    """A material that was opened before it was made known has an id only."""
    return str(row.get("title") or row["material_id"])


def _story(answer: dict[str, Any], look: Look) -> Story:
    locale = look.locale
    opened = word(locale, "materials.noun")
    axes = {
        "bar": word(locale, "axes.ranking", rows=word(locale, "materials.list"), across=opened),
        "treemap": word(locale, "axes.tiles", area=opened),
        "pie": word(locale, "axes.parts", parts=word(locale, "subjects.list")),
        "line": word(locale, "axes.time", up=opened),
    }
    subjects = [
        (said(named(locale, "subject", row["subject"])), row["accessed"])
        for row in sorted(answer["by_subject"], key=lambda row: -row["accessed"])
    ]
    popular = [(said(_title(row)), row["accessed"]) for row in answer["popular"]]
    opened_by_day = [point["accessed"] for point in answer["series"]]
    rows = {"bar": popular, "treemap": subjects, "pie": subjects}.get(look.kind)
    name = [name for name, _ in rows].__getitem__ if rows is not None else saying.whens(look, answer)
    values = [value for _, value in rows] if rows is not None else opened_by_day
    return Story(
        chart="material_usage",
        title=word(locale, "materials.title"),
        finding=_finding(answer, look),
        axes=axes[look.kind],
        table=_table(answer, look),
        extremes=saying.ends(look, word(locale, "accessed"), name, values, "count"),
        sparks=() if rows is not None else (Spark(word(locale, "accessed"), opened_by_day),),
        ranks=(Ranks(popular if rows is None else rows, "count", word(locale, "accessed")),),
    )


def _finding(answer: dict[str, Any], look: Look) -> str:
    summary, locale = answer["summary"], look.locale
    if not any(summary[key] for key in _KEYS):
        return word(locale, "materials.none")
    found = counted(locale, "materials.opened", summary["accessed"])
    found += saying.change(look, summary["accessed"], saying.previous(answer).get("accessed"))
    if summary["downloads"]:
        found += counted(locale, "materials.downloads", summary["downloads"])
    by_subject = [row for row in answer["by_subject"] if row["accessed"]]
    if look.kind in ("treemap", "pie") and len(by_subject) > 1:
        best = max(by_subject, key=lambda row: row["accessed"])
        share = numbers.percent(locale, best["accessed"] / sum(row["accessed"] for row in by_subject))
        name = said(named(locale, "subject", best["subject"]))
        return found + word(locale, "materials.best.subject", subject=name, share=share)
    popular = answer["popular"]
    if popular and popular[0]["accessed"] and len(popular) > 1:
        title = said(_title(popular[0]))
        found += word(locale, "materials.best", title=title, n=popular[0]["accessed"])
    return found


def _table(answer: dict[str, Any], look: Look) -> Table:
    locale = look.locale
    if look.kind == "bar":
        columns = (
            Column("title", word(locale, "material"), "text"),
            Column("subject", word(locale, "subject"), "text"),
            *(Column(key, word(locale, key)) for key in _POPULAR),
        )
        rows = [
            [_title(row), named(locale, "subject", row["subject"]), *(row[key] for key in _POPULAR)]
            for row in answer["popular"]
        ]
        return Table(columns, rows)
    by, of = ("date", "series") if look.kind == "line" else ("subject", "by_subject")
    columns = (
        Column(by, word(locale, by), "date" if by == "date" else "text"),
        *(Column(key, word(locale, key)) for key in _KEYS),
    )
    first = (lambda row: row[by]) if by == "date" else (lambda row: named(locale, by, row[by]))
    return Table(columns, [[first(row), *(row[key] for key in _KEYS)] for row in answer[of]])
