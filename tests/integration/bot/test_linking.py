"""A chat is tied to somebody by a one-use code, after the bot has said to whom; and is let go again."""

import pytest

from tests.integration.bot.conftest import MAMA, MASHA, STRANGER, person
from tests.integration.bot.phone import Json, Phone, button, buttons


def code_for(phone: Phone, user_id: str = "petya") -> str:
    link = phone.served["manage_recipients"].post(f"/api/v1/recipients/{user_id}/telegram-link")
    assert link.status_code == 201
    return str(link.json["code"])


def chat_of(phone: Phone, user_id: str) -> tuple[str | None, str]:
    row = phone.sql("SELECT telegram_chat_id, channels FROM recipients WHERE user_id = :id", id=user_id)[0]
    return row["telegram_chat_id"], row["channels"].get("telegram", {}).get("state", "on")


def ask(phone: Phone, code: str, chat: int = STRANGER) -> Json:
    return phone.say(chat, f"/start {code}")[-1]


def test_the_bot_names_the_account_and_links_it_only_when_told_so(phone: Phone) -> None:
    asked = ask(phone, code_for(phone))
    assert "Подключить уведомления для:\nПетя, ученик?" in asked["text"]
    assert list(buttons(asked)) == ["Подключить", "Отмена"]
    assert chat_of(phone, "petya")[0] is None
    done = phone.press(asked, button(asked, "Подключить"))
    assert "Готово! Уведомления для Петя, ученик теперь приходят сюда" in done["text"]
    assert chat_of(phone, "petya") == (str(STRANGER), "on")
    assert "📊 Статистика" in buttons(done)


def test_a_code_works_once_and_pressing_twice_links_once(phone: Phone) -> None:
    code = code_for(phone)
    first, second = ask(phone, code), ask(phone, code, chat=MAMA)
    yes = button(first, "Подключить")
    phone.press(first, yes)
    again = phone.forge(first, yes)
    assert "Готово!" in again["text"]
    late = phone.press(second, button(second, "Подключить"))
    assert "уже не действует" in late["text"]
    assert chat_of(phone, "petya")[0] == str(STRANGER)
    assert "уже не действует" in ask(phone, code, chat=5)["text"]


def test_saying_no_leaves_the_code_good(phone: Phone) -> None:
    code = code_for(phone)
    asked = ask(phone, code)
    assert "ничего не подключено" in phone.press(asked, button(asked, "Отмена"))["text"]
    assert "Подключить уведомления" in ask(phone, code)["text"]


def test_a_code_lives_for_ten_minutes_and_a_wrong_one_is_told_apart(phone: Phone) -> None:
    code = code_for(phone)
    asked = ask(phone, code)
    phone.sql("UPDATE telegram_links SET expires_at = expires_at - interval '10 minutes'")
    assert "уже не действует" in ask(phone, code)["text"]
    assert "уже не действует" in phone.press(asked, button(asked, "Подключить"))["text"]
    assert "Такого кода нет" in ask(phone, "abc")["text"]
    assert chat_of(phone, "petya")[0] is None


def test_a_link_pressed_in_another_chat_links_nothing(phone: Phone) -> None:
    asked = ask(phone, code_for(phone))
    phone.forge(asked, button(asked, "Подключить"), chat=5)
    assert chat_of(phone, "petya")[0] is None


def test_unlinking_asks_then_turns_the_channel_off_and_forgets_the_chat(phone: Phone) -> None:
    asked = phone.say(MASHA, "/unlink")[-1]
    assert "Отключить уведомления для Маша, ученик" in asked["text"]
    assert chat_of(phone, "masha") == (str(MASHA), "on")
    assert "отключено" in phone.press(asked, button(asked, "Отключить"))["text"].lower()
    assert chat_of(phone, "masha") == (None, "off")
    assert phone.say(MASHA, "/notifications")[-1]["text"].startswith("Здравствуйте!")
    linked = ask(phone, code_for(phone, "masha"), chat=MASHA)
    phone.press(linked, button(linked, "Подключить"))
    assert chat_of(phone, "masha") == (str(MASHA), "on")


def test_several_people_of_one_chat_are_asked_who_and_each_sees_their_own(phone: Phone) -> None:
    person(phone.served, "petya", role="student", name="Петя", telegram_chat_id=MAMA)
    asked = phone.say(MAMA, "/notifications")[-1]
    assert list(buttons(asked)) == ["Анна, родитель", "Петя, ученик"]
    petya = phone.press(asked, button(asked, "Петя"))
    assert "Петя, ученик" in petya["text"]
    digest = phone.press(petya, button(petya, "Сводка"))
    phone.press(digest, button(digest, "Раз в день"))
    assert [(row["user_id"], row["body"].get("digest")) for row in phone.preferences()] == [
        ("petya", "daily")
    ]


@pytest.mark.parametrize("command", ["/start", "/menu", "что-нибудь"])
def test_somebody_linked_gets_the_menu_and_a_stranger_how_to_begin(phone: Phone, command: str) -> None:
    menu = phone.say(MASHA, command)[-1]
    assert "Маша, ученик" in menu["text"]
    assert len(buttons(menu)) == 5
    assert "перейдите по ссылке" in phone.say(STRANGER, command)[-1]["text"]


def test_the_language_is_kept_in_the_directory_and_spoken_at_once(phone: Phone) -> None:
    asked = phone.say(MASHA, "/language")[-1]
    assert "What shall I open?" in phone.press(asked, button(asked, "English"))["text"]
    assert phone.sql("SELECT locale FROM recipients WHERE user_id = 'masha'") == [{"locale": "en"}]
    assert "Lesson reminders: 60 minutes before" in phone.say(MASHA, "/notifications")[-1]["text"]


def test_the_site_is_opened_by_a_link_that_signs_in(phone: Phone) -> None:
    menu = phone.say(MASHA, "/menu")[-1]
    shown = phone.press(menu, button(menu, "На сайте"))
    url = shown["buttons"][0][0]["url"]
    assert url.startswith("https://school.example/sign-in/")
    assert phone.sql("SELECT user_id, used_at FROM sign_in_links") == [{"user_id": "masha", "used_at": None}]
