"""`student_progress`: one student's grades, attendance and lessons."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from functions.render_chart.figures import days, frame, numbers, saying
from functions.render_chart.figures.drill import Opens
from functions.render_chart.figures.forms import course, ranking
from functions.render_chart.figures.forms.course import Buckets, Panel, Series
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import escaped, said, tidy
from functions.render_chart.figures.palette import ORDER
from functions.render_chart.figures.story import Column, Ranks, Spark, Story, Table
from functions.render_chart.figures.words import counted, named, word

# Signs are told apart up to here; further subjects share the last one.
MOST_SUBJECTS = 6
Grades = list[dict[str, Any]]

OPENS = {key: Opens("lessons", key) for key in ("completed", "missed", "cancelled", "attendance_rate")}
SCORE = Opens("homework", "average_score_percent")


def figure(answer: dict[str, Any], look: Look) -> dict[str, Any]:
    """An answer of /analytics/students/{id}/progress as `line`, `bar` (subjects) or `scatter` (single grades)."""
    told = _story(answer, look)
    if not answer["summary"]["scheduled"] and not answer["summary"]["graded"]:
        return frame.nothing(answer, look, told)
    if look.kind == "scatter":
        return _scatter(answer, look, told)
    return _bar(answer, look, told) if look.kind == "bar" else _line(answer, look, told)


def _line(answer: dict[str, Any], look: Look, told: Story) -> dict[str, Any]:
    """A day without a grade is no gap in what a student can do: the line goes on."""
    series, locale = answer["series"], look.locale
    score = [point["average_score_percent"] for point in series]
    missed = [point["excused"] + point["unexcused"] for point in series]
    held = (
        Series(
            word(locale, "completed"),
            [point["completed"] for point in series],
            "green",
            "bar",
            opens=OPENS["completed"],
        ),
        Series(word(locale, "missed"), missed, "vermilion", "bar", opens=OPENS["missed"]),
        Series(
            word(locale, "cancelled"),
            [point["cancelled"] for point in series],
            "grey",
            "bar",
            opens=OPENS["cancelled"],
        ),
    )
    panels = [
        Panel(
            word(locale, "score"),
            "score",
            (Series(word(locale, "score"), score, "blue", joined=True, opens=SCORE),),
            1.6,
        ),
        Panel(word(locale, "lessons"), "count", held),
    ]
    buckets = Buckets([point["date"] for point in series], saying.granularity(answer))
    return course.drawn(answer, look, told, buckets, panels)


def _bar(answer: dict[str, Any], look: Look, told: Story) -> dict[str, Any]:
    rows, locale = _subjects(answer, look)[: ranking.room(answer, look, told)], look.locale
    measures = [
        ranking.Measure(word(locale, "held"), "count", [row["completed"] for row in rows], "green"),
        ranking.Measure(word(locale, "rate"), "percent", [row["attendance_rate"] for row in rows], "blue", 1),
        ranking.Measure(word(locale, "score"), "score", [row["score"] for row in rows], "orange", 100),
    ]
    names = [row["name"] for row in rows]
    return ranking.drawn(answer, look, told, names, measures if look.width >= 460 else measures[:1])


def _subjects(answer: dict[str, Any], look: Look) -> list[dict[str, Any]]:
    """Lessons of each subject beside the mean of the grades listed; the most lessons first."""
    taught = {row["subject"]: row for row in answer["by_subject"]}
    grades: dict[str, list[float]] = {}
    for grade in _graded(answer):
        grades.setdefault(grade["subject"] or "", []).append(grade["percent"])
    found = [
        {
            "name": named(look.locale, "subject", subject),
            "completed": taught.get(subject, {}).get("completed", 0),
            "attendance_rate": taught.get(subject, {}).get("attendance_rate"),
            "score": sum(grades[subject]) / len(grades[subject]) if subject in grades else None,
        }
        for subject in sorted({*taught, *grades})
    ]
    return sorted(found, key=lambda row: (-row["completed"], row["name"]))


def _graded(answer: dict[str, Any]) -> Grades:
    return [grade for grade in answer["homework_scores"] if grade["percent"] is not None]


def _scatter(answer: dict[str, Any], look: Look, told: Story) -> dict[str, Any]:
    grades = _graded(answer)
    if not grades:
        return frame.nothing(answer, look, told)
    subjects = list(
        dict.fromkeys(named(look.locale, "subject", grade["subject"]) for grade in reversed(grades))
    )
    shown = [*subjects[:MOST_SUBJECTS]]
    if len(subjects) > MOST_SUBJECTS:
        shown = [
            *subjects[: MOST_SUBJECTS - 1],
            word(look.locale, "others", n=len(subjects) - MOST_SUBJECTS + 1),
        ]
    series = [
        _dots(answer, look, name, hue, [g for g in grades if _group(look, g, shown) == name])
        for name, hue in zip(shown, ORDER, strict=False)
    ]
    panel = Panel(word(look.locale, "grade"), "score", tuple(series))
    return course.drawn(answer, look, told, Buckets(_all_days(answer), "day"), [panel])


def _group(look: Look, grade: dict[str, Any], shown: list[str]) -> str:
    name = named(look.locale, "subject", grade["subject"])
    return name if name in shown else shown[-1]


def _dots(answer: dict[str, Any], look: Look, name: str, hue: str, grades: Grades) -> Series:
    at = [_day(answer, grade) for grade in grades]
    said_ = [
        f"{days.whole(look.locale, date.fromisoformat(day), 'day')}<br>"
        f"{escaped(tidy(named(look.locale, 'subject', grade['subject'])))}"
        for day, grade in zip(at, grades, strict=True)
    ]
    return Series(tidy(name), [grade["percent"] for grade in grades], hue, "dot", at=at, said=said_)


def _day(answer: dict[str, Any], grade: dict[str, Any]) -> str:
    """The local day of grading, within the period."""
    at = datetime.fromisoformat(grade["graded_at"]).astimezone(ZoneInfo(answer["period"]["tz"]))
    return min(max(at.date().isoformat(), str(answer["period"]["from"])), str(answer["period"]["to"]))


def _all_days(answer: dict[str, Any]) -> list[str]:
    first, last = (date.fromisoformat(answer["period"][end]) for end in ("from", "to"))
    return [(first + timedelta(days=i)).isoformat() for i in range((last - first).days + 1)]


def _story(answer: dict[str, Any], look: Look) -> Story:
    locale, series = look.locale, answer["series"]
    subjects = _subjects(answer, look)
    score, rate = word(locale, "score").lower(), word(locale, "lessons").lower()
    axes = {
        "line": word(locale, "axes.time", up=f"{score}, {rate}"),
        "bar": word(
            locale,
            "axes.ranking",
            rows=word(locale, "subjects.list"),
            across=f"{word(locale, 'held').lower()}, {score}",
        ),
        "scatter": word(locale, "student.axes"),
    }
    by_bucket = [point["average_score_percent"] for point in series]
    ranked = [(said(row["name"]), row["completed"]) for row in subjects]
    return Story(
        chart="student_progress",
        title=word(locale, "student.title"),
        finding=_finding(answer, look),
        axes=axes[look.kind],
        table=_table(answer, look, subjects),
        extremes=saying.ends(look, word(locale, "score"), saying.whens(look, answer), by_bucket, "score"),
        sparks=(Spark(word(locale, "score"), [v for v in by_bucket if v is not None], "score"),),
        ranks=(Ranks(ranked, "count", word(locale, "held")),),
    )


def _finding(answer: dict[str, Any], look: Look) -> str:
    summary, locale = answer["summary"], look.locale
    if not summary["scheduled"] and not summary["graded"]:
        return word(locale, "student.none")
    found = word(locale, "student.ungraded")
    if summary["average_score_percent"] is not None:
        score = numbers.short(locale, summary["average_score_percent"], "score")
        found = counted(locale, "student.graded", summary["graded"], score=score)
        before = saying.previous(answer).get("average_score_percent")
        found += saying.against(look, summary["average_score_percent"], before, "score")
    if summary["attendance_rate"] is not None:
        rate = numbers.percent(locale, summary["attendance_rate"])
        found += word(locale, "lessons.attendance", rate=rate)
    found += counted(locale, "student.balance", answer["balance"]["lessons"])
    listed = len(_graded(answer))
    if look.kind == "scatter" and 0 < listed < summary["graded"]:
        found += counted(locale, "student.shown", listed)
    return found


def _table(answer: dict[str, Any], look: Look, subjects: list[dict[str, Any]]) -> Table:
    locale = look.locale
    score, rate = Column("score", word(locale, "score"), "score"), word(locale, "rate")
    columns: tuple[Column, ...]
    if look.kind == "bar":
        columns = (
            Column("name", word(locale, "subject"), "text"),
            Column("completed", word(locale, "held")),
            Column("attendance_rate", rate, "percent"),
            score,
        )
        return Table(columns, [[row[column.key] for column in columns] for row in subjects])
    if look.kind == "scatter":
        columns = (
            Column("graded_at", word(locale, "graded_at"), "date"),
            Column("subject", word(locale, "subject"), "text"),
            Column("percent", word(locale, "grade"), "score"),
        )
        rows = [
            [_day(answer, g), named(locale, "subject", g["subject"]), g["percent"]] for g in _graded(answer)
        ]
        return Table(columns, rows)
    columns = (
        Column("date", word(locale, "date"), "date"),
        Column("scheduled", word(locale, "scheduled")),
        Column("completed", word(locale, "completed")),
        Column("attendance_rate", rate, "percent"),
        Column("graded", word(locale, "graded")),
        Column("average_score_percent", word(locale, "score"), "score"),
    )
    return Table(columns, [[point[column.key] for column in columns] for point in answer["series"]])
