"""Pictures and documents on Telegram: they travel with the words, or after them, and never double them."""

import pytest

from lib.domain.outcomes import Button
from lib.errors import Permanent
from lib.telegram.bot import bot_of
from tests.integration.notifications.school import Json, School
from tests.unit.notifications.test_parcels import png

QUEUE = "notifications.telegram"
CHAT = 4242
PICTURE = ("chart.png", "image/png", png())
DOCUMENT = ("report.pdf", "application/pdf", b"%PDF-1.7")


@pytest.fixture
def sasha(school: School) -> School:
    """A student with a Telegram chat."""
    school.person("sasha", telegram_chat_id=CHAT)
    return school


def send(school: School, message: str, *files: tuple[str, str, bytes]) -> list[Json]:
    """One message with files; what arrived of it."""
    body = {"type": "custom", "user_id": "sasha", "channels": ["telegram"], "data": {"message": message}}
    notification = school.ok("POST", "/api/v1/notifications", body)
    for n, (name, kind, content) in enumerate(files):
        school.sql(
            "INSERT INTO attachments (notification_id, n, filename, content_type, content) "
            "VALUES (CAST(:id AS uuid), :n, :name, :kind, :content)",
            id=notification["id"],
            n=n,
            name=name,
            kind=kind,
            content=content,
        )
    school.turn(QUEUE)
    return school.office.telegram()


def reasons(school: School) -> list[str]:
    return [row["reason"] for row in school.sql("SELECT reason FROM timeline WHERE reason IS NOT NULL")]


def test_a_picture_takes_the_words_along_in_one_call(sasha: School) -> None:
    [arrived] = send(sasha, "Ваш прогресс", PICTURE)
    assert arrived["method"] == "sendPhoto"
    assert "Ваш прогресс" in arrived["text"]
    assert len(sasha.office.ledger("telegram", "attempted")) == 1


def test_a_document_keeps_its_name(sasha: School) -> None:
    [arrived] = send(sasha, "Отчёт", DOCUMENT)
    assert arrived["message"]["document"]["file_name"] == "report.pdf"
    assert "Отчёт" in arrived["text"]


def test_several_files_are_one_album_with_the_words_once(sasha: School) -> None:
    arrived = send(sasha, "Отчёты", DOCUMENT, DOCUMENT, PICTURE)
    assert [each["method"] for each in arrived] == ["sendMediaGroup"] * 3
    assert ["Отчёты" in each["text"] for each in arrived] == [True, False, False]
    assert len(sasha.office.ledger("telegram", "attempted")) == 1


def test_after_words_too_long_for_a_caption_the_picture_follows(sasha: School) -> None:
    words, picture = send(sasha, "я" * 1500, PICTURE)
    assert (words["method"], picture["method"]) == ("sendMessage", "sendPhoto")
    assert picture["message"]["reply_to_message"]["message_id"] == words["message"]["message_id"]
    assert sasha.states() == [("sasha", "telegram", "sent", "sent")]


@pytest.mark.parametrize(
    "fault",
    [
        {"method": "sendPhoto", "status": 400, "description": "Bad Request: IMAGE_PROCESS_FAILED"},
        {"method": "sendPhoto", "action": "drop", "when": "after"},
        {"method": "sendPhoto", "retry_after": 30},
    ],
    ids=["refused", "lost", "429"],
)
def test_a_picture_that_cannot_follow_is_noted_and_the_words_are_not_doubled(
    sasha: School, fault: Json
) -> None:
    sasha.office.script(bot_api=[fault])
    arrived = send(sasha, "я" * 1500, PICTURE)
    assert [each["method"] for each in arrived].count("sendMessage") == 1
    assert sasha.states() == [("sasha", "telegram", "sent", "sent")]
    assert reasons(sasha).count("files_missing") == 1
    paused = sasha.sql("SELECT reason FROM channel_pauses")
    assert paused == ([{"reason": "flood_control"}] if "retry_after" in fault else [])


def test_what_was_sent_can_be_changed(sasha: School) -> None:
    [arrived] = send(sasha, "Первые слова")
    bot, message_id = bot_of(sasha.office.token, sasha.office.url), str(arrived["message"]["message_id"])
    bot.edit(str(CHAT), message_id, "<b>Другие</b> слова", [[Button("Понятно", data="ok")]])
    bot.edit(str(CHAT), message_id, "<b>Другие</b> слова", [[Button("Понятно", data="ok")]])
    [changed] = sasha.office.telegram()
    assert (changed["text"], changed["buttons"][0][0]["text"]) == ("Другие слова", "Понятно")
    assert changed["edits"] == 1


def test_the_words_below_a_picture_can_be_changed(sasha: School) -> None:
    [arrived] = send(sasha, "Первые слова", PICTURE)
    bot = bot_of(sasha.office.token, sasha.office.url)
    bot.edit_caption(str(CHAT), str(arrived["message"]["message_id"]), "Другие слова")
    assert sasha.office.telegram()[0]["text"] == "Другие слова"


def test_what_is_gone_cannot_be_changed(sasha: School) -> None:
    with pytest.raises(Permanent):
        bot_of(sasha.office.token, sasha.office.url).edit(str(CHAT), "77", "Слова")


def test_a_pressed_button_is_answered_and_too_late_is_no_error(sasha: School) -> None:
    bot = bot_of(sasha.office.token, sasha.office.url)
    message_id = bot.send(str(CHAT), "Будете?", [[Button("Буду", data="yes")]])
    update = sasha.office.press(int(message_id), "yes")
    query = update["callback_query"]["id"]
    bot.answer_callback(query, "Записали")
    bot.answer_callback(query, "Записали")
    assert sasha.office.telegram()[0]["answers"] == ["Записали"]
