"""What to be told, and where: groups and single types by channel. A switch carries the value that it sets."""

from collections.abc import Iterable, Mapping, Sequence

from functions.answer_telegram.talking.reply import Reply
from functions.answer_telegram.talking.screen import Screen
from functions.answer_telegram.talking.visit import Visit
from lib.domain.catalogue import GROUPS, TYPES, NotificationType
from lib.domain.outcomes import Button

CHANNELS: Mapping[str, str] = {"t": "telegram", "e": "email"}
# Everything, some of it, nothing.
MARKS = {True: "✅", None: "◐", False: "☐"}
# Whoever is told these was named by somebody, whatever their role.
ANYBODY = {"self", "named"}


def _of_role(kinds: Iterable[NotificationType], role: str) -> list[NotificationType]:
    return [kind for kind in kinds if kind.audience & {role, *ANYBODY}]


def _in_group(visit: Visit, group: str) -> list[NotificationType]:
    return _of_role((kind for kind in TYPES.values() if kind.group == group), visit.role)


def all_groups(visit: Visit) -> Screen:
    """One row a group: its name leads to its types."""
    speech = visit.speech
    rows = [
        (
            visit.button(f"{speech.plain(f'group.{group}')} ›", "ny", group),
            *(
                _switch(visit, "ns", group, short, _state(visit, kinds, name))
                for short, name in CHANNELS.items()
            ),
        )
        for group in GROUPS
        if (kinds := _in_group(visit, group))
    ]
    return Screen(speech.html("groups"), (*rows, (visit.button(speech.plain("back"), "n"),)))


def one_group(visit: Visit, group: str) -> Screen:
    """One row a type. Of a type both switches say what holds, whoever set it."""
    speech = visit.speech
    rows: list[tuple[Button, ...]] = []
    kinds = _in_group(visit, group)
    for kind in kinds:
        rows.append((visit.button(f"{speech.plain(f'type.{kind.name}')} ⓘ", "ni", kind.name),))
        rows.append(
            tuple(
                _switch(visit, "nz", kind.name, short, _wanted(visit, kind, channel), named=True)
                for short, channel in CHANNELS.items()
            )
        )
    words = speech.html("groups.one", name=speech.plain(f"group.{group}"))
    return Screen(words, (*rows, (visit.button(speech.plain("back"), "ng"),)))


def about(visit: Visit, name: str) -> Reply:
    """When it comes, told without changing anything."""
    kind, say = TYPES[name], visit.speech.plain
    told = [say("type.critical" if kind.critical else "type.waits")]
    if kind.folds:
        told.append(say("type.folds"))
    return Reply(toast=f"{say(f'type.{name}')}. {' '.join(told)}", alert=True)


def set_group(visit: Visit, group: str, short: str, value: str) -> Reply:
    """The whole group: what was set for single types of it on this channel goes."""
    channel, on = CHANNELS[short], value == "1"
    own = {name: {channel: None} for name in visit.preferences.types if TYPES[name].group == group}
    visit.prefer({"groups": {group: {channel: on}}, "types": own})
    return Reply(all_groups(visit), _told(visit, f"group.{group}", channel, on=on))


def set_type(visit: Visit, name: str, short: str, value: str) -> Reply:
    """One type, whatever its group says."""
    channel, on = CHANNELS[short], value == "1"
    visit.prefer({"types": {name: {channel: on}}})
    return Reply(one_group(visit, TYPES[name].group), _told(visit, f"type.{name}", channel, on=on))


def _told(visit: Visit, what: str, channel: str, *, on: bool) -> str:
    say = visit.speech.plain
    key = "switched.on" if on else "switched.off"
    return say(key, what=say(what), channel=say(f"channel.{channel}"))


def _wanted(visit: Visit, kind: NotificationType, channel: str) -> bool:
    return visit.preferences.refusal(kind.name, kind.group, channel) is None


def _state(visit: Visit, kinds: Sequence[NotificationType], channel: str) -> bool | None:
    wanted = {_wanted(visit, kind, channel) for kind in kinds}
    return wanted.pop() if len(wanted) == 1 else None


def _switch(
    visit: Visit, act: str, what: str, short: str, state: bool | None, *, named: bool = False
) -> Button:
    """What is on goes off; what is off, or on in part, goes on."""
    channel = visit.speech.plain(
        f"channel.{CHANNELS[short]}" if named else f"channel.{CHANNELS[short]}.short"
    )
    return visit.button(f"{MARKS[state]} {channel}", act, what, short, "0" if state else "1")
