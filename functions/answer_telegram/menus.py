"""Every act that a button can stand for, by the name that it bears in the button."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from functions.answer_telegram import linking, site, start
from functions.answer_telegram.analytics import board, reports
from functions.answer_telegram.settings import digest, groups, history, overview, quiet, reminders
from functions.answer_telegram.talking.reply import Reply
from functions.answer_telegram.talking.screen import Screen
from functions.answer_telegram.talking.visit import Visit
from lib.telegram.bot import Busy

Act = Callable[..., Reply]


@dataclass(frozen=True, slots=True)
class Slow:
    """Takes longer than a second: the press is answered first, and the chat says what is being done."""

    doing: Busy
    words: str = ""


def _shows(screen: Callable[..., Screen]) -> Act:
    def act(visit: Visit, *arguments: str) -> Reply:
        return Reply(screen(visit, *arguments))

    return act


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "m": _shows(start.menu),
        "lg": _shows(start.languages),
        "l": start.speak,
        "u": _shows(start.ask_to_unlink),
        "uy": start.unlink,
        "ly": linking.link,
        "ln": linking.leave,
        "s": _shows(site.screen),
        "n": _shows(overview.screen),
        "nt": overview.send_test,
        "ng": _shows(groups.all_groups),
        "ns": groups.set_group,
        "ny": _shows(groups.one_group),
        "nz": groups.set_type,
        "ni": groups.about,
        "nr": _shows(reminders.screen),
        "nm": reminders.choose,
        "nq": _shows(quiet.screen),
        "nu": quiet.choose,
        "nd": _shows(digest.screen),
        "ne": digest.choose,
        "nh": _shows(history.page),
        "nw": _shows(history.why),
        "a": _shows(board.screen),
        "r": reports.send,
    }
)
SLOW: Mapping[str, Slow] = MappingProxyType(
    {"a": Slow("upload_photo"), "r": Slow("upload_document", "report.making")}
)
