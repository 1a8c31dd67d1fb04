"""A receipt in words: what was counted, from which events, and whether it still holds."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from functions.serve_console.analytics import frame, people
from functions.serve_console.web.answers import part, wants_part, whole
from functions.serve_console.web.api import Api
from functions.serve_console.web.forms import own_path
from functions.serve_console.web.visitor import Visitor
from lib.runtime.function import Call, Reply


def show(call: Call, visitor: Visitor, query: Mapping[str, str], receipt_id: str) -> Reply:
    """The receipt. Raises BadInput (404)."""
    return _shown(call, visitor, receipt_id, query.get("back", "/"))


def verify(call: Call, visitor: Visitor, form: Mapping[str, str], receipt_id: str) -> Reply:
    """The figures told once more from the log, with the answer in words."""
    path = f"/api/v1/receipts/{quote(receipt_id, safe='')}/verify"
    proof = Api(call, visitor).post("query-analytics", path)
    if wants_part(call):
        return part(call, visitor, "analytics/_proof.html", t=frame.words_of(visitor), proof=proof)
    return _shown(call, visitor, receipt_id, form.get("back", "/"), proof)


def _shown(
    call: Call, visitor: Visitor, receipt_id: str, back: str, proof: Mapping[str, Any] | None = None
) -> Reply:
    path = f"/api/v1/receipts/{quote(receipt_id, safe='')}"
    receipt = Api(call, visitor).get("query-analytics", path)
    t = frame.words_of(visitor)
    metric = f"metric.{receipt['metric']}"
    asked = receipt["asked"]
    return whole(
        call,
        visitor,
        "analytics/receipt.html",
        here="",
        title=t("page.receipt"),
        t=t,
        receipt=receipt,
        metric=t(metric) if metric in t else t("metric.rows"),
        period=asked["period"],
        filters=_filters(call, asked["filters"]),
        back=own_path(back),
        proof=proof,
    )


def _filters(call: Call, filters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name of its words, what it says). The receipt is the visitor's to see, so its people are, too."""
    students = filters.get("student_ids") or []
    tutor = filters.get("tutor_id")
    known = people.of_ids(call, [*students, *([tutor] if tutor else [])])
    found = [("subject", filters["subject"])] if filters.get("subject") else []
    found += [("tutor_id", known(tutor))] if tutor else []
    return found + [("student_id", known(each)) for each in students]
