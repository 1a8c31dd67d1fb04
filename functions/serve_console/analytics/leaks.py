"""Where money leaks: four lists with their lessons or payments, and the reconciliation that proves them whole."""

from collections.abc import Mapping
from typing import Any

from functions.serve_console.analytics import frame, people, tables
from functions.serve_console.web.api import Api
from functions.serve_console.web.visitor import Visitor
from lib.runtime.function import Call, Reply

LESSON = ("starts_at", "student_id", "tutor_id", "subject", "price")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "taught_not_marked": LESSON,
    "marked_not_billed": LESSON,
    "billed_not_paid": ("charged_at", "starts_at", "student_id", "tutor_id", "subject", "owed", "money"),
    "paid_not_used": ("paid_at", "student_id", "tutor_id", "subject", "lessons_left", "money"),
}
SUMS = ("paid", "used", "not_used", "billed", "covered", "not_paid")


def show(call: Call, visitor: Visitor, query: Mapping[str, str]) -> Reply:
    """The page."""
    question = frame.asked_of(call, "/pages/leaks", query)
    answer = Api(call, visitor).get("query-analytics", "/api/v1/analytics/money/leaks", **question.filters)
    known = people.names(call, answer)
    t, links = frame.words_of(visitor), frame.links(visitor, question, known)
    filters = (
        ("subject", "student_id")
        if visitor.principal.role == "tutor"
        else ("subject", "tutor_id", "student_id")
    )
    return frame.shown(
        call,
        visitor,
        "leaks.html",
        here="leaks",
        title=t("page.leaks"),
        question=question,
        answer=answer,
        controls=frame.controls(question, answer, known, filters=filters, steps=False, compares=False),
        leaks=[_leak(key, columns, answer[key], links) for key, columns in COLUMNS.items()],
        reconciliation=[
            (code, [tables.Cell("money", found[name], currency=code) for name in SUMS])
            for code, found in answer["reconciliation"].items()
        ],
        sums=SUMS,
        receipt=frame.receipt_path(answer, question),
    )


def _leak(
    key: str, columns: tuple[str, ...], found: Mapping[str, Any], links: tables.Links
) -> dict[str, Any]:
    """`count` in words' terms, money by currency, and the first hundred rows."""
    payments = "payments" in found
    return {
        "key": key,
        "count": found["payments"] if payments else found["lessons"],
        "words": "leaks.payments" if payments else "leaks.lessons",
        "money": list(found["money"].items()),
        "unpriced": found.get("unpriced", 0),
        "table": tables.table(key, found["items"], columns, links),
        "more": found["more"],
        "bad": key != "paid_not_used",
    }
