"""Every path of both menus, for every role: each button that can be found is pressed."""

import re
from collections import deque

import pytest

from tests.integration.bot.conftest import CHATS
from tests.integration.bot.phone import Json, Phone, carried

# A dozen kinds of acts; what differs in a number alone (steps of quiet hours, pages) is followed so often.
PRESSES = {"/notifications": 100, "/analytics": 45}
SAME_KIND = 4


def kind_of(data: str) -> str:
    """The act and what it is about, without the numbers in it."""
    return re.sub(r"[0-9]+", "#", data.split(".")[3])


def crawl(phone: Phone, chat: int, command: str, most: int) -> dict[str, str]:
    """Breadth first; what each kind of button led to, by its act."""
    message = phone.say(chat, command)[-1]
    seen: dict[str, int] = {}
    led: dict[str, str] = {}
    ahead = deque(carried(message))
    while ahead and most:
        data = ahead.popleft()
        kind = kind_of(data)
        seen[kind] = seen.get(kind, 0) + 1
        # From the settings a chart would take the message's place, and a photo never becomes a text again.
        if seen[kind] > SAME_KIND or kind == "uy" or (kind == "a" and command == "/notifications"):
            continue
        most -= 1
        after = press(phone, message, data, kind)
        led[kind] = after["text"]
        ahead.extend(each for each in carried(after) if seen.get(kind_of(each), 0) < SAME_KIND)
    return led


def press(phone: Phone, message: Json, data: str, kind: str) -> Json:
    """One press, and everything that must hold after it."""
    sent, answered, edits = (
        len(phone.office.telegram()),
        phone.pressed(),
        phone.again(message).get("edits", 0),
    )
    if data not in carried(phone.again(message)):
        phone.forge(message, data)
    else:
        phone.press(message, data)
    after = phone.again(message)
    assert phone.pressed() == answered + 1, f"{kind} was not answered once"
    new = phone.office.telegram()[sent:]
    if kind.startswith("r:"):
        assert [each["message"].get("document") is not None for each in new] == [True], kind
    elif kind == "nt":
        # Quiet hours or a switch that was pressed before may hold it: the menu says so then.
        assert len(new) == ("придёт сразу" not in after["text"] and "come at once" not in after["text"])
        assert after["edits"] == edits + 1
    else:
        assert not new, f"{kind} sent a new message: {new}"
        assert after.get("edits", 0) - edits in (0, 1), kind
    limit = 1024 if "photo" in after["message"] else 4096
    assert 0 < len(after["text"].encode("utf-16-le")) // 2 <= limit
    assert all(len(each.encode()) <= 64 for each in carried(after))
    assert phone.office.ledger("telegram", "refused") == [] or all(
        "not modified" in each["description"] for each in phone.office.ledger("telegram", "refused")
    )
    return after


@pytest.mark.parametrize("role", CHATS)
def test_every_button_of_the_settings_does_what_it_should(phone: Phone, role: str) -> None:
    led = crawl(phone, CHATS[role], "/notifications", PRESSES["/notifications"])
    acts = {kind.split(":")[0] for kind in led}
    expected = {
        "n",
        "ng",
        "ns",
        "ny",
        "nz",
        "ni",
        "nr",
        "nm",
        "nq",
        "nu",
        "nd",
        "ne",
        "nh",
        "nt",
        "s",
        "m",
        "lg",
        "u",
    }
    assert acts >= expected, expected - acts


@pytest.mark.parametrize("role", CHATS)
def test_every_button_of_the_figures_shows_its_chart(lessons: Phone, role: str) -> None:
    led = crawl(lessons, CHATS[role], "/analytics", PRESSES["/analytics"])
    topics = {kind.split(":")[1] for kind in led if kind.startswith("a:")}
    assert topics == TOPICS[role]
    assert {kind.split(":")[-1] for kind in led if kind.startswith("r:")} == {"pdf", "xlsx"}
    menu = lessons.office.telegram()[0]
    assert menu["message"]["photo"]
    assert "рисовать" not in menu["text"]


TOPICS = {
    "admin": {"overview", "lessons", "money", "users", "materials", "homework", "tutors"},
    "tutor": {"overview", "lessons", "earnings", "materials", "homework"},
    "parent": {"overview", "lessons", "money", "homework", "progress"},
    "student": {"overview", "lessons", "materials", "homework", "progress"},
}
