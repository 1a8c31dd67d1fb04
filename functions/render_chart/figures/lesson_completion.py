"""`lesson_completion`: what became of the lessons, and how attendance went."""

from typing import Any

from functions.render_chart.figures import frame, hours, numbers, saying
from functions.render_chart.figures.drill import Opens
from functions.render_chart.figures.forms import course, grid, shares
from functions.render_chart.figures.forms.course import Buckets, Panel, Series
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.story import Column, Spark, Story, Table
from functions.render_chart.figures.words import counted, word

PARTS = (
    ("completed", "green"),
    ("excused", "orange"),
    ("unexcused", "vermilion"),
    ("cancelled", "grey"),
    ("open", "sky"),
)

# The figures of the lessons, and the rows behind them.
OPENS = {
    name: Opens("lessons", name)
    for name in ("scheduled", "missed", "attendance_rate", *(name for name, _ in PARTS))
}


def figure(answer: dict[str, Any], look: Look) -> dict[str, Any]:
    """An answer of /analytics/lessons/stats as `bar`, `line`, `pie` (of outcomes) or `heatmap` (weekday and hour)."""
    if look.kind == "heatmap":
        return _heatmap(answer, look)
    told = _story(answer, look)
    if not answer["summary"]["scheduled"]:
        return frame.nothing(answer, look, told)
    if look.kind == "pie":
        return _pie(answer, look, told)
    buckets = Buckets([point["date"] for point in answer["series"]], saying.granularity(answer))
    return course.drawn(answer, look, told, buckets, _panels(answer["series"], look))


def _open(point: dict[str, Any]) -> int:
    return int(point["scheduled"]) - sum(int(point[name]) for name, _ in PARTS[:-1])


def _values(series: list[dict[str, Any]], name: str) -> list[int]:
    return [_open(point) if name == "open" else point[name] for point in series]


def _panels(series: list[dict[str, Any]], look: Look) -> list[Panel]:
    parts = _stack(series, look) if look.kind == "bar" else _lines(series, look)
    values = [point["attendance_rate"] for point in series]
    rate = Series(word(look.locale, "rate"), values, "blue", opens=OPENS["attendance_rate"])
    return [
        Panel(word(look.locale, "lessons"), "count", tuple(parts), 2.2),
        Panel(word(look.locale, "rate"), "percent", (rate,)),
    ]


def _stack(series: list[dict[str, Any]], look: Look) -> list[Series]:
    return [
        Series(word(look.locale, name), _values(series, name), hue, "bar", opens=OPENS[name])
        for name, hue in PARTS
        if name != "open" or any(_values(series, name))
    ]


def _lines(series: list[dict[str, Any]], look: Look) -> list[Series]:
    """Fewer than there are parts: five lines near zero cannot be told apart."""
    missed = [point["excused"] + point["unexcused"] for point in series]
    return [
        Series(
            word(look.locale, "completed"), _values(series, "completed"), "green", opens=OPENS["completed"]
        ),
        Series(word(look.locale, "missed"), missed, "vermilion", opens=OPENS["missed"]),
        Series(
            word(look.locale, "cancelled"), _values(series, "cancelled"), "grey", opens=OPENS["cancelled"]
        ),
    ]


def _pie(answer: dict[str, Any], look: Look, told: Story) -> dict[str, Any]:
    summary = answer["summary"]
    parts = tuple(
        shares.Part(word(look.locale, name), value, hue, OPENS[name])
        for name, hue in PARTS
        if (value := _values([summary], name)[0]) > 0
    )
    total = numbers.count(look.locale, summary["scheduled"])
    whole = shares.Whole(word(look.locale, "lessons"), total, "count", parts)
    return shares.drawn(answer, look, told, [whole])


def _story(answer: dict[str, Any], look: Look) -> Story:
    series, summary, locale = answer["series"], answer["summary"], look.locale
    pie = look.kind == "pie"
    up = word(locale, "lessons").lower() + ", " + word(locale, "rate").lower()
    names, held = saying.whens(look, answer), [point["completed"] for point in series]
    return Story(
        chart="lesson_completion",
        title=word(locale, "lessons.title"),
        finding=_finding(answer, look),
        axes=word(locale, "axes.parts", parts=word(locale, "lessons.outcomes"))
        if pie
        else word(locale, "axes.time", up=up),
        table=_outcomes(summary, look) if pie else _table(series, look),
        extremes="" if pie else saying.ends(look, word(locale, "completed"), names, held, "count"),
        sparks=()
        if pie
        else (
            Spark(word(locale, "completed"), held),
            Spark(word(locale, "rate"), [point["attendance_rate"] for point in series], "percent"),
        ),
        facts=tuple(
            (word(locale, name), numbers.count(locale, _values([summary], name)[0])) for name, _ in PARTS
        ),
    )


def _finding(answer: dict[str, Any], look: Look) -> str:
    summary, before, locale = answer["summary"], saying.previous(answer), look.locale
    if not summary["scheduled"]:
        return word(locale, "lessons.none")
    said = counted(locale, "lessons.held", summary["scheduled"], done=summary["completed"])
    rate = summary["attendance_rate"]
    if rate is not None:
        said += word(locale, "lessons.attendance", rate=numbers.percent(locale, rate))
        said += saying.against(look, rate, before.get("attendance_rate"), "percent")
    missed = summary["excused"] + summary["unexcused"]
    if look.kind == "pie":
        return said + word(locale, "lessons.parts", missed=missed, cancelled=summary["cancelled"])
    absences = [point["excused"] + point["unexcused"] for point in answer["series"]]
    worst = saying.only_peak(absences)
    if worst is None or absences[worst] < 2:
        return said
    day = saying.when(look, answer, answer["series"][worst]["date"])
    return said + word(locale, "lessons.worst", when=day, missed=absences[worst])


def _table(series: list[dict[str, Any]], look: Look) -> Table:
    keys = ("scheduled", "completed", "excused", "unexcused", "cancelled")
    columns = (
        Column("date", word(look.locale, "date"), "date"),
        *(Column(key, word(look.locale, key)) for key in keys),
        Column("attendance_rate", word(look.locale, "rate"), "percent"),
    )
    return Table(columns, [[point[column.key] for column in columns] for point in series], OPENS)


def _outcomes(summary: dict[str, Any], look: Look) -> Table:
    columns = (
        Column("outcome", word(look.locale, "outcome"), "text"),
        Column("lessons", word(look.locale, "lessons")),
    )
    return Table(columns, [[word(look.locale, name), _values([summary], name)[0]] for name, _ in PARTS])


def _heatmap(answer: dict[str, Any], look: Look) -> dict[str, Any]:
    found, locale = answer.get("by_weekday_hour") or [], look.locale
    finding = word(locale, "lessons.none")
    if found:
        when, many = hours.busiest(look, found, "scheduled")
        lessons = counted(locale, "lessons.n", many)
        finding = f"{word(locale, 'lessons.busiest', when=when)} ({lessons})"
    told = Story(
        chart="lesson_completion",
        title=word(locale, "lessons.title"),
        finding=finding,
        axes=word(locale, "axes.hours"),
        table=hours.table(look, found, [(k, word(locale, k)) for k in ("scheduled", "completed")]),
        extremes=hours.ends(look, found, "scheduled"),
        ranks=(hours.ranks(look, found, "scheduled"),),
    )
    if not found:
        return frame.nothing(answer, look, told)
    return grid.drawn(
        answer, look, told, hours.cells(look, found, "scheduled", word(locale, "lessons"), OPENS["scheduled"])
    )
