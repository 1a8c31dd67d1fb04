"""The recipient directory as the log tells it: a fold of each person's events, and the family ties.

Nobody is changed but through events, so whatever the order of arrival, the same people come out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from lib.domain.audience import ChannelState, Recipient
from lib.domain.events import Event
from lib.domain.preferences import timezones

PLAIN = ("role", "name", "email", "telegram_chat_id", "phone", "locale", "timezone")
LEAVING = ("user.deactivated", "user.deleted")
DIRECTORY_TYPES = ("user.registered", "user.updated", *LEAVING)
LONGEST_FIELD = 320
# A new address deserves a new chance; what a person refused stays refused.
HEALED_BY_NEW_ADDRESS = ("address_refused", "bad_address", "bounced", "bot_blocked", "chat_not_found")
_TIES = {"parent_ids": "child_ids", "child_ids": "parent_ids"}


def person(before: Recipient, story: Iterable[Event]) -> Recipient:
    """Everything the log says of one person, applied to their row; ties and channels stay as they are.

    A field that an event does not mention keeps its value; null clears it.
    """
    fields: dict[str, Any] = {}
    active = before.active
    for event in sorted(story, key=lambda each: each.order):
        fields |= {name: _clean(name, event.data[name]) for name in PLAIN if name in event.data}
        if event.type in LEAVING:
            active = False
        elif event.type == "user.registered" or "active" in event.data:
            active = event.data.get("active") is not False
    after = replace(before, **fields, active=active)
    return replace(after, channels=_healed(before, after))


def _clean(name: str, value: Any) -> str | None:
    if value is None or isinstance(value, dict | list | bool):
        return None
    text = " ".join(str(value).split())[:LONGEST_FIELD]
    if name == "timezone" and text not in timezones():
        return None
    return text or None


def _healed(before: Recipient, after: Recipient) -> Mapping[str, ChannelState]:
    return {
        channel: state
        for channel, state in after.channels.items()
        if state.reason not in HEALED_BY_NEW_ADDRESS or before.address(channel) == after.address(channel)
    }


def tied(people: Mapping[str, Recipient], events: Iterable[Event]) -> dict[str, Recipient]:
    """Family ties after these events, the same from both ends.

    A registration adds ties (either side may be the first to name the other); an update that lists them
    replaces them. `people` holds everybody concerned who is known; ids of others are kept for when they come.
    """
    result = dict(people)
    for event in sorted(events, key=lambda each: each.order):
        for mine, theirs in _TIES.items():
            if event.data.get(mine) is not None:
                _tie(result, event, mine, theirs)
    _complete(result)
    return result


def _tie(people: dict[str, Recipient], event: Event, mine: str, theirs: str) -> None:
    user_id = str(event.data["user_id"])
    me, named = people[user_id], tuple(dict.fromkeys(map(str, event.data[mine])))
    before: tuple[str, ...] = getattr(me, mine)
    kept = named if event.type == "user.updated" else tuple(dict.fromkeys(before + named))
    people[user_id] = _set(me, mine, kept)
    for other in set(before) - set(kept):
        if other in people:
            people[other] = _without(people[other], theirs, user_id)
    for other in kept:
        if other in people:
            people[other] = _with(people[other], theirs, user_id)


def _complete(people: dict[str, Recipient]) -> None:
    """Somebody who was named before they were known gets the other end of those ties."""
    for other in list(people.values()):
        for mine, theirs in _TIES.items():
            for user_id in getattr(other, theirs):
                if user_id in people and other.user_id not in getattr(people[user_id], mine):
                    people[user_id] = _with(people[user_id], mine, other.user_id)


def _with(recipient: Recipient, ties: str, user_id: str) -> Recipient:
    return _set(recipient, ties, tuple(dict.fromkeys((*getattr(recipient, ties), user_id))))


def _without(recipient: Recipient, ties: str, user_id: str) -> Recipient:
    return _set(recipient, ties, tuple(each for each in getattr(recipient, ties) if each != user_id))


def _set(recipient: Recipient, ties: str, ids: tuple[str, ...]) -> Recipient:
    changes: dict[str, Any] = {ties: ids}
    return replace(recipient, **changes)
