"""The first page of each role: the figures of /api/v1/analytics/dashboard/{role}, with what is next and what waits."""

from collections.abc import Mapping, Sequence
from typing import Any

from functions.serve_console.analytics import charts, frame, people, tables, tiles
from functions.serve_console.analytics.asked import Asked
from functions.serve_console.analytics.catalogue import HEADLINES, HOME_CHARTS
from functions.serve_console.web.answers import wants_part
from functions.serve_console.web.api import Api
from functions.serve_console.web.visitor import Visitor
from lib.db import recipients
from lib.runtime.function import Call, Reply

Json = Mapping[str, Any]
DASHBOARD = "/api/v1/analytics/dashboard"
FILTERS = {"admin": ("subject", "tutor_id", "student_id"), "tutor": ("subject", "student_id")}
LESSON = ("starts_at", "student_id", "tutor_id", "subject", "topic")
MARKED = (*LESSON, "outcome")
WORK = ("due_at", "student_id", "subject")
GRADED = ("graded_at", "subject", "percent")


def home(call: Call, visitor: Visitor, query: Mapping[str, str]) -> Reply:
    """The dashboard of the visitor's role."""
    role = visitor.principal.role
    question = frame.asked_of(call, "/", query)
    if role == "parent":
        return _family(call, visitor, question)
    answer = Api(call, visitor).get("query-analytics", f"{DASHBOARD}/{role}", **question.params)
    return _shown(call, visitor, question, answer, answer, ())


def _family(call: Call, visitor: Visitor, question: Asked) -> Reply:
    """One child, or all of them; with one child only there is nothing to choose."""
    with call.db.connect() as conn:
        person = recipients.get(conn, visitor.principal.sub)
    children = sorted(person.child_ids) if person else []
    answer = Api(call, visitor).get("query-analytics", f"{DASHBOARD}/parent", **question.params)
    pages = answer["children"]
    chosen = pages[0] if len(pages) == 1 else answer
    return _shown(call, visitor, question, answer, chosen, children if len(children) > 1 else ())


def _shown(
    call: Call, visitor: Visitor, question: Asked, answer: Json, figures: Json, children: Sequence[str]
) -> Reply:
    """`figures` are those of the page: of everybody in `answer`, or of one child."""
    role, t = visitor.principal.role, frame.words_of(visitor)
    known = people.names(call, answer, [{"student_id": each} for each in children])
    about = question.at("/", **({"student_id": figures["student_id"]} if "student_id" in figures else {}))
    links = frame.links(visitor, question, known)
    return frame.shown(
        call,
        visitor,
        "home.html",
        here="home",
        title=t(f"home.{role}"),
        question=question,
        answer=answer,
        controls=frame.controls(question, answer, known, filters=FILTERS.get(role, ())),
        switcher=_switcher(question, children, known),
        groups=[("", headline(role, about, figures))],
        balance=figures.get("balance"),
        children=_children(question, answer, known) if figures is answer and "children" in answer else [],
        places=_places(Api(call, visitor), about, role, figures),
        lists=lists(role, figures, links),
        unmarked=_unmarked(figures),
        receipt=frame.receipt_path(answer, question),
    )


def headline(role: str, question: Asked, figures: Json) -> list[tiles.Tile]:
    """The headline figures of a role's page: a summary has them by family, or side by side."""
    now, before = figures["summary"], figures["previous"]["summary"] if question.compares else None
    found = []
    for family, keys in HEADLINES[role].items():
        if family == "earnings":
            found += tiles.of_family(family, question, figures["earnings"], None, keys)
            continue
        part = now.get(family, {} if family in ("payments", "users") else now)
        earlier = (
            None if before is None else before.get(family, {} if family in ("payments", "users") else before)
        )
        found += tiles.of_family(family, question, part, earlier, keys)
    return found


def _switcher(question: Asked, children: Sequence[str], known: people.Names) -> list[tuple[str, str, bool]]:
    """(name, "" for all of them; address; whether it is this one)."""
    now = question.filters.get("student_id")
    if not children:
        return []
    each = [(known(child), question.url(student_id=child), now == child) for child in children]
    return [("", question.url(student_id=None), now is None), *each]


def _children(question: Asked, answer: Json, known: people.Names) -> list[dict[str, Any]]:
    """Each child in short: headline figures, lessons left, the next lesson, what is to be done."""
    found = []
    for page in answer["children"]:
        child = page["student_id"]
        about = question.at("/", student_id=child)
        found.append(
            {
                "name": known(child),
                "href": about.url(),
                "tiles": headline("parent", about, page)[:4],
                "balance": page["balance"],
                "next": page["upcoming"][0] if page["upcoming"] else None,
                "to_do": len(page["to_do"]),
            }
        )
    return found


def _places(api: Api, question: Asked, role: str, figures: Json) -> list[charts.Place]:
    wanted = HOME_CHARTS[role]
    if role in ("parent", "student") and "student_id" not in figures:
        wanted = (("lesson_completion", "bar"), ("subject_performance", "bar"))
    if wants_part(api.call):
        return [charts.place(question, name, kind) for name, kind in wanted]
    return charts.in_words(api, question, wanted)


def lists(role: str, figures: Json, links: tables.Links) -> list[tables.Table]:
    """What is next, what waits and what was, as far as the page's answer has them."""
    hidden = {"tutor": "tutor_id", "student": "student_id", "parent": "student_id"}.get(role)
    wanted: list[tuple[str, Any, Sequence[str]]] = [
        ("upcoming", figures.get("upcoming"), LESSON),
        ("unmarked", (figures.get("unmarked") or {}).get("items"), LESSON),
        ("to_grade", figures.get("to_grade"), ("submitted_at", "student_id", "subject")),
        ("to_do", figures.get("to_do"), WORK),
        ("last_lessons", figures.get("last_lessons"), MARKED),
        ("homework_scores", figures.get("homework_scores"), GRADED),
        (
            "students",
            sorted(figures.get("students") or (), key=lambda row: (-row["completed"], row["student_id"]))
            or None,
            ("student_id", "completed", "attendance_rate", "graded", "average_score_percent"),
        ),
        (
            "top_tutors",
            figures.get("top_tutors"),
            ("tutor_id", "completed", "attendance_rate", "minutes", "average_rating"),
        ),
    ]
    return [
        tables.table(key, rows[:20], [c for c in columns if c != hidden], links)
        for key, rows, columns in wanted
        if rows is not None
    ]


def _unmarked(figures: Json) -> int | None:
    if "leaks" in figures:
        return int(figures["leaks"]["taught_not_marked"])
    return int(figures["unmarked"]["lessons"]) if "unmarked" in figures else None
