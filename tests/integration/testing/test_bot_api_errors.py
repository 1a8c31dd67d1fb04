"""What the Bot API double refuses, and how the real client understands it."""

import json

import pytest
import urllib3
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from lib.testing.mailbox.office import PostOffice
from tests.integration.testing.conftest import WithBot

CHAT = 900_000_000_001
HTTP = urllib3.PoolManager(retries=False)


def button(data: str | None = None, url: str | None = None) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Кнопка", url=url, callback_data=data)]])


@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [
        ("", None, "Message text is empty"),
        (" \n ", None, "Text must be non-empty"),
        ("<b></b>", "HTML", "Text must be non-empty"),
        ("я" * 4097, None, "Message is too long"),
        ("👩" * 2049, None, "Message is too long"),
        ("<b>жирный", "HTML", 'Can\'t find end tag corresponding to start tag "b"'),
        ("жирный</b>", "HTML", "Unexpected end tag at byte offset 12"),
        ("<b><i>x</b></i>", "HTML", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("a < b", "HTML", "Unclosed start tag at byte offset 2"),
        ("<h1>x</h1>", "HTML", 'Unsupported start tag "h1" at byte offset 0'),
        ("<span>x</span>", "HTML", 'must have class "tg-spoiler"'),
        ("x", "BBCode", "Unsupported parse_mode"),
    ],
)
def test_bad_text_is_refused_in_the_api_s_own_words(
    with_bot: WithBot, office: PostOffice, text: str, mode: str | None, message: str
) -> None:
    with pytest.raises(BadRequest) as raised:
        with_bot(lambda bot: bot.send_message(CHAT, text, parse_mode=mode))
    # The client lowers the case of all but the first letter.
    assert message.lower() in str(raised.value).lower()
    assert office.telegram() == []


def test_4096_characters_are_counted_after_the_markup_is_gone(with_bot: WithBot) -> None:
    assert (
        len(with_bot(lambda bot: bot.send_message(CHAT, f"<b>{'я' * 4096}</b>", parse_mode="HTML")).text)
        == 4096
    )


@pytest.mark.parametrize(
    ("markup", "message"),
    [
        (button(data="я" * 33), "Button_data_invalid"),
        (button(url="http://somewhere/x"), "Wrong http url"),
        (button(), "Text buttons are unallowed"),
    ],
)
def test_bad_buttons_are_refused(with_bot: WithBot, markup: InlineKeyboardMarkup, message: str) -> None:
    with pytest.raises(BadRequest) as raised:
        with_bot(lambda bot: bot.send_message(CHAT, "Текст", reply_markup=markup))
    assert message.lower() in str(raised.value).lower()


def test_captions_and_pictures_have_their_own_limits(with_bot: WithBot) -> None:
    async def talk(bot: Bot) -> None:
        with pytest.raises(BadRequest, match="Message caption is too long"):
            await bot.send_document(CHAT, b"x", caption="я" * 1025)
        with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
            await bot.send_photo(CHAT, b"no picture")
        wide = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (9990).to_bytes(4, "big") + (20).to_bytes(4, "big")
        with pytest.raises(BadRequest, match=r"(?i)photo_invalid_dimensions"):
            await bot.send_photo(CHAT, wide)
        with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
            await bot.send_document(CHAT, "no-such-file")
        with pytest.raises(BadRequest, match=r"(?i)failed to get http url content"):
            await bot.send_photo(CHAT, "https://school.example/a.png")

    with_bot(talk)


def test_a_wrong_token_is_unauthorized(office: PostOffice) -> None:
    answer = HTTP.request("POST", f"{office.url}/bot1:wrong/getMe")
    assert answer.status == 401
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


def test_the_client_takes_a_refused_token_for_an_invalid_one(with_bot: WithBot, office: PostOffice) -> None:
    office.script(bot_api=[{"status": 401, "description": "Unauthorized", "method": "sendMessage"}])
    with pytest.raises(InvalidToken):
        with_bot(lambda bot: bot.send_message(CHAT, "Текст"))


def test_an_unknown_chat_a_blocked_bot_and_a_moved_group(with_bot: WithBot, office: PostOffice) -> None:
    office.script(
        chats=[
            {"chat_id": 1, "state": "unknown"},
            {"chat_id": 2, "state": "blocked"},
            {"chat_id": -3, "state": "migrated", "migrate_to_chat_id": -1_000_000_000_003},
        ]
    )

    async def talk(bot: Bot) -> None:
        for chat in (1, 0, "nobody"):
            with pytest.raises(BadRequest, match="Chat not found"):
                await bot.send_message(chat, "Текст")
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(2, "Текст")
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(-3, "Текст")
        assert (await bot.send_message(moved.value.new_chat_id, "Текст")).chat.type == "supergroup"

    with_bot(talk)


# The client warns at every access that the type of this attribute is going to change.
@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
def test_retry_after_is_told_in_seconds_and_hits_the_ordered_number_of_calls(
    with_bot: WithBot, office: PostOffice
) -> None:
    office.script(bot_api=[{"method": "sendMessage", "retry_after": 7, "count": 2}])

    async def talk(bot: Bot) -> None:
        for _ in range(2):
            with pytest.raises(RetryAfter) as raised:
                await bot.send_message(CHAT, "Текст")
            assert raised.value.retry_after == 7
        await bot.send_message(CHAT, "Текст")

    with_bot(talk)
    assert len(office.ledger("telegram", "refused")) == 2
    assert len(office.telegram()) == 1


def test_faults_can_be_kept_to_one_method_and_one_chat(with_bot: WithBot, office: PostOffice) -> None:
    office.script(
        bot_api=[{"method": "sendMessage", "chat_id": 5, "status": 403, "description": "Forbidden: x"}]
    )

    async def talk(bot: Bot) -> None:
        await bot.get_chat(5)
        await bot.send_message(6, "Текст")
        with pytest.raises(Forbidden):
            await bot.send_message(5, "Текст")

    with_bot(talk)


@pytest.mark.parametrize(("when", "kept"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("action", ["drop", "answer"])
def test_a_lost_answer_may_or_may_not_mean_a_lost_message(
    with_bot: WithBot, office: PostOffice, action: str, when: str, kept: int
) -> None:
    office.script(bot_api=[{"method": "sendMessage", "action": action, "when": when, "status": 500}])
    with pytest.raises(NetworkError):
        with_bot(lambda bot: bot.send_message(CHAT, "Текст"))
    assert len(office.telegram()) == kept


def test_a_hanging_call_ends_by_the_client_s_own_time_limit(with_bot: WithBot, office: PostOffice) -> None:
    office.script(bot_api=[{"method": "sendMessage", "action": "hang", "when": "after"}])
    with pytest.raises(TimedOut):
        with_bot(lambda bot: bot.send_message(CHAT, "Текст", read_timeout=0.3))
    assert len(office.telegram()) == 1


def test_a_delayed_call_still_takes_effect(with_bot: WithBot, office: PostOffice) -> None:
    office.script(bot_api=[{"method": "sendMessage", "action": "delay", "delay": 0.05}])
    with_bot(lambda bot: bot.send_message(CHAT, "Текст"))
    assert office.ledger("telegram", "delayed")[0]["seconds"] == 0.05


def test_methods_take_query_form_and_json_alike_and_any_case(office: PostOffice) -> None:
    url = f"{office.url}/bot{office.token}"
    values = {"chat_id": str(CHAT), "text": "Текст"}
    answers = [
        HTTP.request("GET", f"{url}/sendmessage", fields=values),
        HTTP.request("POST", f"{url}/SENDMESSAGE", fields=values, encode_multipart=False),
        HTTP.request("POST", f"{url}/sendMessage", fields=values),
        HTTP.request("POST", f"{url}/sendMessage", json={"chat_id": CHAT, "text": "Текст"}),
    ]
    assert [json.loads(answer.data)["result"]["text"] for answer in answers] == ["Текст"] * 4


def test_an_unknown_method_is_404(office: PostOffice) -> None:
    answer = HTTP.request("POST", f"{office.url}/bot{office.token}/sendSmoke")
    assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}
