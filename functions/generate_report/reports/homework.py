"""Homework and grades."""

from functions.generate_report.document import Block, Column, Section, Table
from functions.generate_report.reports import parts
from functions.generate_report.reports.parts import Fields, named
from functions.generate_report.reports.report import Asked, Drawn, Json, Listed, Material, Report

ANSWER = "homework"
HEADLINE: Fields = (
    ("assigned", "integer"),
    ("submitted", "integer"),
    ("graded", "integer"),
    ("overdue", "integer"),
    ("on_time_rate", "rate"),
    ("average_score_percent", "score"),
)
ASK = Asked(ANSWER, "homework/stats")
DRAWS = (
    Drawn("homework_scores", "bar", ANSWER, quick=True),
    Drawn("homework_scores", "line", ANSWER),
)
LIST = Listed(ANSWER, "homework/stats/rows", "assigned", ANSWER)


def busy(answer: Json) -> bool:
    """Whether there was anything."""
    return any(answer["summary"][name] for name in ("assigned", "submitted", "graded", "overdue"))


def blocks(material: Material) -> list[Block]:
    """Headline figures, charts, tables."""
    say, answer = material.say, material.answers[ANSWER]
    if not busy(answer):
        return [parts.nothing(say, "homework")]
    return [
        parts.tiles(say, answer, HEADLINE),
        *parts.drawn(material, "homework_scores", "bar", "line"),
        parts.table(say, say("by_subject"), answer["by_subject"], "subject", HEADLINE),
        parts.table(say, say("by_student"), answer["by_student"], "student_id", HEADLINE),
        parts.buckets(say, answer, HEADLINE),
    ]


def listed(material: Material) -> list[Table]:
    """Every piece of homework given, latest first."""
    if ANSWER not in material.rows:
        return []
    say = material.say
    columns = (
        Column("assigned_at", say.label("assigned_at"), "instant"),
        Column("student_id", say.label("student_id")),
        Column("subject", say.label("subject")),
        Column("due_at", say.label("due_at"), "instant"),
        Column("submitted_at", say.label("submitted_at"), "instant"),
        Column("percent", say.label("percent"), "score"),
    )
    rows = [
        (
            row["assigned_at"],
            named(say, "student_id", row["student_id"]),
            named(say, "subject", row["subject"]),
            row["due_at"],
            row["submitted_at"],
            row["percent"],
        )
        for row in material.rows[ANSWER].items
    ]
    return [Table(say("rows.homework"), columns, rows, parts.note_of_cut(material, ANSWER, "homework"))]


def sections(material: Material) -> tuple[Section, ...]:
    """One part."""
    say = material.say
    found = parts.shown([*blocks(material), *listed(material)])
    return (Section("", tuple(found), parts.source(material.answers[ANSWER], say("homework"))),)


REPORT = Report("homework", (ASK,), DRAWS, (LIST,), sections, busy)
