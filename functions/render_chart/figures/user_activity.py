"""`user_activity`: who is active, who logs in, who came and who left."""

from typing import Any

from functions.render_chart.figures import frame, hours, saying
from functions.render_chart.figures.drill import Opens
from functions.render_chart.figures.forms import course, grid
from functions.render_chart.figures.forms.course import Buckets, Panel, Series
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.numbers import count
from functions.render_chart.figures.story import Column, Spark, Story, Table
from functions.render_chart.figures.words import counted, word

_KEYS = ("registered", "active", "logins", "deactivated")

OPENS = {key: Opens("users", key) for key in _KEYS}


def figure(answer: dict[str, Any], look: Look) -> dict[str, Any]:
    """An answer of /analytics/users/activity as `line`, `bar` or `heatmap` (weekday and hour of actions)."""
    if look.kind == "heatmap":
        return _heatmap(answer, look)
    told = _story(answer, look)
    if not any(answer["summary"][key] for key in _KEYS):
        return frame.nothing(answer, look, told)
    buckets = Buckets([point["date"] for point in answer["series"]], saying.granularity(answer))
    panels = _bars(answer, look) if look.kind == "bar" else _lines(answer, look)
    return course.drawn(answer, look, told, buckets, panels)


def _values(answer: dict[str, Any], key: str) -> list[int]:
    return [point[key] for point in answer["series"]]


def _lines(answer: dict[str, Any], look: Look) -> list[Panel]:
    locale = look.locale
    hues = {"active": "blue", "logins": "orange", "registered": "green", "deactivated": "vermilion"}
    one = {
        key: Series(word(locale, key), _values(answer, key), hue, opens=OPENS[key])
        for key, hue in hues.items()
    }
    return [
        Panel(word(locale, "visits"), "count", (one["active"], one["logins"]), 2),
        Panel(word(locale, "came"), "count", (one["registered"], one["deactivated"])),
    ]


def _bars(answer: dict[str, Any], look: Look) -> list[Panel]:
    """Those who left hang below the line."""
    locale = look.locale
    gone = [-each if each else 0 for each in _values(answer, "deactivated")]
    joined = (
        Series(
            word(locale, "registered"),
            _values(answer, "registered"),
            "green",
            "bar",
            opens=OPENS["registered"],
        ),
        Series(word(locale, "deactivated"), gone, "vermilion", "bar", opens=OPENS["deactivated"]),
    )
    active = Series(word(locale, "active"), _values(answer, "active"), "blue", "bar", opens=OPENS["active"])
    return [
        Panel(word(locale, "active"), "count", (active,), 2),
        Panel(word(locale, "came"), "count", joined),
    ]


def _story(answer: dict[str, Any], look: Look) -> Story:
    locale, active = look.locale, _values(answer, "active")
    summary = answer["summary"]
    return Story(
        chart="user_activity",
        title=word(locale, "users.title"),
        finding=_finding(answer, look),
        axes=word(locale, "axes.time", up=f"{word(locale, 'visits')}, {word(locale, 'came')}".lower()),
        table=_table(answer, look),
        extremes=saying.ends(look, word(locale, "active"), saying.whens(look, answer), active, "count"),
        sparks=(
            Spark(word(locale, "active"), active),
            Spark(word(locale, "logins"), _values(answer, "logins")),
        ),
        facts=tuple((word(locale, key), count(locale, summary[key])) for key in _KEYS),
    )


def _finding(answer: dict[str, Any], look: Look) -> str:
    summary, locale = answer["summary"], look.locale
    if not any(summary[key] for key in _KEYS):
        return word(locale, "users.none")
    found = counted(locale, "users.active", summary["active"])
    found += saying.change(look, summary["active"], saying.previous(answer).get("active"))
    if summary["registered"]:
        found += word(locale, "users.joined", n=summary["registered"])
    active = _values(answer, "active")
    best = saying.only_peak(active)
    if best is None:
        return found
    day = saying.when(look, answer, answer["series"][best]["date"])
    return found + word(locale, "users.best", when=day, n=active[best])


def _table(answer: dict[str, Any], look: Look) -> Table:
    columns = (
        Column("date", word(look.locale, "date"), "date"),
        *(Column(key, word(look.locale, key)) for key in _KEYS),
    )
    return Table(columns, [[point[column.key] for column in columns] for point in answer["series"]], OPENS)


def _heatmap(answer: dict[str, Any], look: Look) -> dict[str, Any]:
    found, locale = answer.get("heatmap") or [], look.locale
    finding = word(locale, "users.none")
    if found:
        when, many = hours.busiest(look, found, "actions")
        actions = counted(locale, "users.actions", many)
        finding = f"{word(locale, 'users.busiest', when=when)} ({actions})"
    told = Story(
        chart="user_activity",
        title=word(locale, "users.title"),
        finding=finding,
        axes=word(locale, "axes.hours"),
        table=hours.table(look, found, [("actions", word(locale, "actions"))]),
        extremes=hours.ends(look, found, "actions"),
        ranks=(hours.ranks(look, found, "actions"),),
    )
    if not found:
        return frame.nothing(answer, look, told)
    return grid.drawn(answer, look, told, hours.cells(look, found, "actions", word(locale, "actions")))
