"""Messages of a digest as lines, when there is no room for more."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.templates.fitting import cut

LONGEST_LINE = 90


@dataclass(frozen=True, slots=True)
class Line:
    """The `number` of a message in its digest, its subject, and the name of its type."""

    number: int
    subject: str
    name: str


def by_subject(lines: Sequence[Line]) -> list[str]:
    """«4. Новое занятие: Физика», a line for each message."""
    return [f"{line.number}. {cut(line.subject, LONGEST_LINE)}" for line in lines]


def by_type(lines: Sequence[Line]) -> list[str]:
    """«Новое занятие × 12», a line for each type: they are few, however many the messages."""
    names = [line.name for line in lines]
    return [f"{name} × {names.count(name)}" for name in dict.fromkeys(names)]
