"""What the person was told, five a page, and why."""

import base64
import uuid
from datetime import datetime

from functions.answer_telegram.talking.screen import Screen
from functions.answer_telegram.talking.visit import Json, Visit
from lib.templates.fitting import cut

A_PAGE = 5
# The log is asked for from its beginning: 200 at a time is what it gives.
LAST_PAGE = 200 // A_PAGE - 1
LONGEST_REASON = 900
LOG = "/api/v1/notifications"


def page(visit: Visit, number: str = "0") -> Screen:
    """The newest first."""
    at = min(int(number), LAST_PAGE)
    first = at * A_PAGE
    limit = min(first + A_PAGE + 1, 200)
    found = visit.ask(
        "dispatch-notifications", LOG, user_id=visit.me.user_id, limit=limit, lang=visit.speech.locale
    ).json()["items"]
    items = found[first : first + A_PAGE]
    speech = visit.speech
    if not items:
        return Screen(speech.html("history.empty"), ((visit.button(speech.plain("back"), "n"),),))
    lines = [f"<b>{n}.</b> {_line(visit, item)}" for n, item in enumerate(items, first + 1)]
    choices = tuple(
        visit.button(str(n), "nw", _short(item["notification_id"]), str(at))
        for n, item in enumerate(items, first + 1)
    )
    turns = []
    if at:
        turns.append(visit.button(speech.plain("history.newer"), "nh", str(at - 1)))
    if len(found) > first + A_PAGE and at < LAST_PAGE:
        turns.append(visit.button(speech.plain("history.older"), "nh", str(at + 1)))
    rows = (choices, *((tuple(turns),) if turns else ()), (visit.button(speech.plain("back"), "n"),))
    return Screen("\n\n".join([speech.html("history"), *lines, speech.html("history.ask")]), rows)


def _line(visit: Visit, item: Json) -> str:
    speech = visit.speech
    at = datetime.fromisoformat(item["finished_at"] or item["created_at"]).astimezone(visit.zone)
    return speech.html(
        "history.line",
        at=speech.moment(at),
        what=speech.plain(f"type.{item['type']}"),
        where=speech.plain(f"channel.{item['channel']}"),
        state=speech.plain(f"state.{item['status']}"),
    )


def why(visit: Visit, short: str, number: str) -> Screen:
    """What became of one message, and the rules that it went through."""
    speech = visit.speech
    answer = visit.ask(
        "dispatch-notifications",
        f"{LOG}/explain",
        user_id=visit.me.user_id,
        notification_id=_long(short),
        lang=speech.locale,
    ).json()
    parts = [_channel(visit, each) for each in answer["channels"]] or [
        speech.html("why.line", where="", words=answer["explanation"])
    ]
    title = speech.plain(f"type.{answer['channels'][0]['type']}") if answer["channels"] else ""
    rows = ((visit.button(speech.plain("back"), "nh", number),),)
    return Screen("\n\n".join([speech.html("why", what=title), *parts]), rows)


def _channel(visit: Visit, channel: Json) -> str:
    speech = visit.speech
    where = speech.plain(f"channel.{channel['channel']}")
    said = speech.html("why.line", where=where, words=cut(channel["explanation"], LONGEST_REASON))
    if not channel["rules"]:
        return said
    return f"{said}\n{speech.html('why.rules', rules='; '.join(channel['rules']))}"


def _short(notification_id: str) -> str:
    """22 signs in place of 36."""
    return base64.urlsafe_b64encode(uuid.UUID(notification_id).bytes).decode().rstrip("=")


def _long(short: str) -> str:
    return str(uuid.UUID(bytes=base64.urlsafe_b64decode(short + "==")))
