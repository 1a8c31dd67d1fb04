"""Why somebody did, or did not, get a message: one sentence and the checks in order."""

from functions.serve_console.notifications.choosing import Choice, choose
from functions.serve_console.notifications.pages import DISPATCH, NOTIFICATIONS, show
from functions.serve_console.notifications.words import words
from functions.serve_console.web.api import Api
from functions.serve_console.web.forms import Query
from functions.serve_console.web.visitor import Visitor
from lib.runtime.function import Call, Reply

FIELDS = ("person", "event_id", "source", "notification_id")


def explain(call: Call, visitor: Visitor, query: Query) -> Reply:
    """The form, and below it the answer once the form says enough. Whoever is no admin asks about themselves."""
    given = {name: query.get(name, "") for name in FIELDS}
    api = Api(call, visitor)
    choice = Choice(user_id=visitor.principal.sub)
    if visitor.principal.role == "admin":
        choice = choose(api, given["person"])
    complete = bool(given["event_id"]) != bool(given["notification_id"])
    answer = None
    if choice.user_id and complete:
        answer = api.get(
            DISPATCH,
            f"{NOTIFICATIONS}/explain",
            user_id=choice.user_id,
            event_id=given["event_id"] or None,
            source=(given["event_id"] and given["source"]) or None,
            notification_id=given["notification_id"] or None,
            lang=visitor.locale,
        )
    asked_badly = any(given.values()) and answer is None and not choice.unclear
    return show(
        call,
        visitor,
        "explain.html",
        here="explain",
        title="explain_title",
        given=given,
        choice=choice,
        answer=answer,
        problem=words(visitor.locale)("need_one") if asked_badly else "",
    )
