"""The root of /notifications: what holds now, at a glance."""

from functions.answer_telegram import start
from functions.answer_telegram.settings import digest, quiet, reminders
from functions.answer_telegram.talking.reply import Reply
from functions.answer_telegram.talking.screen import Rows, Screen
from functions.answer_telegram.talking.visit import Visit
from lib.domain.explain import sentence

ON_ITS_WAY = ("planned", "queued", "sending", "sent")


def screen(visit: Visit, note: str = "") -> Screen:
    """`note`: a line of HTML about what just happened."""
    speech = visit.speech
    lines = [
        speech.html("settings", who=start.named(speech, visit.me)),
        "\n".join(
            (
                speech.html("settings.reminders", value=reminders.said(visit)),
                speech.html("settings.quiet", value=quiet.said(visit)),
                speech.html("settings.digest", value=digest.said(visit)),
            )
        ),
    ]
    if visit.me.channel("telegram").is_off:
        lines.append(speech.html("settings.telegram_off"))
    if note:
        lines.append(note)
    return Screen("\n\n".join(lines), _rows(visit))


def _rows(visit: Visit) -> Rows:
    say, button = visit.speech.plain, visit.button
    return (
        (button(say("settings.to_groups"), "ng"),),
        (button(say("settings.to_reminders"), "nr"), button(say("settings.to_quiet"), "nq")),
        (button(say("settings.to_digest"), "nd"), button(say("settings.to_history"), "nh", "0")),
        (button(say("settings.to_test"), "nt"),),
        (button(say("menu.site"), "s", "n"), button(say("to_menu"), "m")),
    )


def send_test(visit: Visit) -> Reply:
    """A real message on the road that every message takes; once for this press."""
    body = visit.post("send-telegram", "/api/v1/telegram/messages", _words(visit), once=True).json()
    speech = visit.speech
    if body["status"] in ON_ITS_WAY:
        return Reply(screen(visit, speech.html("test.sent")), speech.plain("test.toast"))
    why = sentence(body["reason"], speech.locale)
    return Reply(screen(visit, speech.html("test.not_sent", why=why)), speech.plain("test.toast_not"))


def _words(visit: Visit) -> dict[str, str]:
    speech = visit.speech
    return {"title": speech.plain("test.title"), "message": speech.plain("test.message")}
