"""Quiet hours: presets, and steps of half an hour at either end. Each button carries both ends as they will be."""

from functions.answer_telegram.talking.reply import Reply
from functions.answer_telegram.talking.screen import Screen
from functions.answer_telegram.talking.visit import Visit
from lib.domain.outcomes import Button

PRESETS = (("21:00", "09:00"), ("22:00", "08:00"), ("23:00", "07:00"))
STEP_MIN = 30
DAY_MIN = 24 * 60
OFF = "off"


def said(visit: Visit) -> str:
    """«с 22:00 до 08:00», «выключены»."""
    hours = visit.preferences.quiet_hours
    if hours is None:
        return visit.speech.plain("quiet.off")
    return visit.speech.plain("quiet.from_to", start=hours.start, end=hours.end)


def screen(visit: Visit) -> Screen:
    """The choice, with the person's own clock: quiet hours are kept by it."""
    speech, hours = visit.speech, visit.preferences.quiet_hours
    now = visit.call.now.astimezone(visit.zone)
    ends = (hours.start, hours.end) if hours else None
    rows: list[tuple[Button, ...]] = [
        tuple(_preset(visit, each, chosen=each == ends) for each in PRESETS),
        *((_steps(visit, ends, 0), _steps(visit, ends, 1)) if ends else ()),
        (visit.button(("✓ " if ends is None else "") + speech.plain("quiet.none"), "nu", OFF),),
        (visit.button(speech.plain("back"), "n"),),
    ]
    words = speech.html("quiet", value=said(visit), zone=str(visit.zone), now=f"{now:%H:%M}")
    return Screen(words, tuple(rows))


def _preset(visit: Visit, ends: tuple[str, str], *, chosen: bool) -> Button:
    start, end = ends
    text = f"{'✓ ' if chosen else ''}{start[:2]}–{end[:2]}"
    return visit.button(text, "nu", start.replace(":", ""), end.replace(":", ""))


def _steps(visit: Visit, ends: tuple[str, str], which: int) -> tuple[Button, ...]:
    """Earlier, later: each says what it would become."""
    key = ("quiet.start", "quiet.end")[which]
    made = []
    for sign, step in (("−", -STEP_MIN), ("+", STEP_MIN)):
        # A window has a length: what would close it jumps over.
        moved = _moved(ends, which, step)
        if moved[0] == moved[1]:
            moved = _moved(ends, which, 2 * step)
        text = visit.speech.plain(key, sign=sign, at=moved[which])
        made.append(visit.button(text, "nu", moved[0].replace(":", ""), moved[1].replace(":", "")))
    return tuple(made)


def _moved(ends: tuple[str, str], which: int, minutes: int) -> tuple[str, str]:
    hour, minute = map(int, ends[which].split(":"))
    moved = (hour * 60 + minute + minutes) % DAY_MIN
    at = f"{moved // 60:02}:{moved % 60:02}"
    return (at, ends[1]) if which == 0 else (ends[0], at)


def choose(visit: Visit, start: str, end: str = "") -> Reply:
    """Held until they are over is what is not urgent; nothing is lost."""
    hours = None if start == OFF else {"start": _clock(start), "end": _clock(end)}
    visit.prefer({"quiet_hours": hours})
    return Reply(screen(visit), visit.speech.plain("quiet.set", value=said(visit)))


def _clock(digits: str) -> str:
    return f"{digits[:2]}:{digits[2:]}"
