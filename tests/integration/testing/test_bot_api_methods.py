"""The Bot API double, driven by the real python-telegram-bot client."""

import asyncio
import contextlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any

import pytest
import urllib3
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import BadRequest, Conflict

from lib.testing.mailbox.office import PostOffice
from tests.integration.testing.conftest import WithBot

CHAT = 900_000_000_001
BUTTONS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Буду", callback_data="yes"), InlineKeyboardButton("Нет", callback_data="no")],
        [InlineKeyboardButton("Урок", url="https://school.example/lesson")],
    ]
)
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    + (640).to_bytes(4, "big")
    + (480).to_bytes(4, "big")
    + b"\x08\x02\0\0\0"
)


def test_get_me_names_the_bot_of_the_token(with_bot: WithBot, office: PostOffice) -> None:
    me = with_bot(lambda bot: bot.get_me())
    assert (me.id, me.is_bot) == (int(office.token.split(":")[0]), True)


def test_html_becomes_text_and_entities_in_utf_16_units(with_bot: WithBot) -> None:
    text = "👩‍🏫 <b>Завтра <i>в 16:00</i></b> &lt;3 <a href='https://school.example/?a=1&amp;b=2'>урок</a>"
    message = with_bot(lambda bot: bot.send_message(CHAT, text, parse_mode="HTML"))
    assert message.text == "👩‍🏫 Завтра в 16:00 <3 урок"
    found = {entity.type: message.parse_entity(entity) for entity in message.entities}
    assert found == {
        MessageEntity.BOLD: "Завтра в 16:00",
        MessageEntity.ITALIC: "в 16:00",
        MessageEntity.TEXT_LINK: "урок",
    }
    assert message.entities[-1].url == "https://school.example/?a=1&b=2"


def test_a_message_keeps_its_buttons_and_what_it_replies_to(with_bot: WithBot, office: PostOffice) -> None:
    async def talk(bot: Bot) -> None:
        first = await bot.send_message(CHAT, "Первое")
        reply = await bot.send_message(
            CHAT, "Второе", reply_markup=BUTTONS, reply_parameters=ReplyParameters(first.message_id)
        )
        assert reply.reply_to_message is not None
        assert reply.reply_to_message.message_id == first.message_id
        assert reply.reply_markup == BUTTONS

    with_bot(talk)
    assert office.telegram()[1]["buttons"][0][1]["callback_data"] == "no"


def test_a_photo_has_the_size_of_its_picture_and_can_be_fetched(with_bot: WithBot) -> None:
    async def talk(bot: Bot) -> None:
        message = await bot.send_photo(CHAT, PNG, caption="<b>График</b>", parse_mode="HTML")
        assert (message.photo[-1].width, message.photo[-1].height) == (640, 480)
        assert message.caption == "График"
        assert message.caption_entities[0].type == MessageEntity.BOLD
        file = await bot.get_file(message.photo[-1].file_id)
        assert bytes(await file.download_as_bytearray()) == PNG
        again = await bot.send_photo(CHAT, message.photo[-1].file_id)
        assert again.photo[-1].file_unique_id == message.photo[-1].file_unique_id

    with_bot(talk)


def test_a_document_keeps_its_name_and_bytes(with_bot: WithBot) -> None:
    async def talk(bot: Bot) -> None:
        message = await bot.send_document(CHAT, b"%PDF-1.7", filename="Отчёт за ноябрь.pdf")
        assert message.document is not None
        assert message.document.file_name == "Отчёт за ноябрь.pdf"
        assert message.document.mime_type == "application/pdf"
        assert message.document.file_size == 8

    with_bot(talk)


def test_text_and_buttons_can_be_edited_but_not_to_the_same(with_bot: WithBot, office: PostOffice) -> None:
    async def talk(bot: Bot) -> None:
        message = await bot.send_message(CHAT, "Было", reply_markup=BUTTONS)
        edited = await bot.edit_message_text("<b>Стало</b>", CHAT, message.message_id, parse_mode="HTML")
        assert isinstance(edited, Message)
        assert (edited.text, edited.reply_markup) == ("Стало", None)
        assert edited.edit_date is not None
        again = await bot.edit_message_reply_markup(CHAT, message.message_id, reply_markup=BUTTONS)
        assert isinstance(again, Message)
        assert again.reply_markup == BUTTONS
        with pytest.raises(BadRequest, match="Message is not modified"):
            await bot.edit_message_reply_markup(CHAT, message.message_id, reply_markup=BUTTONS)

    with_bot(talk)
    assert (office.telegram()[0]["text"], office.telegram()[0]["edits"]) == ("Стало", 2)


def test_a_deleted_message_can_be_neither_edited_nor_deleted_again(with_bot: WithBot) -> None:
    async def talk(bot: Bot) -> None:
        message = await bot.send_message(CHAT, "Лишнее")
        assert await bot.delete_message(CHAT, message.message_id)
        with pytest.raises(BadRequest, match="Message to delete not found"):
            await bot.delete_message(CHAT, message.message_id)
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await bot.edit_message_text("Ещё", CHAT, message.message_id)

    with_bot(talk)


def test_what_people_write_and_press_arrives_by_long_polling(with_bot: WithBot, office: PostOffice) -> None:
    async def talk(bot: Bot) -> None:
        sent = await bot.send_message(CHAT, "Придёте?", reply_markup=BUTTONS)
        waiting = asyncio.create_task(bot.get_updates(timeout=10))
        await asyncio.to_thread(office.say, CHAT, "/start code")
        (said,) = await waiting
        assert said.message is not None
        assert (said.message.text, said.message.entities[0].type) == ("/start code", "bot_command")
        await asyncio.to_thread(office.press, sent.message_id, "yes")
        (pressed,) = await bot.get_updates(offset=said.update_id + 1, timeout=10)
        query = pressed.callback_query
        assert query is not None
        assert (query.data, query.from_user.id) == ("yes", CHAT)
        assert await bot.answer_callback_query(query.id, "Ждём вас")
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query(query.id)
        assert await bot.get_updates(offset=pressed.update_id + 1) == ()

    with_bot(talk)
    assert office.telegram()[0]["answers"] == ["Ждём вас"]


def test_a_second_long_poll_ends_the_first_with_409(with_bot: WithBot, office: PostOffice) -> None:
    poll = f"{office.url}/bot{office.token}/getUpdates?timeout=30"

    async def talk(bot: Bot) -> None:
        first = asyncio.create_task(asyncio.to_thread(urllib3.request, "GET", poll))
        while not first.done():
            with contextlib.suppress(Conflict):
                await bot.get_updates(timeout=0)
        assert "terminated by other getUpdates request" in (await first).json()["description"]

    with_bot(talk)


def test_the_webhook_gets_each_update_with_its_secret_until_it_takes_it(
    with_bot: WithBot, office: PostOffice
) -> None:
    received: Queue[tuple[str | None, dict[str, object]]] = Queue()
    answers = iter([503, 200, 200])

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.put((self.headers["X-Telegram-Bot-Api-Secret-Token"], body))
            self.send_response(next(answers))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/telegram/webhook"

    async def listen(bot: Bot) -> None:
        assert await bot.set_webhook(url, secret_token="s3cret")
        assert (await bot.get_webhook_info()).url == url
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()

    try:
        with_bot(listen)
        office.say(CHAT, "Привет")
        first, second = received.get(timeout=10), received.get(timeout=10)
        assert first == second
        assert first[0] == "s3cret"
        with_bot(lambda bot: bot.delete_webhook(drop_pending_updates=True))
        info = with_bot(lambda bot: bot.get_webhook_info())
        assert (info.url, info.pending_update_count) == ("", 0)
    finally:
        server.shutdown()
        server.server_close()


def test_commands_are_kept_by_language(with_bot: WithBot) -> None:
    async def talk(bot: Bot) -> None:
        assert await bot.set_my_commands([BotCommand("today", "Занятия сегодня")])
        assert await bot.set_my_commands([("today", "Lessons today")], language_code="en")
        assert (await bot.get_my_commands())[0].description == "Занятия сегодня"
        assert (await bot.get_my_commands(language_code="en"))[0].description == "Lessons today"

    with_bot(talk)


def test_get_chat_tells_private_chats_from_groups(with_bot: WithBot) -> None:
    async def talk(bot: Bot) -> None:
        assert (await bot.get_chat(CHAT)).type == "private"
        assert (await bot.get_chat(-77)).type == "group"
        assert (await bot.get_chat(-1_001_234_567_890)).type == "supergroup"

    with_bot(talk)


def test_messages_commands_and_files_are_there_again_after_a_restart(
    with_bot: WithBot, office: PostOffice
) -> None:
    async def before(bot: Bot) -> None:
        await bot.set_my_commands([("today", "Сегодня")])
        await bot.send_document(CHAT, b"abc", filename="a.txt")
        message = await bot.send_message(CHAT, "Было")
        await bot.edit_message_text("Стало", CHAT, message.message_id)

    async def after(bot: Bot) -> None:
        assert [command.command for command in await bot.get_my_commands()] == ["today"]
        message = await bot.send_message(CHAT, "Новое")
        assert message.message_id == 3

    with_bot(before)
    office.stop()
    office.start()
    assert [item["text"] for item in office.telegram()] == ["", "Стало"]
    with_bot(after)


def test_a_text_becomes_a_photo_by_an_edit_and_never_a_text_again(
    with_bot: WithBot, office: PostOffice
) -> None:
    async def talk(bot: Bot) -> tuple[Message, Message]:
        menu = await bot.send_message(CHAT, "Меню", reply_markup=BUTTONS)
        place: dict[str, Any] = {"chat_id": CHAT, "message_id": menu.message_id}
        first = await bot.edit_message_media(
            InputMediaPhoto(PNG, caption="<b>Сентябрь</b>", parse_mode="HTML"), **place
        )
        other = InputMediaPhoto(PNG + b"x", caption="Октябрь")
        second = await bot.edit_message_media(other, **place, reply_markup=BUTTONS)
        with pytest.raises(BadRequest, match="no text in the message to edit"):
            await bot.edit_message_text("Меню", **place)
        with pytest.raises(BadRequest, match="Message is not modified"):
            await bot.edit_message_media(other, **place, reply_markup=BUTTONS)
        await bot.edit_message_caption(caption="Ноябрь", **place)
        assert isinstance(first, Message)
        assert isinstance(second, Message)
        return first, second

    first, second = with_bot(talk)
    assert (first.text, first.caption, first.photo[0].width) == (None, "Сентябрь", 640)
    assert (first.reply_markup, second.reply_markup) == (None, BUTTONS)
    assert first.photo[0].file_unique_id != second.photo[0].file_unique_id
    (item,) = office.telegram()
    assert (item["text"], item["edits"]) == ("Ноябрь", 3)
    assert item["message"]["photo"][0]["file_unique_id"] == second.photo[0].file_unique_id, (
        "a caption leaves it"
    )


def test_what_the_bot_is_doing_is_told_and_an_unknown_doing_refused(with_bot: WithBot) -> None:
    assert with_bot(lambda bot: bot.send_chat_action(CHAT, "upload_document")) is True
    with pytest.raises(BadRequest, match="action"):
        with_bot(lambda bot: bot.send_chat_action(CHAT, "dancing"))


def test_a_media_edit_without_media_is_refused(with_bot: WithBot, office: PostOffice) -> None:
    menu = with_bot(lambda bot: bot.send_message(CHAT, "Меню"))
    url = f"{office.url}/bot{office.token}/editMessageMedia"
    answer = urllib3.request("POST", url, json={"chat_id": CHAT, "message_id": menu.message_id})
    assert (answer.status, json.loads(answer.data)["ok"]) == (400, False)
