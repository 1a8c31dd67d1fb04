"""`dashboard_overview`: the headline figures of a page beside those of the period before."""

from decimal import Decimal
from typing import Any

from functions.render_chart.figures import frame, hours, numbers, saying
from functions.render_chart.figures.drill import Opens
from functions.render_chart.figures.forms import course, grid, pairs
from functions.render_chart.figures.forms.course import Buckets, Panel, Series
from functions.render_chart.figures.headlines import Headline, headlines
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.story import Column, Spark, Story, Table
from functions.render_chart.figures.words import counted, word


def figure(answer: dict[str, Any], look: Look) -> dict[str, Any]:
    """An answer of /analytics/dashboard/… or /analytics/overview as `bar`; with a course by days as `line`, with
    lessons by hours as `heatmap`."""
    found = headlines(answer, look)
    if look.kind == "heatmap":
        return _heatmap(answer, look, found)
    told = _story(answer, look, found)
    if not _anything(found) or (look.kind == "line" and not answer.get("series")):
        return frame.nothing(answer, look, told)
    if look.kind == "line":
        return _line(answer, look, told)
    shown = [pairs.Pair(one.label, one.unit, *one.values, one.opens) for one in found]
    names = (word(look.locale, "now"), word(look.locale, "before"))
    return pairs.drawn(answer, look, told, shown, names)


def _anything(found: list[Headline]) -> bool:
    return any(value for one in found for value in one.values)


def _line(answer: dict[str, Any], look: Look, told: Story) -> dict[str, Any]:
    series, locale = answer["series"], look.locale
    buckets = Buckets([point["date"] for point in series], saying.granularity(answer))

    def panel(key: str, label: str, unit: str, hue: str) -> Panel:
        values = [point.get(key) for point in series]
        family = "homework" if key == "average_score_percent" else "lessons"
        one = Series(word(locale, label), values, hue, opens=Opens(family, key))
        return Panel(word(locale, label), unit, (one,))

    found = [panel("completed", "held", "count", "blue")]
    found += [_revenue(answer, look, code) for code in _codes(answer)[:1]]
    found.append(panel("attendance_rate", "rate", "percent", "green"))
    if "average_score_percent" in series[0]:
        found.append(panel("average_score_percent", "score", "score", "purple"))
    found += [_revenue(answer, look, code) for code in _codes(answer)[1:]]
    return course.drawn(answer, look, told, buckets, found)


def _codes(answer: dict[str, Any]) -> list[str]:
    if not answer.get("revenue"):
        return []
    return saying.by_payments(answer["summary"].get("payments") or {}, "payments")


def _revenue(answer: dict[str, Any], look: Look, code: str) -> Panel:
    label = f"{word(look.locale, 'revenue')}, {numbers.sign_of(look.locale, code)}"
    values = [float(point[code]["revenue"]) for point in answer["revenue"]]
    opens = Opens("payments", "revenue", (("currency", code),))
    return Panel(label, f"money:{code}", (Series(label, values, "orange", opens=opens),))


def _story(answer: dict[str, Any], look: Look, found: list[Headline]) -> Story:
    locale, line = look.locale, look.kind == "line"
    series = answer.get("series") or []
    held = [point["completed"] for point in series]
    axes = word(locale, "overview.axes")
    if line:
        axes = word(locale, "axes.time", up=f"{word(locale, 'held')}, {word(locale, 'rate')}".lower())
    return Story(
        chart="dashboard_overview",
        title=word(locale, "overview.title"),
        finding=word(locale, "overview.course.none") if line and not series else _finding(look, found),
        axes=axes,
        table=_course(answer, look) if line and series else _table(look, found),
        extremes=saying.ends(look, word(locale, "held"), saying.whens(look, answer), held, "count")
        if line and series
        else "",
        sparks=(Spark(word(locale, "held"), held),) if held else (),
        facts=tuple(
            (one.label, numbers.full(locale, one.now, one.unit)) for one in found if one.now is not None
        ),
    )


def _finding(look: Look, found: list[Headline]) -> str:
    if not _anything(found):
        return word(look.locale, "overview.none")
    parts = []
    for one in found:
        if one.now is None:
            continue
        if one.key == "completed":
            parts.append(counted(look.locale, "overview.lessons", one.now) + _delta(look, one))
        elif one.key == "revenue":
            sums = numbers.money(look.locale, one.now, one.unit.removeprefix("money:"))
            parts.append(word(look.locale, "overview.revenue", sums=sums) + _delta(look, one))
        elif one.key == "score":
            score = numbers.short(look.locale, one.now, "score")
            parts.append(word(look.locale, "overview.score", score=score))
        elif one.key == "rate":
            rate = numbers.percent(look.locale, one.now)
            parts.append(f"{word(look.locale, 'rate').lower()} {rate}")
    return ", ".join(parts)


def _delta(look: Look, one: Headline) -> str:
    """« (+12 %)»."""
    if not one.before or not Decimal(str(one.before)):
        return ""
    rate = Decimal(str(one.now)) / Decimal(str(one.before)) - 1
    sign = "+" if rate > 0 else "−"
    if round(abs(rate), 2) == 0:
        return ""
    return word(look.locale, "overview.delta", change=f"{sign}{numbers.percent(look.locale, abs(rate))}")


def _table(look: Look, found: list[Headline]) -> Table:
    """A row for this period and one for the period before."""
    kinds = {"count": "integer"}
    columns = (
        Column("period", word(look.locale, "period"), "text"),
        *(Column(one.name, one.label, kinds.get(one.unit, one.unit)) for one in found),
    )
    rows = [
        [word(look.locale, "now"), *(one.now for one in found)],
        [word(look.locale, "before"), *(one.before for one in found)],
    ]
    return Table(columns, rows)


def _course(answer: dict[str, Any], look: Look) -> Table:
    series, locale = answer["series"], look.locale
    codes = _codes(answer)
    columns = [
        Column("date", word(locale, "date"), "date"),
        Column("scheduled", word(locale, "scheduled")),
        Column("completed", word(locale, "completed")),
        Column("attendance_rate", word(locale, "rate"), "percent"),
    ]
    if "average_score_percent" in series[0]:
        columns.append(Column("average_score_percent", word(locale, "score"), "score"))
    rows = [[point[column.key] for column in columns] for point in series]
    for code in codes:
        columns.append(Column(f"{code}.revenue", f"{word(locale, 'revenue')}, {code}", f"money:{code}"))
        for row, point in zip(rows, answer["revenue"], strict=True):
            row.append(point[code]["revenue"])
    return Table(tuple(columns), rows)


def _heatmap(answer: dict[str, Any], look: Look, found: list[Headline]) -> dict[str, Any]:
    cells, locale = answer.get("by_weekday_hour"), look.locale
    finding = word(locale, "overview.hours.none" if cells is None else "overview.none")
    if cells:
        when, many = hours.busiest(look, cells, "scheduled")
        finding = f"{word(locale, 'lessons.busiest', when=when)} ({counted(locale, 'lessons.n', many)})"
    told = Story(
        chart="dashboard_overview",
        title=word(locale, "overview.title"),
        finding=finding,
        axes=word(locale, "axes.hours"),
        table=hours.table(look, cells or [], [(k, word(locale, k)) for k in ("scheduled", "completed")]),
        extremes=hours.ends(look, cells or [], "scheduled"),
        facts=tuple(
            (one.label, numbers.full(locale, one.now, one.unit)) for one in found if one.now is not None
        ),
    )
    if not cells:
        return frame.nothing(answer, look, told)
    return grid.drawn(
        answer,
        look,
        told,
        hours.cells(look, cells, "scheduled", word(locale, "lessons"), Opens("lessons", "scheduled")),
    )
