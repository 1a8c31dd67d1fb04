"""Everything: a part for each family of figures, each with its own receipt."""

from collections.abc import Iterator

from functions.generate_report.document import Section, Source
from functions.generate_report.reports import homework, lesson, material, parts, payment, subjects, user
from functions.generate_report.reports.report import Json, Material, Report

# One picture each: the first one that says the most.
FAMILIES = (lesson, payment, homework, subjects, user, material)
LISTS = (lesson.LIST, payment.LIST)


def sections(found: Material) -> Iterator[Section]:
    """A part for each family, then the lists: they are long, and nobody reads on after them."""
    say = found.say
    for family in FAMILIES:
        yield Section(
            say(family.ANSWER), tuple(parts.shown(family.blocks(found))), _source(found, family.ANSWER)
        )
    for family in (lesson, payment):
        if lists := parts.shown(family.listed(found)):
            yield Section("", tuple(lists), _source(found, family.ANSWER))


def _source(found: Material, answer: str) -> Source:
    return parts.source(found.answers[answer], found.say(answer))


def busy(_: Json) -> bool:
    """Each part says for itself that there was nothing."""
    return True


REPORT = Report(
    "comprehensive",
    tuple(family.ASK for family in FAMILIES),
    tuple(family.DRAWS[0] for family in FAMILIES),
    LISTS,
    lambda found: tuple(sections(found)),
    busy,
)
