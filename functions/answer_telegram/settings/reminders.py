"""How long before a lesson to be reminded of it."""

from functions.answer_telegram.talking.reply import Reply
from functions.answer_telegram.talking.screen import Screen, in_rows
from functions.answer_telegram.talking.visit import Visit

MINUTES = (60, 30, 15, 5)


def said(visit: Visit) -> str:
    """«за 30 минут», «выключены»."""
    return _named(visit, visit.preferences.reminder_minutes)


def _named(visit: Visit, minutes: int | None) -> str:
    if minutes is None:
        return visit.speech.plain("reminders.off")
    return visit.speech.count("reminders.before", minutes)


def screen(visit: Visit) -> Screen:
    """The choice."""
    chosen = visit.preferences.reminder_minutes
    buttons = [
        visit.button(("✓ " if chosen == each else "") + _named(visit, each), "nm", str(each or 0))
        for each in (*MINUTES, None)
    ]
    rows = (*in_rows(buttons, 2), (visit.button(visit.speech.plain("back"), "n"),))
    return Screen(visit.speech.html("reminders", value=said(visit)), rows)


def choose(visit: Visit, minutes: str) -> Reply:
    """None at all is a choice, too."""
    visit.prefer({"reminder_minutes": int(minutes) or None})
    return Reply(screen(visit), visit.speech.plain("reminders.set", value=said(visit)))
