"""The ways into the menus: for a stranger, for one person, and for several who share a chat."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from functions.answer_telegram import start
from functions.answer_telegram.analytics import board
from functions.answer_telegram.guests import Guests
from functions.answer_telegram.settings import overview
from functions.answer_telegram.talking.screen import Screen, in_rows
from functions.answer_telegram.talking.visit import Visit
from lib.domain.outcomes import Button
from lib.errors import ServiceError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Door:
    """`act` is the button's that leads to the same place as `opens`."""

    act: tuple[str, ...]
    opens: Callable[[Visit], Screen]
    busy: bool = False

    def enter(self, guests: Guests) -> Screen:
        """What is behind it, or first the question whose it should be."""
        if not guests.people:
            return start.stranger(guests.speech)
        if len(guests.people) > 1:
            return _whose(guests, self.act)
        visit = guests.visit(guests.people[0])
        try:
            return self.opens(visit)
        except ServiceError as error:
            log.warning("not opened now", error=type(error).__name__, detail=error.detail)
            return Screen(visit.speech.html("cannot_now"))


def _whose(guests: Guests, act: tuple[str, ...]) -> Screen:
    buttons = [
        Button(start.named(guests.speech, each), data=guests.seals.close(each.user_id, *act))
        for each in guests.people
    ]
    return Screen(guests.speech.html("who"), in_rows(buttons, 1))


MENU = Door(("m",), start.menu)
SETTINGS = Door(("n",), overview.screen)
ANALYTICS = Door(("a",), board.screen, busy=True)
LANGUAGE = Door(("lg",), start.languages)
UNLINK = Door(("u",), start.ask_to_unlink)
