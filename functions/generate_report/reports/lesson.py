"""Lessons and attendance."""

from functions.generate_report.document import Block, Column, Section, Table
from functions.generate_report.reports import parts
from functions.generate_report.reports.parts import Fields, amount, named
from functions.generate_report.reports.report import Asked, Drawn, Json, Listed, Material, Report

ANSWER, ROWS = "lessons", "lessons"
HEADLINE: Fields = (
    ("scheduled", "integer"),
    ("completed", "integer"),
    ("attendance_rate", "rate"),
    ("minutes", "hours"),
    ("excused", "integer"),
    ("unexcused", "integer"),
    ("cancelled", "integer"),
    ("average_rating", "rating"),
)
GROUP: Fields = (
    ("scheduled", "integer"),
    ("completed", "integer"),
    ("excused", "integer"),
    ("unexcused", "integer"),
    ("cancelled", "integer"),
    ("attendance_rate", "rate"),
)
ASK = Asked(ANSWER, "lessons/stats")
DRAWS = (
    Drawn("lesson_completion", "bar", ANSWER, quick=True),
    Drawn("lesson_completion", "heatmap", ANSWER),
)
LIST = Listed(ROWS, "lessons/stats/rows", "scheduled", ANSWER)
LISTED = ("starts_at", "student_id", "tutor_id", "subject", "outcome", "price")


def busy(answer: Json) -> bool:
    """Whether there was anything."""
    return bool(answer["summary"]["scheduled"])


def blocks(material: Material) -> list[Block]:
    """Headline figures, charts, tables."""
    say, answer = material.say, material.answers[ANSWER]
    if not busy(answer):
        return [parts.nothing(say, "lesson")]
    return [
        parts.tiles(say, answer, HEADLINE),
        *parts.drawn(material, "lesson_completion", "bar", "heatmap"),
        parts.table(say, say("by_subject"), answer["by_subject"], "subject", GROUP),
        parts.table(say, say("by_tutor"), answer["by_tutor"], "tutor_id", GROUP),
        parts.buckets(say, answer, GROUP),
    ]


def listed(material: Material) -> list[Table]:
    """Every lesson, latest first."""
    if ROWS not in material.rows:
        return []
    say = material.say
    columns = (
        Column("starts_at", say.label("starts_at"), "instant"),
        Column("student_id", say.label("student_id")),
        Column("tutor_id", say.label("tutor_id")),
        Column("subject", say.label("subject")),
        Column("outcome", say.label("outcome")),
        Column("price", say.label("price"), "money"),
        Column("currency", say.label("currency"), "currency"),
    )
    rows = [
        (
            row["at"],
            named(say, "student_id", row["student_id"]),
            named(say, "tutor_id", row["tutor_id"]),
            named(say, "subject", row["subject"]),
            say.name("outcome", row["outcome"]),
            amount(row["price"], row["currency"]),
            row["currency"] if row["price"] else "",
        )
        for row in material.rows[ROWS].items
    ]
    return [Table(say("rows.lessons"), columns, rows, parts.note_of_cut(material, ROWS, "lessons"))]


def sections(material: Material) -> tuple[Section, ...]:
    """One part."""
    say = material.say
    found = parts.shown([*blocks(material), *listed(material)])
    return (Section("", tuple(found), parts.source(material.answers[ANSWER], say("lessons"))),)


REPORT = Report("lesson", (ASK,), DRAWS, (LIST,), sections, busy)
