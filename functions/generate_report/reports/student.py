"""One student's progress: for the family, in words first."""

from datetime import datetime
from zoneinfo import ZoneInfo

from functions.generate_report.document import Block, Column, Section, Table, Words
from functions.generate_report.reports import parts
from functions.generate_report.reports.parts import Fields, named
from functions.generate_report.reports.report import Asked, Drawn, Json, Material, Report
from functions.generate_report.reports.telling import ahead, progress
from lib.domain.shapes import instant_text

ANSWER, PARENT, STUDENT = "progress", "parent", "student"
HEADLINE: Fields = (
    ("completed", "integer"),
    ("attendance_rate", "rate"),
    ("average_score_percent", "score"),
    ("minutes", "hours"),
)
GROUP: Fields = (
    ("completed", "integer"),
    ("excused", "integer"),
    ("unexcused", "integer"),
    ("attendance_rate", "rate"),
    ("minutes", "hours"),
)
ASKS = (
    Asked(ANSWER, "students/{student_id}/progress", only=("subject",)),
    # What is next is on the pages of the family; a tutor has another page, and no right to these.
    Asked(PARENT, "dashboard/parent", only=("student_id", "subject"), compare=False, optional=True),
    Asked(STUDENT, "dashboard/student", only=("student_id", "subject"), compare=False, optional=True),
)
DRAWS = (Drawn("student_progress", "line", ANSWER, quick=True),)


def busy(answer: Json) -> bool:
    """Whether there was anything."""
    return any(answer["summary"][name] for name in ("scheduled", "assigned", "graded"))


def sections(material: Material) -> tuple[Section, ...]:
    """How it is going, what is next, attendance, homework."""
    say, answer = material.say, material.answers[ANSWER]
    source = parts.source(answer, say("report.student"))
    page = _page(material)
    tiles = [parts.tiles(say, answer, HEADLINE)] if busy(answer) else []
    head: list[Block] = [
        Words(progress(say, answer), "lead"),
        *tiles,
        *parts.drawn(material, "student_progress", "line"),
    ]
    found = [
        Section("", tuple(head), source),
        Section(say("next"), tuple(parts.shown(_next(material, page)))) if page else None,
        _part(material, "lessons_and_attendance", [_subjects(material), _lessons(material)]),
        _part(material, "homework", [_scores(material)]),
    ]
    return tuple(part for part in found if part and part.blocks)


def digest(material: Material) -> Json:
    """The week in a few figures, and the next lesson."""
    answer, page = material.answers[ANSWER], _page(material)
    summary, period = answer["summary"], answer["period"]
    began = datetime.fromisoformat(period["from"]).replace(tzinfo=ZoneInfo(period["tz"]))
    upcoming = page["upcoming"] if page else []
    said = {
        "week_start": instant_text(began),
        "lessons_held": summary["completed"],
        "homework_submitted": summary["submitted"],
        "average_percent": summary["average_score_percent"],
        "next_lesson_at": upcoming[0]["starts_at"] if upcoming else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _part(material: Material, title: str, blocks: list[Table]) -> Section:
    return Section(material.say(title), tuple(parts.shown(blocks)))


def _page(material: Material) -> Json | None:
    """What the family's page says of this student; None for a tutor."""
    if parent := material.answers.get(PARENT):
        children: list[Json] = parent["children"]
        wanted = material.wanted.parameters["student_id"]
        return next((child for child in children if child["student_id"] == wanted), None)
    return material.answers.get(STUDENT)


def _next(material: Material, page: Json) -> list[Block]:
    say = material.say
    return [
        Words(ahead(say, page)),
        _to_come(material, page["upcoming"]),
        _to_do(material, page["to_do"]),
    ]


def _to_come(material: Material, lessons: list[Json]) -> Table:
    say = material.say
    columns = (
        Column("starts_at", say.label("starts_at"), "instant"),
        Column("subject", say.label("subject")),
        Column("topic", say.label("topic")),
    )
    rows = [(one["starts_at"], named(say, "subject", one["subject"]), one["topic"]) for one in lessons]
    return Table(say("upcoming"), columns, rows)


def _to_do(material: Material, work: list[Json]) -> Table:
    say = material.say
    columns = (
        Column("subject", say.label("subject")),
        Column("assigned_at", say.label("assigned_at"), "instant"),
        Column("due_at", say.label("due_at"), "instant"),
    )
    rows = [(named(say, "subject", one["subject"]), one["assigned_at"], one["due_at"]) for one in work]
    return Table(say("to_do"), columns, rows)


def _subjects(material: Material) -> Table:
    say = material.say
    return parts.table(say, say("by_subject"), material.answers[ANSWER]["by_subject"], "subject", GROUP)


def _lessons(material: Material) -> Table:
    say = material.say
    columns = (
        Column("starts_at", say.label("starts_at"), "instant"),
        Column("subject", say.label("subject")),
        Column("topic", say.label("topic")),
        Column("outcome", say.label("outcome")),
    )
    rows = [
        (
            one["starts_at"],
            named(say, "subject", one["subject"]),
            one["topic"],
            say.name("outcome", one["outcome"]),
        )
        for one in material.answers[ANSWER]["last_lessons"]
    ]
    return Table(say("last_lessons"), columns, rows)


def _scores(material: Material) -> Table:
    say = material.say
    columns = (
        Column("graded_at", say.label("graded_at"), "instant"),
        Column("subject", say.label("subject")),
        Column("submitted_at", say.label("submitted_at"), "instant"),
        Column("due_at", say.label("due_at"), "instant"),
        Column("percent", say.label("percent"), "score"),
    )
    rows = [
        (
            one["graded_at"],
            named(say, "subject", one["subject"]),
            one["submitted_at"],
            one["due_at"],
            one["percent"],
        )
        for one in material.answers[ANSWER]["homework_scores"]
    ]
    return Table(say("scores"), columns, rows)


REPORT = Report("student", ASKS, DRAWS, (), sections, busy, about="student_id", warm=True, digest=digest)
