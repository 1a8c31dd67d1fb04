"""Composing a report: from the material to a document that any writer can write."""

from functions.generate_report.document import Chart, Document, Section
from functions.generate_report.reports.report import Json, Material, Report
from functions.generate_report.speech import Speech, sentence

# Findings that begin with so many equal letters say the same.
SAME = 24


def composed(material: Material, report: Report) -> Document:
    """Title, period, filters, findings, parts."""
    say, main = material.say, material.answers[report.main]
    period = main["period"]
    sections = report.sections(material)
    sources = {part.source.receipt: part.source for part in sections if part.source}
    return Document(
        type=report.name,
        locale=material.wanted.locale,
        title=say(f"report.{report.name}"),
        subtitle=_about(material, report),
        first=period["from"],
        last=period["to"],
        tz=period["tz"],
        filters=_filters(say, main["filters"], report),
        sections=sections,
        sources=tuple(sources.values()),
        full=not material.wanted.quick,
        warm=report.warm,
        summary=_summary(sections),
        compared=_compared(say, main),
    )


def _about(material: Material, report: Report) -> str:
    """Whose report it is: a name when the directory tells one."""
    if not report.about:
        return ""
    key = "of_student" if report.about == "student_id" else "of_tutor"
    return material.person or material.say(key, id=material.wanted.parameters[report.about])


def _filters(say: Speech, filters: Json, report: Report) -> tuple[tuple[str, str], ...]:
    found = []
    for key in ("tutor_id", "student_ids", "subject"):
        value = filters.get(key)
        if value is not None and not (report.about and report.about in (key, key.removesuffix("s"))):
            found.append((say(f"filter.{key}"), _filter(say, key, value)))
    return tuple(found)


def _filter(say: Speech, key: str, value: str | list[str]) -> str:
    if isinstance(value, list):
        return ", ".join(say.name("student", each) for each in value) or say("nobody")
    return say.name("tutor", value) if key == "tutor_id" else say.value("text", value)


def _summary(sections: tuple[Section, ...]) -> tuple[str, ...]:
    """What the charts find; two pictures of one answer may begin with the same words: one of them is enough."""
    charts = [block for part in sections for block in part.blocks if isinstance(block, Chart)]
    found: dict[str, str] = {}
    for chart in charts:
        found.setdefault(chart.finding[:SAME], chart.finding)
    return tuple(found.values())


def _compared(say: Speech, main: Json) -> str:
    """What headline figures are compared with."""
    before = (main.get("previous") or {}).get("period")
    return sentence(say("compared", span=say.span(before["from"], before["to"]))) if before else ""
