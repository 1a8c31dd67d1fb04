"""What a page may be filtered by: asked for when somebody opens the filters, so that no page waits for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from functions.serve_console.analytics import frame, people
from functions.serve_console.analytics.asked import FILTERS, Asked
from functions.serve_console.web.answers import part, wants_part, whole
from functions.serve_console.web.api import Api
from functions.serve_console.web.forms import own_path
from functions.serve_console.web.visitor import Visitor
from lib.db import recipients
from lib.runtime.function import Call, Reply

ANALYTICS = "/api/v1/analytics"
# Longer lists are typed into instead of scrolled through.
MOST_OPTIONS = 200


@dataclass(frozen=True, slots=True)
class Field:
    """A filter: (value, text) to choose from, what is chosen, and whether there are too many for a list."""

    name: str
    options: Sequence[tuple[str, str]]
    chosen: str
    many: bool


def show(call: Call, visitor: Visitor, query: Mapping[str, str]) -> Reply:
    """The filters' form for the page that asks: the subjects, tutors and students of its period."""
    question = frame.asked_of(call, own_path(query.get("page", "/")), query)
    offered = [name for name in query.get("offer", "").split(",") if name in FILTERS]
    blank = replace(question, given={n: v for n, v in question.given.items() if n not in FILTERS})
    values: dict[str, Any] = {
        "t": frame.words_of(visitor),
        "action": question.path,
        "fields": fields(call, visitor, question, offered),
        "hidden": list(blank.given.items()),
        "clear": blank.url(),
    }
    if wants_part(call):
        return part(call, visitor, "analytics/_filters.html", **values)
    return whole(
        call, visitor, "analytics/filters.html", here="", title=values["t"]("page.filters"), **values
    )


def fields(call: Call, visitor: Visitor, question: Asked, offered: Sequence[str]) -> list[Field]:
    """Those offered, with what there is to choose: what the question's period has, as far as the visitor sees it."""
    api = Api(call, visitor)
    lessons = api.get("query-analytics", f"{ANALYTICS}/lessons/stats", **question.period)
    found = {"subject": [(row["subject"], row["subject"]) for row in lessons["by_subject"] if row["subject"]]}
    if "tutor_id" in offered:
        found["tutor_id"] = _people(call, {row["tutor_id"] for row in lessons["by_tutor"] if row["tutor_id"]})
    if "student_id" in offered:
        work = api.get("query-analytics", f"{ANALYTICS}/homework/stats", **question.period)
        students = {row["student_id"] for row in work["by_student"] if row["student_id"]}
        found["student_id"] = _people(call, students | set(_children(call, visitor)))
    chosen = question.filters
    return [
        Field(name, found[name], chosen.get(name, ""), len(found[name]) > MOST_OPTIONS) for name in offered
    ]


def _children(call: Call, visitor: Visitor) -> Sequence[str]:
    """A parent's, also those without homework."""
    if visitor.principal.role != "parent":
        return ()
    with call.db.connect() as conn:
        person = recipients.get(conn, visitor.principal.sub)
    return person.child_ids if person else ()


def _people(call: Call, ids: set[str]) -> list[tuple[str, str]]:
    """(id, name), by name."""
    known = people.of_ids(call, ids)
    return sorted(((each, known(each)) for each in ids), key=lambda one: (one[1].casefold(), one[0]))
