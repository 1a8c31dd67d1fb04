"""Lists of lessons, homework, payments and people as tables: what a cell holds, and where it leads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from functions.serve_console.analytics.people import Names

Row = Mapping[str, Any]
# How a field is shown; any other is a text.
KINDS: Mapping[str, str] = {
    **dict.fromkeys(
        ("at", "starts_at", "due_at", "submitted_at", "graded_at", "assigned_at", "paid_at", "charged_at"), "instant"
    ),
    **dict.fromkeys(("registered_at", "deactivated_at", "created_at"), "instant"),
    **dict.fromkeys(("amount", "price", "refunded", "money"), "money"),
    **dict.fromkeys(("outcome", "role", "method", "material_type"), "word"),
    **dict.fromkeys(("tutor_id", "student_id", "user_id"), "person"),
    **dict.fromkeys(("subject", "title"), "name"),
    **dict.fromkeys(("percent", "average_score_percent"), "score"),
    **dict.fromkeys(("attendance_rate", "on_time_rate"), "percent"),
    **dict.fromkeys(
        (
            "duration_minutes", "student_rating", "lessons", "actions", "accessed", "downloads", "with_due", "on_time",
            "owed", "lessons_left", "scheduled", "completed", "excused", "unexcused", "cancelled", "graded", "assigned",
            "submitted", "overdue", "unique_users", "created", "payments", "unpriced", "failed", "paying_students",
        ),
        "integer",
    ),
    "minutes": "minutes",
    "average_rating": "rating",
    "grade": "grade",
}  # fmt: skip
NUMBERS = ("integer", "percent", "score", "money", "minutes", "rating")


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` as the answer has it; `kind` says how it is written. `href` is empty where it leads nowhere."""

    kind: str
    value: Any
    href: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """`key` names the column's words."""

    key: str
    number: bool


@dataclass(frozen=True, slots=True)
class Table:
    """`key` names its words; `more` is where the rest is."""

    key: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: str = ""


class Links:
    """Where people's names lead, for whoever looks: to a student's page; to the figures of one tutor for an admin."""

    def __init__(self, known: Names, role: str, period: str) -> None:
        self.known, self._role, self._period = known, role, period

    def person(self, column: str, user_id: str) -> str:
        """ "" where there is nothing to see."""
        if column == "student_id" and self._role != "student":
            return f"/pages/students/{quote(user_id, safe='')}{self._period}"
        if column == "tutor_id" and self._role == "admin":
            joint = "&" if self._period else "?"
            return f"/pages/lessons{self._period}{joint}tutor_id={quote(user_id, safe='')}"
        return ""


def table(key: str, rows: Iterable[Row], columns: Sequence[str], links: Links, more: str = "") -> Table:
    """The rows' fields of these columns, in their order."""
    shown = tuple(Column(name, KINDS.get(name) in NUMBERS) for name in columns)
    return Table(key, shown, tuple(tuple(_cell(row, name, links) for name in columns) for row in rows), more)


def _cell(row: Row, column: str, links: Links) -> Cell:
    value, kind = row.get(column), KINDS.get(column, "text")
    if kind == "person":
        if not value:
            return Cell("name", "")
        return Cell("text", links.known(value), links.person(column, value))
    return Cell(kind, value, currency=row.get("currency") or "RUB" if kind == "money" else "")
