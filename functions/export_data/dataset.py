"""What a dataset is: columns, where they come from, and whose rows are whose. All SQL here is ours, none is input."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "integer", "money", "percent", "instant", "flag", "object"]


@dataclass(frozen=True, slots=True)
class Column:
    """A field's name in machine formats, its kind, and the expression that reads it."""

    name: str
    kind: Kind
    sql: str


def columns(alias: str, **kinds: Kind) -> tuple[Column, ...]:
    """Columns of one table, named as they are there."""
    return tuple(Column(name, kind, f"{alias}.{name}") for name, kind in kinds.items())


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows that can be exported.

    `at` is the instant by which a row belongs to a period. `filters` say what a tutor (`%(tutor_id)s`), students
    (`%(student_ids)s`) and a subject mean here: one that is missing cannot be asked for, nor be a row scope.
    `own` is the condition under which a row is about the caller (`%(self)s`) themself. A `register` is given
    whole when no period is asked for, with what has no date.
    """

    name: str
    columns: tuple[Column, ...]
    source: str
    at: str
    key: str
    filters: Mapping[str, str] = field(default_factory=dict)
    always: str = "true"
    own: str = ""
    register: bool = False

    @property
    def instants(self) -> list[str]:
        """The expressions of its instants."""
        return [column.sql for column in self.columns if column.kind == "instant"]
