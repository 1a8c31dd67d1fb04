"""One tutor's report: lessons, students, earnings, what is left to do."""

from functions.generate_report.document import Block, Column, Section, Source, Table
from functions.generate_report.reports import lesson, parts
from functions.generate_report.reports.parts import Fields, named
from functions.generate_report.reports.report import Asked, Drawn, Json, Material, Report

PAGE, EARNED = "tutor", "earnings"
ONLY = ("tutor_id", "subject")
EARNINGS: Fields = (
    ("earned", "money"),
    ("completed", "integer"),
    ("minutes", "hours"),
    ("unpriced", "integer"),
)
STUDENTS: Fields = (
    ("completed", "integer"),
    ("attendance_rate", "rate"),
    ("graded", "integer"),
    ("average_score_percent", "score"),
)
ASKS = (
    Asked(lesson.ANSWER, "lessons/stats", only=ONLY),
    Asked(EARNED, "tutors/earnings", only=ONLY),
    Asked(PAGE, "dashboard/tutor", only=ONLY, compare=False),
)
DRAWS = (
    Drawn("lesson_completion", "bar", lesson.ANSWER, quick=True),
    Drawn("lesson_completion", "heatmap", lesson.ANSWER),
)


def sections(material: Material) -> tuple[Section, ...]:
    """Lessons, earnings, students, what is next; each with the receipt of its answer."""
    say = material.say
    found = [
        Section(
            say("lessons"),
            tuple(parts.shown(_lessons(material))),
            _source(material, lesson.ANSWER, "lessons"),
        ),
        Section(say("earnings"), tuple(_earned(material)), _source(material, EARNED, "earnings")),
        Section(say("students"), tuple(_students(material)), _source(material, PAGE, "students")),
        Section(say("next"), tuple(parts.shown(_next(material))), _source(material, PAGE, "next")),
    ]
    return tuple(part for part in found if part.blocks)


def _source(material: Material, answer: str, title: str) -> Source:
    return parts.source(material.answers[answer], material.say(title))


def _lessons(material: Material) -> list[Block]:
    say, answer = material.say, material.answers[lesson.ANSWER]
    if not lesson.busy(answer):
        return [parts.nothing(say, "lesson")]
    return [
        parts.tiles(say, answer, lesson.HEADLINE),
        *parts.drawn(material, "lesson_completion", "bar", "heatmap"),
        parts.table(say, say("by_subject"), answer["by_subject"], "subject", lesson.GROUP),
        parts.buckets(say, answer, lesson.GROUP),
    ]


def _earned(material: Material) -> list[Block]:
    say, answer = material.say, material.answers[EARNED]
    if not answer["summary"]:
        return []
    return [
        *parts.tiles_by_currency(say, answer, EARNINGS),
        parts.buckets_by_currency(say, answer, EARNINGS),
    ]


def _students(material: Material) -> list[Block]:
    say = material.say
    students = material.answers[PAGE]["students"]
    return parts.shown([parts.table(say, say("by_student"), students, "student_id", STUDENTS)])


def _next(material: Material) -> list[Table]:
    page = material.answers[PAGE]
    return [
        _list(material, "upcoming", page["upcoming"], "starts_at"),
        _list(material, "unmarked", page["unmarked"]["items"], "starts_at"),
        _list(material, "to_grade", page["to_grade"], "submitted_at"),
    ]


def _list(material: Material, title: str, items: list[Json], instant: str) -> Table:
    say = material.say
    columns = (
        Column(instant, say.label(instant), "instant"),
        Column("student_id", say.label("student_id")),
        Column("subject", say.label("subject")),
    )
    rows = [
        (one[instant], named(say, "student_id", one["student_id"]), named(say, "subject", one["subject"]))
        for one in items
    ]
    return Table(say(title), columns, rows)


REPORT = Report(
    "tutor", ASKS, DRAWS, (), sections, lesson.busy, roles=("admin", "tutor", "service"), about="tutor_id"
)
