"""The rows behind a figure: a page of its own, a panel beside the chart, and further rows for either."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from functions.serve_console.analytics import frame, people, tables
from functions.serve_console.analytics.asked import Asked
from functions.serve_console.web.answers import part, wants_part, whole
from functions.serve_console.web.api import Api
from functions.serve_console.web.visitor import Visitor
from lib.errors import not_found
from lib.runtime.function import Call, Reply

LIMIT = 50
SOURCES = {
    "lessons": "lessons/stats",
    "payments": "payments/summary",
    "homework": "homework/stats",
    "users": "users/activity",
    "materials": "materials/usage",
}
# What a figure's rows are narrowed by, beside the common filters.
NARROW = ("figure", "outcome", "currency", "weekday", "hour", "method", "material_id")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "lessons": (
        "at", "student_id", "tutor_id", "subject", "topic", "outcome", "duration_minutes", "student_rating", "price",
    ),
    "payments": ("at", "student_id", "tutor_id", "subject", "method", "payments", "lessons", "amount"),
    "homework": ("at", "student_id", "tutor_id", "subject", "due_at", "submitted_at", "with_due", "on_time", "percent"),
    "users": ("at", "user_id", "role", "actions"),
    "materials": ("at", "title", "subject", "grade", "material_type", "user_id", "accessed", "downloads"),
}  # fmt: skip
MONEY = ("revenue", "refunded", "net", "average_payment")
KINDS = {"attendance_rate": "percent", "on_time_rate": "percent", "average_score_percent": "score"}
KINDS |= {"average_rating": "rating", "minutes": "minutes"}
# These are known to the quarter of an hour only.
ROUGH = {"logins", "accessed", "downloads", "submitted", "refunded", "active", "unique_users"}


def show(call: Call, visitor: Visitor, query: Mapping[str, str], family: str) -> Reply:
    """One page of rows. Raises BadInput."""
    if family not in SOURCES:
        raise not_found()
    question = frame.asked_of(call, f"/pages/rows/{family}", query)
    narrow = {name: query[name] for name in NARROW if query.get(name)}
    question = replace(question, given={**question.given, **narrow})
    asked = {**question.period, **question.filters, **narrow, "limit": LIMIT, "cursor": query.get("cursor")}
    answer = Api(call, visitor).get("query-analytics", f"/api/v1/analytics/{SOURCES[family]}/rows", **asked)
    t, figure = frame.words_of(visitor), answer["figure"]
    values: dict[str, Any] = {
        "t": t,
        "family": family,
        "figure": t(figure),
        "answer": answer,
        "value": _values(figure, answer["value"]),
        "table": _table(visitor, question, family, answer, people.names(call, answer)),
        "rough": figure in ROUGH,
        "more": _more(question, answer["next_cursor"]),
        "alone": question.url(),
        "is_alone": not wants_part(call),
        "exports": exports(question, family),
        "back": question.url("/", **dict.fromkeys(NARROW)),
        "receipt": frame.receipt_path(answer, question),
    }
    if query.get("cursor") and wants_part(call):
        return part(call, visitor, "analytics/_more_rows.html", **values)
    if wants_part(call):
        return part(call, visitor, "analytics/_rows.html", **values)
    return whole(call, visitor, "analytics/rows.html", here=family, title=values["figure"], **values)


def _values(figure: str, value: Any) -> list[tables.Cell]:
    """The figure as the rows make it: one value, or one for each currency."""
    if isinstance(value, Mapping):
        kind = "money" if figure in MONEY else "integer"
        return [tables.Cell(kind, each, currency=code) for code, each in value.items()]
    return [tables.Cell(KINDS.get(figure, "integer"), value)]


def _table(
    visitor: Visitor, question: Asked, family: str, answer: Mapping[str, Any], known: people.Names
) -> tables.Table:
    """The columns that this figure's rows have, without those that are the same for whoever looks."""
    items = answer["items"]
    own = {"tutor": "tutor_id", "student": "student_id"}.get(visitor.principal.role)
    columns = [name for name in COLUMNS[family] if name != own and any(name in row for row in items)]
    columns = [
        name for name in columns if name == "outcome" or any(row.get(name) not in (None, "") for row in items)
    ]
    return tables.table("rows", items, columns, frame.links(visitor, question, known))


def _more(question: Asked, cursor: str | None) -> str:
    """Where the next rows are; "" when there are none."""
    if cursor is None:
        return ""
    base = question.url()
    return f"{base}{'&' if '?' in base else '?'}{urlencode({'cursor': cursor})}"


def exports(question: Asked, family: str) -> list[tuple[str, str]]:
    """(format, address) of all rows of this period and these filters; users have no subject."""
    filters = {
        name: value for name, value in question.filters.items() if (family, name) != ("users", "subject")
    }
    kept = {**question.period, **filters}
    return [
        (form, f"/api/v1/exports/{family}?{urlencode({**kept, 'format': form})}") for form in ("csv", "xlsx")
    ]
