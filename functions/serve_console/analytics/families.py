"""The page of one family: its figures, charts and list, for the visitor's question."""

from collections.abc import Callable, Mapping
from typing import Any

from functions.serve_console.analytics import charts, frame, people, tables, tiles
from functions.serve_console.analytics.asked import Asked
from functions.serve_console.analytics.catalogue import Page
from functions.serve_console.web.answers import wants_part
from functions.serve_console.web.api import Api
from functions.serve_console.web.visitor import Visitor
from lib.runtime.function import Call, Reply

ANALYTICS = "/api/v1/analytics"
# The families of the page with all headline figures, in their order.
OVERVIEW = ("lessons", "payments", "homework", "users", "materials")


def handler(page: Page) -> Callable[[Call, Visitor, Mapping[str, str]], Reply]:
    """What shows that page."""

    def show_family(call: Call, visitor: Visitor, query: Mapping[str, str]) -> Reply:
        return show(call, visitor, query, page)

    return show_family


def show(call: Call, visitor: Visitor, query: Mapping[str, str], page: Page) -> Reply:
    """The page. Raises BadInput."""
    api, question = Api(call, visitor), frame.asked_of(call, f"/pages/{page.name}", query)
    compare = "previous" if question.compares else None
    answer = api.get("query-analytics", f"{ANALYTICS}/{page.source}", compare=compare, **question.params)
    known = people.names(call, answer)
    t = frame.words_of(visitor)
    offered = [each for each in page.filters if each != _own(visitor)]
    return frame.shown(
        call,
        visitor,
        "family.html",
        here=page.name,
        title=t(f"page.{page.name}"),
        question=question,
        page=page,
        answer=answer,
        controls=frame.controls(question, answer, known, filters=offered, steps=page.steps),
        groups=_groups(page, question, answer),
        places=_places(api, question, page.charts),
        lists=_lists(page, answer, frame.links(visitor, question, known)),
        receipt=frame.receipt_path(answer, question),
    )


def _own(visitor: Visitor) -> str:
    """Nobody chooses among one: a tutor's own lessons, a student's own."""
    return {"tutor": "tutor_id", "student": "student_id"}.get(visitor.principal.role, "")


def _groups(page: Page, question: Asked, answer: Mapping[str, Any]) -> list[tuple[str, list[tiles.Tile]]]:
    """(name of the group, "" for the page's own; tiles)."""
    now, before = answer["summary"], (answer.get("previous") or {}).get("summary")
    if page.name == "overview":
        if not question.compares:
            before = None
        return [
            (
                family,
                tiles.of_family(family, question, now[family], None if before is None else before[family]),
            )
            for family in OVERVIEW
        ]
    found = tiles.of_family(page.family, question, now, before)
    if page.name == "subjects":
        found += tiles.of_family("homework", question, now, before)
    return [("", found)]


def _places(api: Api, question: Asked, wanted: tuple[tuple[str, str], ...]) -> list[charts.Place]:
    """For htmx the places alone: the script fills them in, and the figures need not wait for it."""
    if wants_part(api.call):
        return [charts.place(question, name, kind) for name, kind in wanted]
    return charts.in_words(api, question, wanted)


def _lists(page: Page, answer: Mapping[str, Any], links: tables.Links) -> list[tables.Table]:
    if not page.list or not answer.get(page.list):
        return []
    columns = [
        each
        for each in page.columns
        if each != "tutor_id" or len(answer[page.list]) > 1 or page.name != "lessons"
    ]
    rows = sorted(answer[page.list], key=lambda row: -(row.get("completed") or row.get("accessed") or 0))
    return [tables.table(page.list, rows[:50], columns, links)]
