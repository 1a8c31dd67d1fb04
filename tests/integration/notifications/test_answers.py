"""One tap in a reminder: the first answer of a family counts, the others are shown it, the tutor is told."""

from datetime import timedelta
from typing import Any

import pytest

from tests.integration.notifications.calendar import Calendar
from tests.integration.notifications.test_answer_telegram import SECRET

Json = dict[str, Any]
MASHA, MAMA, PAPA, OLGA = 11, 12, 13, 14


@pytest.fixture
def family(calendar: Calendar) -> Calendar:
    """A student, both parents and the tutor; all on Telegram, and mama by mail, too."""
    calendar.person("masha", email=None, telegram_chat_id=MASHA, name="Маша")
    calendar.person(
        "mama",
        role="parent",
        email="mama@example.com",
        telegram_chat_id=MAMA,
        child_ids=["masha"],
        name="Мама",
    )
    calendar.person(
        "papa", role="parent", email=None, telegram_chat_id=PAPA, child_ids=["masha"], name="Папа"
    )
    calendar.person("olga", role="tutor", email=None, telegram_chat_id=OLGA, name="Ольга")
    return calendar


def lesson(calendar: Calendar, **hours: float) -> None:
    starts_at = calendar.later(**(hours or {"hours": 2})).isoformat()
    data = {"lesson_id": "l-1", "student_id": "masha", "tutor_id": "olga", "subject": "Физика"}
    event(calendar, "lesson.created", {**data, "starts_at": starts_at}, id="created")


def event(calendar: Calendar, kind: str, data: Json, *, id: str) -> None:
    at = calendar.at.isoformat()
    calendar.learn({"specversion": "1.0", "id": id, "source": "t", "type": kind, "time": at, "data": data})


def remind(calendar: Calendar) -> None:
    """An hour before the lesson."""
    due = calendar.later(hours=1)
    calendar.go(due, tick_at=(due - timedelta(minutes=1),))


def shown(calendar: Calendar, chat: int) -> Json:
    """The last message of a chat as it stands now."""
    return [message for message in calendar.office.telegram() if message["chat_id"] == chat][-1]


def buttons(message: Json) -> dict[str, str]:
    return {button["text"]: button["callback_data"] for row in message["buttons"] for button in row}


def press(calendar: Calendar, chat: int, data: str, number: int) -> str:
    """Somebody taps a button; what they are told."""
    message = shown(calendar, chat)
    query = {
        "id": f"q{number}",
        "from": {"id": chat, "is_bot": False, "first_name": "X", "language_code": "ru"},
        "message": {**message["message"], "chat": {"id": chat, "type": "private"}},
        "chat_instance": "1",
        "data": data,
    }
    update = calendar.office.update(callback_query=query)
    answer = calendar.call("POST", "/telegram/webhook", update, **SECRET)
    assert (answer.status_code, answer.data) == (200, b"")
    assert calendar.turn("telegram.updates") == [200]
    calendar.go(calendar.later(seconds=10))
    told: str = next(each for each in calendar.office.telegram() if each["n"] == message["n"])["answers"][-1]
    return told


def test_the_reminder_asks_the_family_and_not_the_tutor(family: Calendar) -> None:
    lesson(family)
    remind(family)
    for chat in (MASHA, MAMA, PAPA):
        assert list(buttons(shown(family, chat))) == ["Буду", "Перенести", "Не смогу"]
        assert all(len(data) <= 64 for data in buttons(shown(family, chat)).values())
    assert buttons(shown(family, OLGA)) == {}


def test_the_first_answer_counts_and_every_copy_shows_it(family: Calendar) -> None:
    lesson(family)
    remind(family)
    mama, papa = (buttons(shown(family, chat)) for chat in (MAMA, PAPA))
    assert press(family, MAMA, mama["Буду"], 1) == "Спасибо, ответ записан: «Буду»."
    for chat in (MASHA, MAMA, PAPA):
        assert "Буду (Мама)" in shown(family, chat)["text"]
        assert buttons(shown(family, chat)) == {}
    assert "На это уже ответили" in press(family, PAPA, papa["Не смогу"], 2)
    assert "На это уже ответили" in press(family, MAMA, mama["Буду"], 3)


def test_the_tutor_is_told_and_the_figures_count_it(family: Calendar) -> None:
    lesson(family)
    remind(family)
    press(family, PAPA, buttons(shown(family, PAPA))["Не смогу"], 1)
    family.take_from_exchange("repitbot_events")
    family.go(family.later(seconds=5))
    assert "Папа" in shown(family, OLGA)["text"]
    assert family.sql("SELECT declined, confirmed FROM lesson_rollup WHERE declined > 0") == [
        {"declined": 1, "confirmed": 0}
    ]


def test_after_an_answer_nobody_of_the_family_is_asked_again(family: Calendar) -> None:
    family.ok("PATCH", "/api/v1/preferences/masha", {"reminder_minutes": 15})
    lesson(family)
    remind(family)
    press(family, MAMA, buttons(shown(family, MAMA))["Буду"], 1)
    family.take_from_exchange("repitbot_events")
    due = family.at.replace(minute=44)
    family.go(due + timedelta(minutes=2), tick_at=(due,))
    reasons = family.sql(
        "SELECT DISTINCT reason FROM deliveries WHERE user_id = 'masha' AND channel = 'telegram'"
    )
    assert {"reason": "already_answered"} in reasons


def test_another_chats_button_and_a_forged_one_change_nothing(family: Calendar) -> None:
    lesson(family)
    remind(family)
    data = buttons(shown(family, MAMA))["Буду"]
    assert press(family, PAPA, data, 1) == "Эта кнопка больше не действует."
    assert press(family, MAMA, data[:-1] + ("A" if data[-1] != "A" else "B"), 2) == (
        "Эта кнопка больше не действует."
    )
    assert press(family, MAMA, "", 3) == "Эта кнопка больше не действует."
    assert family.sql("SELECT * FROM answers") == []


def test_what_was_called_off_cannot_be_answered_any_more(family: Calendar) -> None:
    lesson(family)
    remind(family)
    data = buttons(shown(family, MAMA))["Буду"]
    event(family, "lesson.cancelled", {"lesson_id": "l-1"}, id="off")
    assert "Отвечать уже не нужно" in press(family, MAMA, data, 1)


def test_a_mail_asks_with_links_and_only_a_click_on_the_page_answers(family: Calendar) -> None:
    lesson(family)
    remind(family)
    mail = family.office.mail()[-1]
    link = next(line for line in mail["text"].split() if "/answers/" in line)
    path = link[link.index("/answers/") :]
    page = family.call("GET", path, role=None)
    assert page.status_code == 200
    assert "<form" in page.get_data(as_text=True)
    assert family.sql("SELECT * FROM answers") == []
    assert "Ответ записан" in family.call("POST", path, role=None).get_data(as_text=True)
    assert "уже ответили" in family.call("POST", path, role=None).get_data(as_text=True)
    assert family.call("POST", path[:-1], role=None).status_code == 404


def ask(calendar: Calendar, **rest: Any) -> str:
    body = {
        "type": "custom",
        "user_id": "mama",
        "data": {"message": "Подпишите договор", "student_id": "masha"},
    }
    made = calendar.ok("POST", "/api/v1/notifications", {**body, "must_answer_minutes": 60, **rest})
    identity: str = made["id"]
    return identity


def test_what_stays_unanswered_goes_to_the_other_parent(family: Calendar) -> None:
    ask(family)
    family.go(family.later(minutes=59))
    assert not [m for m in family.office.telegram() if m["chat_id"] == PAPA]
    family.go(family.later(minutes=2))
    assert list(buttons(shown(family, PAPA))) == ["Понятно"]
    assert ("papa", "telegram", "sent", "sent") in family.states()


def test_what_was_answered_in_time_goes_to_nobody_else(family: Calendar) -> None:
    ask(family)
    family.go(family.later(minutes=1))
    press(family, MAMA, buttons(shown(family, MAMA))["Понятно"], 1)
    assert "Понятно (Мама)" in shown(family, MAMA)["text"]
    family.go(family.later(hours=2))
    assert not [m for m in family.office.telegram() if m["chat_id"] == PAPA]


def test_where_nobody_else_is_left_it_is_said_so(family: Calendar) -> None:
    family.person("papa", role="parent", email=None, child_ids=[])
    identity = ask(family)
    family.go(family.later(hours=2))
    story = family.ok("GET", f"/api/v1/notifications/{identity}")
    assert "nobody_else" in [line["reason"] for line in story["timeline"]]
