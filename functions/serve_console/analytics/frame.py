"""What every page of figures has around them: the controls of its question, how fresh it is, and its receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from functions.serve_console.analytics import library
from functions.serve_console.analytics.asked import PRESETS, STEPS, Asked, asked
from functions.serve_console.analytics.people import Names
from functions.serve_console.analytics.tables import Links
from functions.serve_console.analytics.words import FAMILY_WORDS, WORDS
from functions.serve_console.web.answers import part, wants_part, whole
from functions.serve_console.web.navigation import FAMILY
from functions.serve_console.web.visitor import Visitor
from functions.serve_console.web.words import Words
from lib.runtime.function import Call, Reply

Json = Mapping[str, Any]
# A step makes sense where there are several of it in the period.
LEAST_DAYS = {"day": 2, "week": 15, "month": 60}


@dataclass(frozen=True, slots=True)
class Control:
    """One of the offered choices: `key` names its words."""

    key: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it."""

    key: str
    value: str
    href: str


@dataclass(frozen=True, slots=True)
class Controls:
    """The controls of a page. `hidden` are the fields that the form of an own period keeps."""

    periods: Sequence[Control]
    steps: Sequence[Control]
    compare: Control | None
    chips: Sequence[Chip]
    filters: str
    first: str
    last: str
    hidden: Sequence[tuple[str, str]]
    action: str


def asked_of(call: Call, path: str, query: Mapping[str, str]) -> Asked:
    """The question of an address, on the school's clock."""
    return asked(path, query, call.now, call.settings.school_timezone)


def controls(
    question: Asked,
    answer: Json,
    known: Names,
    *,
    filters: Sequence[str] = (),
    steps: bool = True,
    compares: bool = True,
) -> Controls:
    """For a question and what was answered to it; `filters` are those that the page offers."""
    period, length = answer["period"], _days(answer["period"])
    now = question.given.get("granularity")
    offered = [step for step in STEPS if length >= LEAST_DAYS[step]] if steps else []
    return Controls(
        periods=[
            Control(f"period.{name}", question.over(name), question.preset == name)
            for name in (*PRESETS, "month")
        ],
        steps=[Control("granularity.auto", question.url(granularity=None), now not in STEPS)]
        + [Control(f"granularity.{step}", question.url(granularity=step), now == step) for step in offered]
        if len(offered) > 1
        else [],
        compare=_compare(question) if compares else None,
        chips=[
            Chip(name, value if name == "subject" else known(value), question.url(**{name: None}))
            for name, value in question.filters.items()
            if name in filters
        ],
        filters=question.url("/pages/filters", page=question.path, offer=",".join(filters))
        if filters
        else "",
        first=period["from"],
        last=period["to"],
        hidden=[(n, v) for n, v in question.given.items() if n not in ("days", "period", "from", "to")],
        action=question.path,
    )


def _compare(question: Asked) -> Control:
    if question.compares:
        return Control("compare.off", question.url(compare="off"), True)
    return Control("compare.on", question.url(compare=None), False)


def _days(period: Json) -> int:
    return (date.fromisoformat(period["to"]) - date.fromisoformat(period["from"])).days + 1


def links(visitor: Visitor, question: Asked, known: Names) -> Links:
    """Where names lead, with the same period."""
    blank: dict[str, str | None] = dict.fromkeys(("subject", "tutor_id", "student_id", "granularity"))
    return Links(known, visitor.principal.role, question.url("", **blank))


def shown(
    call: Call, visitor: Visitor, template: str, *, here: str, title: str, question: Asked, **values: Any
) -> Reply:
    """The page whole, or its main part for htmx: the template is the part, `analytics/page.html` goes around it."""
    t = words_of(visitor)
    values = {
        "t": t,
        "library": library,
        "question": question,
        "title": title,
        "charts_now": not wants_part(call),
        **values,
    }
    if wants_part(call):
        return part(call, visitor, f"analytics/{template}", **values)
    values.pop("title")
    return whole(
        call, visitor, "analytics/page.html", here=here, title=title, body=f"analytics/{template}", **values
    )


def words_of(visitor: Visitor) -> Words:
    """The words of these pages in the visitor's language; a family's are those of who pays."""
    return Words(FAMILY_WORDS if visitor.principal.role in FAMILY else WORDS, visitor.locale)


def receipt_path(answer: Json, question: Asked) -> str:
    """Where the answer's receipt is; it knows the way back."""
    return f"/pages/receipts/{answer['receipt']['id']}?back={quote(question.url(), safe='')}"
