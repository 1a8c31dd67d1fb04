"""Reports: asking for one, watching it being made, fetching it; quick ones and exports by a link."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from functions.serve_console.analytics import filters, frame, people
from functions.serve_console.analytics.asked import FILTERS, Asked
from functions.serve_console.web.answers import part, see, wants_part, whole
from functions.serve_console.web.api import Api
from functions.serve_console.web.visitor import Visitor
from lib.db import recipients
from lib.errors import BadInput
from lib.runtime.function import Call, Reply

BASE = "/api/v1/reports"
PERIOD = ("days", "from", "to")
FORMATS = ("pdf", "xlsx", "html", "csv")
EXPORTS = ("lessons", "payments", "homework", "materials", "users", "events", "notifications")
EXPORT_FORMATS = ("xlsx", "csv", "json", "ndjson")
OPEN = ("queued", "running")
# Nobody chooses among one.
OFFERED = {
    "admin": FILTERS,
    "tutor": ("subject", "student_id"),
    "parent": ("subject", "student_id"),
    "student": ("subject",),
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def show(call: Call, visitor: Visitor, query: Mapping[str, str]) -> Reply:
    """One's reports, the forms for new and regular ones, quick reports and exports of the period."""
    return _page(call, visitor, query)


def _page(
    call: Call, visitor: Visitor, query: Mapping[str, str], error: BadInput | None = None, status: int = 200
) -> Reply:
    question, api = frame.asked_of(call, "/pages/reports", query), Api(call, visitor)
    role, t = visitor.principal.role, frame.words_of(visitor)
    types = [each for each in api.get("generate-report", f"{BASE}/types")["items"] if role in each["roles"]]
    jobs = api.get("generate-report", BASE, limit=20, cursor=query.get("cursor"))
    regular = api.get("generate-report", f"{BASE}/subscriptions", limit=50)
    return whole(
        call,
        visitor,
        "analytics/reports.html",
        here="reports",
        title=t("page.reports"),
        status=status,
        t=t,
        types=[(each["name"], t(f"report.{each['name']}")) for each in types],
        chosen={"type": query.get("type", "comprehensive"), "format": query.get("format", "pdf")},
        formats=[(each, t(f"format.{each}")) for each in FORMATS],
        quick=[each["name"] for each in types if each["quick"]],
        jobs=jobs["items"],
        next=question.url(cursor=jobs["next_cursor"]) if jobs["next_cursor"] else "",
        regular=regular["items"],
        weekdays=[(each, t(f"weekday.{each}")) for each in WEEKDAYS],
        students=_students(call, visitor, jobs["items"], regular["items"]),
        period=_period(question),
        exports=[
            (each, _exports(question, each, visitor))
            for each in EXPORTS
            if each != "events" or role == "admin"
        ],
        fields=filters.fields(call, visitor, question, OFFERED[role]),
        question=question,
        error=error,
        key=str(uuid.uuid4()),
    )


def _period(question: Asked) -> dict[str, str]:
    """As the form of a report offers it: both days."""
    if "days" not in question.period:
        return question.period
    length = _whole(question.period["days"])
    first = question.today - timedelta(days=min(max(length, 1), 3660) - 1)
    return {"from": first.isoformat(), "to": question.today.isoformat()}


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadInput("This must be a whole number of days.") from None


def _students(call: Call, visitor: Visitor, *lists: list[Mapping[str, Any]]) -> people.Names:
    """Names of those whom a report is about, and of a parent's children."""
    named = {
        each["parameters"].get(name)
        for items in lists
        for each in items
        for name in ("student_id", "tutor_id")
    }
    with call.db.connect() as conn:
        person = recipients.get(conn, visitor.principal.sub)
    children = person.child_ids if person and visitor.principal.role == "parent" else ()
    return people.of_ids(call, [*(each for each in named if each), *children])


def _exports(question: Asked, name: str, visitor: Visitor) -> list[tuple[str, str]]:
    kept = {**_period(question), **(question.filters if name in EXPORTS[:4] else {})}
    return [
        (form, f"/api/v1/exports/{name}?{urlencode({**kept, 'format': form, 'locale': visitor.locale})}")
        for form in EXPORT_FORMATS
    ]


def order(call: Call, visitor: Visitor, form: Mapping[str, str]) -> Reply:
    """Ask for a report, and go to where it is watched. What is asked wrongly stands above the form."""
    body = {
        "type": form.get("type", ""),
        "format": form.get("format", "pdf"),
        "locale": visitor.locale,
        "parameters": _parameters(visitor, form, (*PERIOD, *FILTERS)),
    }
    if form.get("deliver_to"):
        body["deliver_to"] = {"channel": form["deliver_to"]}
    try:
        Api(call, visitor).post("generate-report", BASE, body, key=form.get("key", ""))
    except BadInput as error:
        return _page(call, visitor, form, error, error.status)
    return see("/pages/reports")


def _parameters(visitor: Visitor, form: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """Those that are filled in; a report about a tutor or a student is about whoever asks, when they are one."""
    given = {name: form[name] for name in names if form.get(name)}
    role = visitor.principal.role
    if form.get("type") == role:
        given[f"{role}_id"] = visitor.principal.sub
    return given


def job(call: Call, visitor: Visitor, query: Mapping[str, str], report_id: str) -> Reply:
    """How far one report is: its line, which asks again until it is done."""
    del query
    found = Api(call, visitor).get("generate-report", f"{BASE}/{quote(report_id, safe='')}")
    if not wants_part(call):
        return see("/pages/reports")
    known = _students(call, visitor, [found])
    return part(call, visitor, "analytics/_job.html", t=frame.words_of(visitor), job=found, students=known)


def end(call: Call, visitor: Visitor, form: Mapping[str, str], report_id: str) -> Reply:
    """Cancel it, or delete its file."""
    del form
    Api(call, visitor).delete("generate-report", f"{BASE}/{quote(report_id, safe='')}")
    return see("/pages/reports")


def subscribe(call: Call, visitor: Visitor, form: Mapping[str, str]) -> Reply:
    """Have a report regularly."""
    every = form.get("every", "weekly")
    body: dict[str, Any] = {
        "type": form.get("type", ""),
        "format": form.get("format", "pdf"),
        "every": every,
        "at": form.get("at") or "09:00",
        "channel": form.get("channel", "email"),
        "locale": visitor.locale,
        "parameters": _parameters(visitor, form, FILTERS),
    }
    body |= (
        {"weekday": form.get("weekday", "monday")}
        if every == "weekly"
        else {"day": _whole(form.get("day") or "1")}
    )
    try:
        Api(call, visitor).post("generate-report", f"{BASE}/subscriptions", body, key=form.get("key", ""))
    except BadInput as error:
        return _page(call, visitor, form, error, error.status)
    return see("/pages/reports#subscriptions")


def unsubscribe(call: Call, visitor: Visitor, form: Mapping[str, str], subscription_id: str) -> Reply:
    """No more of it."""
    del form
    Api(call, visitor).delete("generate-report", f"{BASE}/subscriptions/{quote(subscription_id, safe='')}")
    return see("/pages/reports#subscriptions")
