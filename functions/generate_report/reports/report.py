"""What a report is made of: what it asks, what it has drawn, what it lists row by row, and how it is put together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.generate_report.document import Chart, Section
from functions.generate_report.speech import Speech
from functions.generate_report.wanted import Wanted

Json = dict[str, Any]
EVERYBODY = ("admin", "tutor", "student", "parent", "service")
# Rows of one list in one document; what is beyond it is said there, and is in the exports.
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """An analytics call. `path` may hold {student_id}; `only` are the filters passed on; an `optional` one may be
    refused to this reader."""

    name: str
    path: str
    only: tuple[str, ...] = ("tutor_id", "student_id", "subject")
    compare: bool = True
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart of the answer `of`, if there is anything in it to see; quick reports have the `quick` ones only."""

    chart: str
    kind: str
    of: str
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows behind a figure of the answer `of`."""

    name: str
    path: str
    figure: str
    of: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The latest rows of a list, and how many there are in all."""

    items: list[Json]
    total: int


@dataclass(frozen=True, slots=True)
class Material:
    """All that a report is put together from. `person` is what the directory calls who it is about."""

    wanted: Wanted
    say: Speech
    answers: Mapping[str, Json]
    charts: Mapping[tuple[str, str], Chart] = field(default_factory=dict)
    rows: Mapping[str, Rows] = field(default_factory=dict)
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """`main` is the answer whose period, filters and receipt the report's own are. `digest`: what a weekly letter
    says of it, by the names of the template's variables."""

    name: str
    asks: tuple[Asked, ...]
    draws: tuple[Drawn, ...]
    lists: tuple[Listed, ...]
    sections: Callable[[Material], tuple[Section, ...]]
    busy: Callable[[Json], bool]
    roles: tuple[str, ...] = EVERYBODY
    about: str = ""
    warm: bool = False
    digest: Callable[[Material], Json] | None = None

    @property
    def main(self) -> str:
        """The first of the answers."""
        return self.asks[0].name
