"""Whether what is not urgent is gathered into one message."""

from functions.answer_telegram.talking.reply import Reply
from functions.answer_telegram.talking.screen import Screen
from functions.answer_telegram.talking.visit import Visit

CHOICES = ("off", "daily", "weekly")


def said(visit: Visit) -> str:
    """«раз в день»."""
    return visit.speech.plain(f"digest.{visit.preferences.digest}")


def screen(visit: Visit) -> Screen:
    """The choice."""
    say, chosen = visit.speech.plain, visit.preferences.digest
    rows = tuple(
        (visit.button(("✓ " if chosen == each else "") + say(f"digest.{each}.button"), "ne", each),)
        for each in CHOICES
    )
    return Screen(visit.speech.html("digest", value=said(visit)), (*rows, (visit.button(say("back"), "n"),)))


def choose(visit: Visit, choice: str) -> Reply:
    """From now on; what is gathered already comes as it was promised."""
    visit.prefer({"digest": choice})
    return Reply(screen(visit), visit.speech.plain("digest.set", value=said(visit)))
