"""Subjects compared: a part of the comprehensive report."""

from functions.generate_report.document import Block
from functions.generate_report.reports import parts
from functions.generate_report.reports.parts import Fields
from functions.generate_report.reports.report import Asked, Drawn, Json, Material

ANSWER = "subjects"
GROUP: Fields = (
    ("completed", "integer"),
    ("attendance_rate", "rate"),
    ("average_rating", "rating"),
    ("graded", "integer"),
    ("average_score_percent", "score"),
)
ASK = Asked(ANSWER, "subjects/performance")
DRAWS = (Drawn("subject_performance", "bar", ANSWER),)


def busy(answer: Json) -> bool:
    """Whether there is anything to compare."""
    return bool(answer["by_subject"])


def blocks(material: Material) -> list[Block]:
    """A chart and a table."""
    say, answer = material.say, material.answers[ANSWER]
    if not busy(answer):
        return [parts.nothing(say, "lesson")]
    return [
        *parts.drawn(material, "subject_performance", "bar"),
        parts.table(say, say("by_subject"), answer["by_subject"], "subject", GROUP),
    ]
