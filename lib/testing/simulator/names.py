"""Common first and last names, combined at random; addresses in domains that nobody can own."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from lib.testing.simulator.world import World

_DOMAINS = ("mail.example", "post.example", "inbox.example", "family.example")


def last_name(world: World, locale: str) -> str:
    """A family's name in its male or only form."""
    return str(world.one_of(_lists()[locale]["last"]))


def full_name(world: World, locale: str, last: str, *, female: bool) -> str:
    """First and last name."""
    first = world.one_of(_lists()[locale]["female" if female else "male"])
    return f"{first} {last}{'а' if female and locale == 'ru' else ''}"


def address(world: World, name: str, user_id: str) -> str:
    """An e-mail address in a domain of RFC 2606; the id keeps it unique."""
    letters = _lists()["letters"]
    latin = "".join(letters.get(letter, letter) for letter in name.lower()).replace(" ", ".")
    return f"{latin}.{user_id.replace('-', '')}@{world.one_of(_DOMAINS)}"


@cache
def _lists() -> dict[str, Any]:
    lists: dict[str, Any] = json.loads(Path(__file__).with_name("names.json").read_bytes())
    return lists
