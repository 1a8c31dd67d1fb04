"""Who is meant by what an admin typed: an id, a part of a name, an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from functions.serve_console.notifications.pages import PEOPLE, RECIPIENTS
from functions.serve_console.web.api import Api
from lib.errors import BadInput

# More than that many nobody reads through: another letter typed is quicker.
MOST = 12
Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """`user_id` when it is clear who is meant; else those it may be. Nothing was typed: neither."""

    typed: str = ""
    user_id: str | None = None
    candidates: Sequence[Found] = ()

    @property
    def unclear(self) -> bool:
        """Whether somebody was named, and several fit."""
        return bool(self.candidates) and self.user_id is None


def choose(api: Api, typed: str) -> Choice:
    """An id that the directory does not know still has a history: it is taken as it is."""
    if not typed:
        return Choice()
    if known(api, typed):
        return Choice(typed, typed)
    found = api.get(PEOPLE, RECIPIENTS, q=typed[:200], limit=MOST)["items"]
    if len(found) > 1:
        return Choice(typed, None, found)
    return Choice(typed, found[0]["user_id"] if found else typed)


def known(api: Api, user_id: str) -> Found | None:
    """The directory's entry, if there is one that the visitor may see."""
    try:
        found: Found = api.get(PEOPLE, entry(user_id))
    except BadInput as error:
        if error.status == 404:
            return None
        raise
    return found


def entry(user_id: str) -> str:
    """The address of somebody's entry."""
    return f"{RECIPIENTS}/{quote(user_id, safe='')}"
