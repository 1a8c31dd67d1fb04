"""The first things a chat shows: help, the main menu, the language, and saying goodbye."""

from functions.answer_telegram.guests import Guests
from functions.answer_telegram.talking.reply import Reply
from functions.answer_telegram.talking.screen import Screen
from functions.answer_telegram.talking.visit import Visit
from functions.answer_telegram.words.speech import Speech
from lib.db import recipients
from lib.domain.audience import Recipient

LANGUAGES = {"ru": "Русский", "en": "English"}
UNLINKED = "unlinked"


def named(speech: Speech, person: Recipient) -> str:
    """«Анна, родитель»."""
    name = person.name or person.user_id
    role = f"role.{person.role}"
    return f"{name}, {speech.plain(role)}" if speech.has(role) else name


def stranger(speech: Speech) -> Screen:
    """For a chat that nobody linked."""
    return Screen(speech.html("stranger"))


def help_of(guests: Guests) -> Screen:
    """What the bot can do, and for whom."""
    speech = guests.speech
    who = "; ".join(named(speech, each) for each in guests.people)
    return Screen(speech.html("help", who=who))


def menu(visit: Visit) -> Screen:
    """The main menu."""
    speech = visit.speech
    rows = (
        (visit.button(speech.plain("menu.notifications"), "n"),),
        (visit.button(speech.plain("menu.analytics"), "a"),),
        (
            visit.button(speech.plain("menu.language"), "lg"),
            visit.button(speech.plain("menu.site"), "s", "m"),
        ),
        (visit.button(speech.plain("menu.unlink"), "u"),),
    )
    return Screen(speech.html("menu", who=named(speech, visit.me)), rows)


def languages(visit: Visit) -> Screen:
    """Which language to speak."""
    speech = visit.speech
    buttons = tuple(
        visit.button(f"✓ {name}" if locale == speech.locale else name, "l", locale)
        for locale, name in LANGUAGES.items()
    )
    return Screen(speech.html("language"), (buttons, (visit.button(speech.plain("back"), "m"),)))


def speak(visit: Visit, locale: str) -> Reply:
    """Speak it from now on; letters do, too."""
    with visit.call.db.begin() as conn:
        if (visit.me.locale or "")[:2] != locale:
            recipients.tell(conn, visit.me.user_id, {"locale": locale})
    visit.speech = Speech(locale)
    return Reply(menu(visit), visit.speech.plain("language.set"))


def ask_to_unlink(visit: Visit) -> Screen:
    """Nothing is changed yet."""
    speech = visit.speech
    yes = visit.button(speech.plain("unlink.yes"), "uy")
    no = visit.button(speech.plain("unlink.no"), "m")
    return Screen(speech.html("unlink", who=named(speech, visit.me)), ((yes, no),))


def unlink(visit: Visit) -> Reply:
    """Tell this person nothing here any more, and forget the chat."""
    with visit.call.db.begin() as conn:
        recipients.tell(conn, visit.me.user_id, {"telegram_chat_id": None})
        recipients.switch_channel(conn, visit.me.user_id, "telegram", "off", UNLINKED)
    return Reply(Screen(visit.speech.html("unlinked", who=named(visit.speech, visit.me))))
