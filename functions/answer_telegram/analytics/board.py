"""/analytics: one message, a chart with the finding in words below it and everything else a tap away."""

from collections.abc import Callable, Sequence
from typing import Any

from functions.answer_telegram import start
from functions.answer_telegram.analytics import picture
from functions.answer_telegram.analytics.place import ALL, Place, place
from functions.answer_telegram.analytics.topics import DAYS, of_role
from functions.answer_telegram.talking.screen import Rows, Screen, in_rows
from functions.answer_telegram.talking.visit import Visit
from lib.domain.audience import Recipient
from lib.domain.outcomes import Button
from lib.runtime import naming
from lib.telegram.capabilities import TELEGRAM
from lib.telegram.text_chart import as_html
from lib.templates.fitting import cut, visible_length

FORMATS = ("pdf", "xlsx")
LONGEST_FINDING = 400


def screen(visit: Visit, name: str = "", days: str = "", mark: str = ALL) -> Screen:
    """Raises Temporary while the figures cannot be had, and BadInput for what is not this reader's."""
    here = place(visit, name, days, mark)
    answer = _figures(visit, here)
    chart = picture.drawn(visit, here.topic, answer)
    return Screen(_caption(visit, here, answer, chart), _rows(visit, here), chart.photo)


def _figures(visit: Visit, here: Place) -> dict[str, Any]:
    """With the reader's own rights: what they may not see is refused there."""
    student = here.child.user_id if here.child else visit.me.user_id
    path = here.topic.path.format(page=visit.role, student_id=student)
    asked = {"days": here.days, "student_id": here.child.user_id if here.child else None}
    if not path.startswith("dashboard/"):
        asked["compare"] = "previous"
    answer: dict[str, Any] = visit.ask("query-analytics", f"/api/v1/analytics/{path}", **asked).json()
    with visit.call.db.connect() as conn:
        return naming.named(conn, answer)


def _caption(visit: Visit, here: Place, answer: dict[str, Any], chart: picture.Picture) -> str:
    speech = visit.speech
    title = speech.html(
        "board.title",
        topic=speech.plain(f"topic.{here.topic.name}"),
        period=speech.plain(f"days.{here.days}"),
    )
    whose = here.child or (visit.me if len(visit.people) > 1 else None)
    if whose is not None:
        title += "\n" + speech.html("board.whose", who=start.named(speech, whose))
    elif len(here.children) > 1:
        title += "\n" + speech.html("board.all_children")
    parts = [title]
    if chart.finding:
        parts.append(speech.html("board.finding", finding=cut(chart.finding, LONGEST_FINDING)))
    parts.append("\n".join(f"• {line}" for line in here.topic.lines(speech, answer)))
    if not chart.finding:
        parts.append(
            "\n".join(
                filter(None, (as_html(chart.text) if chart.text else "", speech.html("board.no_chart")))
            )
        )
    return _fitting(parts)


def _fitting(parts: list[str]) -> str:
    """What stands last goes first when a caption is too long."""
    while visible_length("\n\n".join(parts)) > TELEGRAM.caption and len(parts) > 1:
        parts.pop()
    return "\n\n".join(parts)


def _rows(visit: Visit, here: Place) -> Rows:
    def to(text: str, there: Place) -> Button:
        return visit.button(text, "a", *there.act(visit))

    say = visit.speech.plain
    topics = [
        to(_marked(say(f"topic.{topic.name}.button"), topic is here.topic), here.at(topic=topic))
        for topic in of_role(visit.role)
    ]
    periods = tuple(to(_marked(say(f"days.{n}.button"), n == here.days), here.at(days=n)) for n in DAYS)
    return (
        *in_rows(topics, 3 if len(topics) > 4 else 2),
        periods,
        *_family(visit, here, to),
        *_reports(visit, here),
        (visit.button(say("menu.site"), "s", "a", *here.act(visit)),),
    )


def _family(visit: Visit, here: Place, to: Callable[[str, Place], Button]) -> Rows:
    if len(here.children) < 2:
        return ()
    buttons = [
        to(_marked(name, each is here.child), here.at(child=each))
        for name, each in zip(_first_names(here.children), here.children, strict=True)
    ]
    if "{student_id}" not in here.topic.path:
        everybody = visit.speech.plain("board.all_children.button")
        buttons.insert(0, to(_marked(everybody, here.child is None), here.at(child=None)))
    return in_rows(buttons, 2 if len(buttons) == 4 else 3)


def _first_names(children: Sequence[Recipient]) -> list[str]:
    """A family shares its last name, and a button has little room; whole names where first names are the same."""
    whole = [each.name or each.user_id for each in children]
    first = [name.split()[0] for name in whole]
    return first if len(set(first)) == len(first) else whole


def _reports(visit: Visit, here: Place) -> Rows:
    if here.topic.report is None:
        return ()
    say = visit.speech.plain
    return (tuple(visit.button(say(f"report.{kind}"), "r", *here.act(visit), kind) for kind in FORMATS),)


def _marked(text: str, here: bool) -> str:
    return f"• {text}" if here else text
