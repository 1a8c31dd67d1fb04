"""Users: who came, who was active, who left."""

from functions.generate_report.document import Block, Column, Section, Table
from functions.generate_report.reports import parts
from functions.generate_report.reports.parts import Fields
from functions.generate_report.reports.report import Asked, Drawn, Json, Listed, Material, Report

ANSWER = "users"
HEADLINE: Fields = (
    ("active", "integer"),
    ("logins", "integer"),
    ("registered", "integer"),
    ("deactivated", "integer"),
)
ASK = Asked(ANSWER, "users/activity", only=("tutor_id", "student_id"))
DRAWS = (
    Drawn("user_activity", "line", ANSWER, quick=True),
    Drawn("user_activity", "heatmap", ANSWER),
)
LIST = Listed(ANSWER, "users/activity/rows", "active", ANSWER)


def busy(answer: Json) -> bool:
    """Whether there was anything."""
    return any(answer["summary"].values())


def blocks(material: Material) -> list[Block]:
    """Headline figures, charts, tables."""
    say, answer = material.say, material.answers[ANSWER]
    if not busy(answer):
        return [parts.nothing(say, "user")]
    return [
        parts.tiles(say, answer, HEADLINE),
        *parts.drawn(material, "user_activity", "line", "heatmap"),
        parts.table(say, say("by_role"), answer["by_role"], "role", HEADLINE),
        parts.buckets(say, answer, HEADLINE),
    ]


def listed(material: Material) -> list[Table]:
    """Everybody who was active, latest first."""
    if ANSWER not in material.rows:
        return []
    say = material.say
    columns = (
        Column("user_id", say.label("user_id")),
        Column("role", say.label("role")),
        Column("actions", say.label("actions"), "integer"),
        Column("last_seen", say.label("last_seen"), "instant"),
    )
    rows = [
        (row["user_id"], say.name("one", row["role"] or "unknown"), row["actions"], row["at"])
        for row in material.rows[ANSWER].items
    ]
    return [Table(say("rows.users"), columns, rows, parts.note_of_cut(material, ANSWER, "users"))]


def sections(material: Material) -> tuple[Section, ...]:
    """One part."""
    say = material.say
    found = parts.shown([*blocks(material), *listed(material)])
    return (Section("", tuple(found), parts.source(material.answers[ANSWER], say("users"))),)


REPORT = Report("user", (ASK,), DRAWS, (LIST,), sections, busy)
