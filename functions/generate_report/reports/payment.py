"""Money, one currency beside the other."""

from functions.generate_report.document import Block, Column, Section, Table
from functions.generate_report.reports import parts
from functions.generate_report.reports.parts import Fields, amount, named
from functions.generate_report.reports.report import Asked, Drawn, Json, Listed, Material, Report

ANSWER = "payments"
HEADLINE: Fields = (
    ("revenue", "money"),
    ("refunded", "money"),
    ("net", "money"),
    ("payments", "integer"),
    ("average_payment", "money"),
    ("paying_students", "integer"),
    ("failed", "integer"),
)
GROUP: Fields = (
    ("revenue", "money"),
    ("refunded", "money"),
    ("net", "money"),
    ("payments", "integer"),
    ("failed", "integer"),
)
ASK = Asked(ANSWER, "payments/summary")
DRAWS = (
    Drawn("revenue_trends", "bar", ANSWER, quick=True),
    Drawn("revenue_trends", "pie", ANSWER),
)
LIST = Listed(ANSWER, "payments/summary/rows", "payments", ANSWER)


def busy(answer: Json) -> bool:
    """Whether there was anything."""
    return bool(answer["summary"])


def blocks(material: Material) -> list[Block]:
    """Headline figures by currency, charts, tables."""
    say, answer = material.say, material.answers[ANSWER]
    if not busy(answer):
        return [parts.nothing(say, "payment")]
    return [
        *parts.tiles_by_currency(say, answer, HEADLINE),
        *parts.drawn(material, "revenue_trends", "bar", "pie"),
        parts.table_by_currency(say, say("by_method"), answer["by_method"], "method", GROUP),
        parts.table_by_currency(say, say("by_tutor"), answer["by_tutor"], "tutor_id", GROUP),
        parts.table_by_currency(say, say("by_subject"), answer["by_subject"], "subject", GROUP),
        parts.buckets_by_currency(say, answer, GROUP),
    ]


def listed(material: Material) -> list[Table]:
    """Every payment, latest first."""
    if ANSWER not in material.rows:
        return []
    say = material.say
    columns = (
        Column("paid_at", say.label("paid_at"), "instant"),
        Column("student_id", say.label("student_id")),
        Column("tutor_id", say.label("tutor_id")),
        Column("method", say.label("method")),
        Column("lessons", say.label("lessons"), "integer"),
        Column("amount", say.label("amount"), "money"),
        Column("currency", say.label("currency"), "currency"),
    )
    rows = [
        (
            row["at"],
            named(say, "student_id", row["student_id"]),
            named(say, "tutor_id", row["tutor_id"]),
            named(say, "method", row["method"]),
            row["lessons"],
            amount(row["amount"], row["currency"]),
            row["currency"],
        )
        for row in material.rows[ANSWER].items
    ]
    return [Table(say("rows.payments"), columns, rows, parts.note_of_cut(material, ANSWER, "payments"))]


def sections(material: Material) -> tuple[Section, ...]:
    """One part."""
    say = material.say
    found = parts.shown([*blocks(material), *listed(material)])
    return (Section("", tuple(found), parts.source(material.answers[ANSWER], say("payments"))),)


REPORT = Report("payment", (ASK,), DRAWS, (LIST,), sections, busy)
