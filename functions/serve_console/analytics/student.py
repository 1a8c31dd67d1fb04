"""One student's page: for the school, the student's tutors and parents."""

from collections.abc import Mapping
from urllib.parse import quote

from functions.serve_console.analytics import charts, frame, home, people, tables, tiles
from functions.serve_console.analytics.families import ANALYTICS
from functions.serve_console.web.answers import see, wants_part
from functions.serve_console.web.api import Api
from functions.serve_console.web.visitor import Visitor
from lib.runtime.function import Call, Reply

CHARTS = (("student_progress", "line"), ("student_progress", "scatter"), ("lesson_completion", "bar"))
KEYS = {
    "lessons": ("completed", "attendance_rate", "unexcused", "minutes"),
    "homework": ("average_score_percent", "on_time_rate", "graded", "overdue"),
}


def show(call: Call, visitor: Visitor, query: Mapping[str, str], student_id: str) -> Reply:
    """The page. Raises BadInput (404) for another's student; a student's own page is the first one."""
    if visitor.principal.role == "student":
        return see("/")
    path = f"/pages/students/{quote(student_id, safe='')}"
    question = frame.asked_of(call, path, query)
    api, compare = Api(call, visitor), "previous" if question.compares else None
    source = f"{ANALYTICS}/students/{quote(student_id, safe='')}/progress"
    answer = api.get("query-analytics", source, compare=compare, **question.params)
    known = people.names(call, answer)
    about = question.at(path, student_id=student_id)
    now, before = answer["summary"], (answer.get("previous") or {}).get("summary")
    t = frame.words_of(visitor)
    links = frame.links(visitor, question, known)
    places = (
        [charts.place(about, name, kind) for name, kind in CHARTS]
        if wants_part(call)
        else charts.in_words(api, about, CHARTS)
    )
    by_subject = ("subject", "scheduled", "completed", "attendance_rate")
    return frame.shown(
        call,
        visitor,
        "home.html",
        here="students",
        title=t("page.student", name=known(student_id)),
        question=question,
        answer=answer,
        controls=frame.controls(question, answer, known, filters=("subject",)),
        switcher=[],
        groups=[
            (
                "",
                [
                    each
                    for family, keys in KEYS.items()
                    for each in tiles.of_family(family, about, now, before, keys)
                ],
            )
        ],
        balance=answer["balance"],
        children=[],
        places=places,
        lists=[
            *home.lists("parent", answer, links),
            tables.table("by_subject", answer["by_subject"], by_subject, links),
        ],
        unmarked=None,
        receipt=frame.receipt_path(answer, question),
    )
