"""Presses that are doubled, old, foreign or forged; refusals of Telegram; peers that are away."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from lib.runtime.services import Services
from tests.integration.bot.conftest import MAMA, MASHA, TUTOR, person
from tests.integration.bot.phone import Json, Phone, act, button, buttons


def digest_menu(phone: Phone, chat: int = MASHA) -> Json:
    menu = phone.say(chat, "/notifications")[-1]
    return phone.press(menu, button(menu, "Сводка"))


def test_a_switch_sets_what_it_says_however_often_it_is_pressed(phone: Phone) -> None:
    menu = phone.say(MASHA, "/notifications")[-1]
    groups = phone.press(menu, button(menu, "Что и куда"))
    off = act(groups, "ns:lessons:t:0")
    after = phone.press(groups, off)
    kept = phone.preferences()
    assert kept[0]["body"]["groups"] == {"lessons": {"telegram": False}}
    assert after["answers"][-1] == "Занятия: Telegram — выключено."
    again = phone.forge(groups, off)
    assert phone.preferences() == kept
    assert buttons(again) == buttons(after)


def test_an_update_that_is_worked_on_twice_changes_nothing_and_answers_once(phone: Phone) -> None:
    menu = digest_menu(phone)
    phone.office.press(menu["n"], button(menu, "Раз в день"))
    phone.poller.once(wait_s=1)
    (row,) = phone.waiting("telegram.updates")
    assert [phone.deliver("telegram.updates", row["body"]) for _ in range(3)] == [200, 200, 200]
    after = phone.again(menu)
    assert after["edits"] == menu["edits"] + 1
    assert after["answers"].count("Сводка: раз в день.") == 1


def test_copies_of_an_update_at_the_same_moment_do_its_work_once(phone: Phone) -> None:
    menu = digest_menu(phone)
    phone.office.press(menu["n"], button(menu, "Раз в день"))
    phone.poller.once(wait_s=1)
    (row,) = phone.waiting("telegram.updates")
    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(phone.deliver, ["telegram.updates"] * 4, [row["body"]] * 4))
    assert statuses == [200] * 4
    assert phone.again(menu)["edits"] == menu["edits"] + 1
    assert phone.again(menu)["answers"].count("Сводка: раз в день.") == 1


def test_what_came_later_in_a_chat_waits_for_what_came_before(phone: Phone) -> None:
    for words in ("/notifications", "/language"):
        phone.office.say(MASHA, words)
    phone.poller.once(wait_s=1)
    first, second = phone.waiting("telegram.updates")
    assert phone.deliver("telegram.updates", second["body"]) == 503
    assert phone.deliver("telegram.updates", first["body"]) == 200
    assert phone.deliver("telegram.updates", second["body"]) == 200
    assert [each["text"][0] for each in phone.office.telegram()] == ["🔔", "Н"]


def test_a_test_message_is_sent_once_for_a_press(phone: Phone) -> None:
    menu = phone.say(MASHA, "/notifications")[-1]
    after = phone.press(menu, button(menu, "Тестовое"))
    assert "отправлено, сейчас придёт" in after["text"]
    (arrived,) = [each for each in phone.office.telegram() if "Если вы это читаете" in each["text"]]
    assert arrived["chat_id"] == MASHA
    phone.sql("UPDATE bot_updates SET done_at = NULL")
    pressed = phone.sql("SELECT max(update_id) AS id FROM bot_updates")[0]["id"]
    phone.deliver("telegram.updates", repeated(phone, pressed, menu, button(menu, "Тестовое")))
    phone.work()
    assert sum("Если вы это читаете" in each["text"] for each in phone.office.telegram()) == 1


def repeated(phone: Phone, update_id: int, message: Json, data: str) -> str:
    phone.sql("UPDATE bot_updates SET done_at = now() WHERE update_id < :id", id=update_id)
    query = {**phone.query(message, data), "id": "again"}
    body = {"update_id": update_id, "callback_query": query}
    return json.dumps(
        {"specversion": "1.0", "id": "x", "source": "x", "type": "telegram.update", "data": body}
    )


FORGED = ["m1.x", "m1....", "garbage", "m1.zzzz.abcd.ne:daily.AAAAAAAAAAAA", "m1.aa.aa.nope.aa", "ne:daily"]


@pytest.mark.parametrize("data", FORGED)
def test_forged_data_changes_nothing_and_opens_a_fresh_menu(phone: Phone, data: str) -> None:
    menu = digest_menu(phone)
    answered = phone.pressed()
    after = phone.forge(menu, data)
    assert phone.pressed() == answered + 1
    assert phone.preferences() == []
    assert "Это меню устарело" in after["answers"][-1]
    assert after["text"].startswith("🔔 Уведомления")
    assert len(phone.office.telegram()) == 1


def test_a_seal_holds_for_its_person_chat_and_act_alone(phone: Phone) -> None:
    mashas, mamas = digest_menu(phone, MASHA), digest_menu(phone, MAMA)
    daily = button(mashas, "Раз в день")
    weekly = button(mashas, "Раз в неделю")
    phone.forge(mamas, daily)
    phone.forge(mashas, daily, chat=MAMA)
    phone.forge(mashas, daily.replace("daily", "weekly"))
    phone.forge(mashas, ".".join([*daily.split(".")[:-1], weekly.split(".")[-1]]))
    assert phone.preferences() == []


def test_a_button_of_two_days_ago_opens_the_menu_as_it_is_now(phone: Phone) -> None:
    menu = digest_menu(phone)
    phone.served["answer_telegram"].clock += timedelta(hours=49)
    after = phone.press(menu, button(menu, "Раз в день"))
    assert phone.preferences() == []
    assert "Это меню устарело" in after["answers"][-1]
    assert after["text"].startswith("🔔 Уведомления")


def test_who_was_unlinked_gets_nothing_from_an_old_button(phone: Phone) -> None:
    menu = digest_menu(phone)
    person(phone.served, "masha", role="student", name="Маша")
    after = phone.press(menu, button(menu, "Раз в день"))
    assert phone.preferences() == []
    assert after["text"].startswith("Здравствуйте!")


def test_a_parent_opens_no_child_but_the_own(lessons: Phone) -> None:
    board = lessons.say(MAMA, "/analytics")[-1]
    masha = lessons.press(board, button(board, "Маша"))
    assert "Проведено 4 из 4 уроков" in masha["text"]
    assert "Маша, ученик" in masha["text"]
    person(lessons.served, "mama", role="parent", name="Анна", telegram_chat_id=MAMA, child_ids=["petya"])
    gone = lessons.press(masha, button(masha, "7 дней"))
    assert "Проведено 3 из 3 уроков" in gone["text"]


def test_a_tutor_sees_the_own_lessons_only(lessons: Phone) -> None:
    board = lessons.say(TUTOR, "/analytics")[-1]
    assert "Проведено 7 из 7 уроков" in lessons.press(board, button(board, "Уроки"))["text"]
    assert "Заработано 10 500 ₽ за 7 уроков" in lessons.press(board, button(board, "Заработок"))[
        "text"
    ].replace("\u00a0", " ")


def test_after_a_429_nothing_is_called_until_it_is_over_and_nothing_is_lost(phone: Phone) -> None:
    menu = digest_menu(phone)
    phone.office.script(bot_api=[{"method": "editMessageText", "retry_after": 2, "closes": True}])
    phone.office.press(menu["n"], button(menu, "Раз в день"))
    phone.poller.once(wait_s=1)
    (row,) = phone.waiting("telegram.updates")
    statuses = [phone.deliver("telegram.updates", row["body"])]
    until = time.monotonic() + 10
    while statuses[-1] == 503 and time.monotonic() < until:
        statuses.append(phone.deliver("telegram.updates", row["body"]))
    assert (statuses[:2], statuses[-1]) == ([503, 503], 200)
    assert phone.office.ledger("telegram", "inside_retry_after") == []
    after = phone.again(menu)
    assert "Сейчас: раз в день" in after["text"]
    assert after["answers"].count("Сводка: раз в день.") == 1


def test_who_blocks_the_bot_has_the_channel_off(phone: Phone) -> None:
    phone.office.script(chats=[{"chat_id": MASHA, "state": "blocked"}])
    phone.say(MASHA, "/notifications")
    off = {"state": "off", "reason": "bot_blocked"}
    assert phone.sql("SELECT channels FROM recipients WHERE user_id = 'masha'") == [
        {"channels": {"telegram": off}}
    ]


def test_a_chat_that_moved_is_answered_in_its_new_place(phone: Phone) -> None:
    phone.office.script(chats=[{"chat_id": MASHA, "state": "migrated", "migrate_to_chat_id": -100777}])
    phone.say(MASHA, "/notifications")
    assert phone.sql("SELECT telegram_chat_id FROM recipients WHERE user_id = 'masha'") == [
        {"telegram_chat_id": "-100777"}
    ]
    (menu,) = phone.office.telegram()
    assert menu["chat_id"] == -100777
    assert menu["text"].startswith("🔔 Уведомления")


@pytest.mark.parametrize("words", ["message can't be edited", "message to edit not found"])
def test_a_message_that_cannot_be_changed_any_more_is_followed_by_a_new_one(phone: Phone, words: str) -> None:
    menu = phone.say(MASHA, "/notifications")[-1]
    fault = {"method": "editMessageText", "status": 400, "description": f"Bad Request: {words}"}
    phone.office.script(bot_api=[fault])
    phone.press(menu, button(menu, "Сводка"))
    (new,) = phone.office.telegram()[1:]
    assert new["text"].startswith("🗞 Сводка")


def test_a_chart_that_cannot_be_drawn_is_told_in_blocks_and_figures(lessons: Phone) -> None:
    del lessons.served.clients["render_chart"]
    board = lessons.say(MASHA, "/analytics")[-1]
    assert board["message"]["photo"]
    assert "Проведено 4 из 4 уроков" in board["text"]
    assert "График сейчас не нарисовать" in board["text"]
    assert any(spark in board["text"] for spark in "▁▄▅█")


def test_a_peer_that_is_away_is_told_and_changes_nothing(phone: Phone) -> None:
    menu = phone.say(MASHA, "/notifications")[-1]
    broken = phone.served.settings.model_copy(update={"function_url": "http://127.0.0.1:9/{name}"})
    phone.served["answer_telegram"].services = Services(broken)
    after = phone.press(menu, button(menu, "Сводка"))
    assert after["answers"][-1].startswith("Сейчас не получается")
    assert after["text"] == menu["text"]
