"""`homework_scores`: how homework is graded, and how much of it comes on time."""

from typing import Any

from functions.render_chart.figures import frame, numbers, saying
from functions.render_chart.figures.drill import Opens
from functions.render_chart.figures.forms import cloud, course, ranking
from functions.render_chart.figures.forms.course import Buckets, Panel, Series
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import said
from functions.render_chart.figures.ratios import weighed
from functions.render_chart.figures.story import Column, Ranks, Spark, Story, Table
from functions.render_chart.figures.words import counted, named, others, word

_COUNTS = ("assigned", "submitted", "graded", "overdue")
Rows = list[dict[str, Any]]

SCORE, ON_TIME = Opens("homework", "average_score_percent"), Opens("homework", "on_time_rate")
GRADED = Opens("homework", "graded")


def figure(answer: dict[str, Any], look: Look) -> dict[str, Any]:
    """An answer of /analytics/homework/stats as `bar` (subjects; students when there is one subject only), `line`, or
    `scatter` (students: on time and score)."""
    told = _story(answer, look)
    if not any(answer["summary"][key] for key in _COUNTS):
        return frame.nothing(answer, look, told)
    if look.kind == "line":
        return _line(answer, look, told)
    return _bar(answer, look, told) if look.kind == "bar" else _scatter(answer, look, told)


def _line(answer: dict[str, Any], look: Look, told: Story) -> dict[str, Any]:
    series, locale = answer["series"], look.locale
    buckets = Buckets([point["date"] for point in series], saying.granularity(answer))
    score = Series(word(locale, "score"), [p["average_score_percent"] for p in series], "blue", opens=SCORE)
    on_time = Series(word(locale, "on_time"), [p["on_time_rate"] for p in series], "green", opens=ON_TIME)
    panels = [
        Panel(word(locale, "score"), "score", (score,), 1.4),
        Panel(word(locale, "on_time"), "percent", (on_time,)),
    ]
    return course.drawn(answer, look, told, buckets, panels)


def _by(answer: dict[str, Any], look: Look) -> tuple[str, Rows]:
    """What the rows are, and the rows, the best score first; without a score last."""
    by_subject = look.kind != "scatter" and len(answer["by_subject"]) > 1
    key, rows = ("subject", answer["by_subject"]) if by_subject else ("student_id", answer["by_student"])
    if look.kind == "line":
        key, rows = "subject", answer["by_subject"]
    return key, sorted(rows, key=lambda row: (-(row["average_score_percent"] or -1.0), row[key]))


def _called(row: dict[str, Any], key: str) -> str:
    """A name that was given with the answer stands for the id."""
    return str(row.get("name") or row[key])


def _bar(answer: dict[str, Any], look: Look, told: Story) -> dict[str, Any]:
    key, rows = _by(answer, look)
    locale, most = look.locale, ranking.room(answer, look, told)
    names = [named(locale, key, _called(row, key)) for row in rows]
    shown = rows if len(rows) <= most else rows[: most - 1]
    left = rows[len(shown) :]
    # How many of them had a due date is not told: the rest has no rate on time.
    score, graded = weighed(left, "average_score_percent", "graded"), sum(row["graded"] for row in left)
    scores = [row["average_score_percent"] for row in shown]
    rates, done = [row["on_time_rate"] for row in shown], [row["graded"] for row in shown]
    each = [{key: row[key]} for row in shown]
    measures = [
        ranking.Measure(word(locale, "score"), "score", scores, "blue", 100, score, SCORE, each),
        ranking.Measure(word(locale, "on_time"), "percent", rates, "green", 1, None, ON_TIME, each),
        ranking.Measure(word(locale, "graded"), "count", done, "orange", None, graded, GRADED, each),
    ]
    return ranking.drawn(
        answer,
        look,
        told,
        names[: len(shown)],
        measures if look.width >= 460 else measures[:1],
        others(locale)(len(left)) if left else "",
    )


def _scatter(answer: dict[str, Any], look: Look, told: Story) -> dict[str, Any]:
    key, rows = _by(answer, look)
    dots = [
        cloud.Dot(
            named(look.locale, key, _called(row, key)),
            row["on_time_rate"],
            row["average_score_percent"],
            row["graded"],
            _told(look, row),
        )
        for row in rows
        if _both(row)
    ]
    if not dots:
        return frame.nothing(answer, look, told)
    across = cloud.Axis(word(look.locale, "on_time"), "percent")
    return cloud.drawn(answer, look, told, dots, across, cloud.Axis(word(look.locale, "score"), "score"))


def _both(row: dict[str, Any]) -> bool:
    return row["on_time_rate"] is not None and row["average_score_percent"] is not None


def _told(look: Look, row: dict[str, Any]) -> str:
    score = numbers.short(look.locale, row["average_score_percent"], "score")
    rate = numbers.percent(look.locale, row["on_time_rate"])
    works = counted(look.locale, "homework.works", row["graded"])
    return f"{works}, {word(look.locale, 'score').lower()} {score}, {word(look.locale, 'on_time').lower()} {rate}"


def _story(answer: dict[str, Any], look: Look) -> Story:
    locale = look.locale
    key, rows = _by(answer, look)
    score, on_time = word(locale, "score").lower(), word(locale, "on_time").lower()
    who = word(locale, "subjects.list" if key == "subject" else "homework.students")
    axes = {
        "bar": word(locale, "axes.ranking", rows=who, across=f"{score}, {on_time}"),
        "line": word(locale, "axes.time", up=f"{score}, {on_time}"),
        "scatter": word(locale, "axes.dots", across=on_time, up=score, size=word(locale, "graded").lower()),
    }
    by_day = [point["average_score_percent"] for point in answer["series"]]
    names = [said(named(locale, key, _called(row, key))) for row in rows]
    scores = [row["average_score_percent"] for row in rows]
    line = look.kind == "line"
    return Story(
        chart="homework_scores",
        title=word(locale, "homework.title"),
        finding=_finding(answer, look, key, rows),
        axes=axes[look.kind],
        table=_table(answer, look, key, rows),
        extremes=saying.ends(
            look,
            word(locale, "score"),
            saying.whens(look, answer) if line else names.__getitem__,
            by_day if line else scores,
            "score",
        ),
        sparks=(Spark(word(locale, "score"), by_day, "score"),) if line else (),
        ranks=(
            Ranks(
                [(n, s) for n, s in zip(names, scores, strict=True) if s is not None],
                "score",
                word(locale, "score"),
            ),
        ),
    )


def _finding(answer: dict[str, Any], look: Look, key: str, rows: Rows) -> str:
    summary, locale = answer["summary"], look.locale
    if not any(summary[each] for each in _COUNTS):
        return word(locale, "homework.none")
    score = summary["average_score_percent"]
    if score is None:
        return counted(locale, "homework.graded.none", summary["assigned"])
    written = numbers.short(locale, score, "score")
    found = counted(locale, "homework.graded", summary["graded"], score=written)
    found += saying.against(look, score, saying.previous(answer).get("average_score_percent"), "score")
    if summary["on_time_rate"] is not None:
        found += word(locale, "homework.on_time", rate=numbers.percent(locale, summary["on_time_rate"]))
    return found + (
        _trend(answer, look)
        if look.kind == "line"
        else saying.best_and_worst(look, "homework.best", rows, key)
    )


def _trend(answer: dict[str, Any], look: Look) -> str:
    """From the first third to the last one: single days say little."""
    points = [p for p in answer["series"] if p["average_score_percent"] is not None]
    third = len(points) // 3
    if not third or sum(point["graded"] for point in points) < 3 * saying.FEW:
        return ""
    first, last = (
        weighed(part, "average_score_percent", "graded") for part in (points[:third], points[-third:])
    )
    if first is None or last is None or round(first) == round(last):
        return ""
    first_written, last_written = (numbers.short(look.locale, each, "score") for each in (first, last))
    return word(look.locale, "homework.trend", first=first_written, last=last_written)


def _table(answer: dict[str, Any], look: Look, key: str, rows: Rows) -> Table:
    line = look.kind == "line"
    by = "date" if line else key
    columns = (
        Column(by, word(look.locale, by), "date" if line else "text"),
        *(Column(name, word(look.locale, name)) for name in _COUNTS),
        Column("on_time_rate", word(look.locale, "on_time"), "percent"),
        Column("average_score_percent", word(look.locale, "score"), "score"),
    )
    of = answer["series"] if line else rows
    found = [
        [
            row[by] if line else named(look.locale, key, _called(row, key)),
            *(row[column.key] for column in columns[1:]),
        ]
        for row in of
    ]
    opens = {column.key: Opens("homework", column.key) for column in columns[1:]}
    return Table(columns, found, opens, () if line else [{key: row[key]} for row in of])
