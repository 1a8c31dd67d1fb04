"""`retention`: who comes back, by the month of the first action."""

from datetime import date
from typing import Any

from functions.render_chart.figures import days, frame, numbers, saying
from functions.render_chart.figures.forms import course, grid
from functions.render_chart.figures.forms.course import Buckets, Panel, Series
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.palette import ORDER
from functions.render_chart.figures.story import Column, Spark, Story, Table, Value
from functions.render_chart.figures.words import counted, word

MOST_LINES = 5
_AVERAGE = "green"
Cohorts = list[dict[str, Any]]


def figure(answer: dict[str, Any], look: Look) -> dict[str, Any]:
    """An answer of /analytics/users/retention as `heatmap` or `line`."""
    cohorts = [cohort for cohort in answer["cohorts"] if cohort["users"]]
    told = _story(answer, look, cohorts)
    # The first month is the cohort itself: there is something to see from the second on.
    if max((len(cohort["active"]) for cohort in cohorts), default=0) < 2:
        return frame.nothing(answer, look, told)
    return (_line if look.kind == "line" else _heatmap)(answer, look, told, cohorts)


def _heatmap(answer: dict[str, Any], look: Look, told: Story, cohorts: Cohorts) -> dict[str, Any]:
    width = max(len(cohort["rate"]) for cohort in cohorts)
    shown = [cohort for cohort in cohorts if len(cohort["rate"]) > 1]
    labels = [_month(look, cohort) for cohort in shown]
    cells = grid.Cells(
        rows=[
            f"{label} ({numbers.count(look.locale, c['users'])})"
            for label, c in zip(labels, shown, strict=True)
        ],
        columns=[str(k) for k in range(1, width)],
        values=[[*c["rate"][1:], *([None] * (width - len(c["rate"])))] for c in shown],
        unit="percent",
        heading=word(look.locale, "retention.heading"),
        long_rows=labels,
        long_columns=[word(look.locale, "retention.k", n=k) for k in range(1, width)],
        top=1.0,
        across=word(look.locale, "retention.across"),
    )
    return grid.drawn(answer, look, told, cells)


def _line(answer: dict[str, Any], look: Look, told: Story, cohorts: Cohorts) -> dict[str, Any]:
    means = _means(cohorts)
    latest = [cohort for cohort in cohorts if len(cohort["rate"]) > 1][-MOST_LINES:]
    series = [
        Series(
            word(look.locale, "retention.cohort", month=_month(look, cohort)),
            [*cohort["rate"], *([None] * (len(means) - len(cohort["rate"])))],
            hue,
        )
        for cohort, hue in zip(latest, ORDER, strict=False)
    ]
    if len(cohorts) > 1:
        series.append(Series(word(look.locale, "retention.all"), means, _AVERAGE))
    buckets = Buckets([str(k) for k in range(len(means))], "plain", word(look.locale, "retention.across"))
    panel = Panel(word(look.locale, "retention.heading"), "percent", tuple(series))
    return course.drawn(answer, look, told, buckets, [panel])


def _means(cohorts: Cohorts) -> list[Value]:
    """Of all that are old enough, each user as heavy as every other."""
    found: list[Value] = []
    for k in range(max((len(cohort["active"]) for cohort in cohorts), default=0)):
        old = [cohort for cohort in cohorts if len(cohort["active"]) > k]
        users = sum(cohort["users"] for cohort in old)
        found.append(sum(cohort["active"][k] for cohort in old) / users if users else None)
    return found


def _month(look: Look, cohort: dict[str, Any]) -> str:
    return days.month(look.locale, date.fromisoformat(f"{cohort['month']}-01"))


def _story(answer: dict[str, Any], look: Look, cohorts: Cohorts) -> Story:
    locale, means = look.locale, _means(cohorts)
    first = [cohort["rate"][1] if len(cohort["rate"]) > 1 else None for cohort in cohorts]
    names = [_month(look, cohort) for cohort in cohorts]
    return Story(
        chart="retention",
        title=word(locale, "retention.title"),
        finding=_finding(look, cohorts, means, first),
        axes=word(locale, "retention.axes.line" if look.kind == "line" else "retention.axes"),
        table=_table(answer, look),
        extremes=saying.ends(look, word(locale, "retention.k", n=1), names.__getitem__, first, "percent"),
        sparks=(Spark(word(locale, "retention.all"), means, "percent"),) if len(means) > 1 else (),
        facts=tuple(
            (name, numbers.percent(locale, rate))
            for name, rate in zip(names, first, strict=True)
            if rate is not None
        )[-12:],
    )


def _finding(look: Look, cohorts: Cohorts, means: list[Value], first: list[Value]) -> str:
    locale = look.locale
    if not cohorts:
        return word(locale, "retention.none")
    if len(means) < 2 or means[1] is None:
        return word(locale, "retention.few")
    found = word(locale, "retention.first", rate=numbers.percent(locale, means[1]))
    later = min(len(means) - 1, 6)
    if later >= 3 and (rate := means[later]) is not None:
        found += counted(locale, "retention.later", later, rate=numbers.percent(locale, rate))
    known = [
        value if cohort["users"] >= saying.FEW else None for value, cohort in zip(first, cohorts, strict=True)
    ]
    best = saying.only_peak(known)
    if best is None:
        return found
    written = numbers.percent(locale, known[best] or 0)
    return found + word(locale, "retention.best", month=_month(look, cohorts[best]), rate=written)


def _table(answer: dict[str, Any], look: Look) -> Table:
    """All cohorts; the shares of the months that have not come are empty."""
    width = max((len(cohort["rate"]) for cohort in answer["cohorts"]), default=0)
    columns = (
        Column("month", word(look.locale, "month"), "month"),
        Column("users", word(look.locale, "users")),
        *(Column(f"rate.{k}", word(look.locale, "retention.k", n=k), "percent") for k in range(1, width)),
    )
    rows = [
        [cohort["month"], cohort["users"], *cohort["rate"][1:], *([None] * (width - len(cohort["rate"])))]
        for cohort in answer["cohorts"]
    ]
    return Table(columns, rows)
