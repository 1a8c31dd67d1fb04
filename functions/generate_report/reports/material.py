"""Materials: what is made, opened and downloaded."""

from functions.generate_report.document import Block, Column, Section, Table
from functions.generate_report.reports import parts
from functions.generate_report.reports.parts import Fields, named
from functions.generate_report.reports.report import Asked, Drawn, Json, Listed, Material, Report

ANSWER = "materials"
HEADLINE: Fields = (
    ("accessed", "integer"),
    ("downloads", "integer"),
    ("unique_users", "integer"),
    ("created", "integer"),
)
USED: Fields = HEADLINE[:3]
ASK = Asked(ANSWER, "materials/usage")
DRAWS = (
    Drawn("material_usage", "bar", ANSWER, quick=True),
    Drawn("material_usage", "line", ANSWER),
)
LIST = Listed(ANSWER, "materials/usage/rows", "created", ANSWER)


def busy(answer: Json) -> bool:
    """Whether there was anything."""
    return any(answer["summary"].values())


def blocks(material: Material) -> list[Block]:
    """Headline figures, charts, tables."""
    say, answer = material.say, material.answers[ANSWER]
    if not busy(answer):
        return [parts.nothing(say, "material")]
    return [
        parts.tiles(say, answer, HEADLINE),
        *parts.drawn(material, "material_usage", "bar", "line"),
        _popular(material),
        parts.table(say, say("by_subject"), answer["by_subject"], "subject", HEADLINE),
        parts.buckets(say, answer, HEADLINE),
    ]


def _popular(material: Material) -> Table:
    say = material.say
    columns = (
        Column("material", say.label("material")),
        Column("subject", say.label("subject")),
        *(Column(name, say.label(name), kind) for name, kind in USED),
    )
    rows = [
        (
            row["title"] or row["material_id"],
            named(say, "subject", row["subject"]),
            *(row[name] for name, _ in USED),
        )
        for row in material.answers[ANSWER]["popular"]
    ]
    return Table(say("popular"), columns, rows)


def listed(material: Material) -> list[Table]:
    """Every new material, latest first."""
    if ANSWER not in material.rows:
        return []
    say = material.say
    columns = (
        Column("created_at", say.label("created_at"), "instant"),
        Column("material", say.label("material")),
        Column("subject", say.label("subject")),
        Column("grade", say.label("grade"), "integer"),
        Column("material_type", say.label("material_type")),
        Column("tutor_id", say.label("tutor_id")),
    )
    rows = [
        (
            row["at"],
            row["title"] or row["material_id"],
            named(say, "subject", row["subject"]),
            row["grade"],
            say.name("material_type", row["material_type"]),
            named(say, "tutor_id", row["tutor_id"]),
        )
        for row in material.rows[ANSWER].items
    ]
    return [Table(say("rows.materials"), columns, rows, parts.note_of_cut(material, ANSWER, "materials"))]


def sections(material: Material) -> tuple[Section, ...]:
    """One part."""
    say = material.say
    found = parts.shown([*blocks(material), *listed(material)])
    return (Section("", tuple(found), parts.source(material.answers[ANSWER], say("materials"))),)


REPORT = Report("material", (ASK,), DRAWS, (LIST,), sections, busy)
