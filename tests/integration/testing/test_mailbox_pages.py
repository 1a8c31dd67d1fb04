"""The pages of the post office."""

import smtplib
from typing import Any

import urllib3
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from lib.testing.mailbox.office import PostOffice
from tests.integration.testing.conftest import WithBot, letter

HTTP = urllib3.PoolManager(retries=False)


def page(office: PostOffice, path: str) -> Any:
    return HTTP.request("GET", office.url + path)


def press(office: PostOffice, headers: dict[str, str]) -> int:
    address, form = f"{office.url}/telegram/1/press", {"data": "yes"}
    answer = HTTP.request(
        "POST", address, fields=form, encode_multipart=False, headers=headers, redirect=False
    )
    return answer.status


def send(office: PostOffice, subject: str, number: int) -> None:
    with smtplib.SMTP(office.smtp_host, office.smtp_port) as client:
        client.sendmail("a@b.example", ["c@d.example"], letter(subject, number).as_bytes())


def test_the_first_page_is_russian_and_shows_the_newest_first(office: PostOffice) -> None:
    send(office, "Первое", 1)
    send(office, "Второе", 2)
    text = page(office, "/").data.decode()
    assert '<html lang="ru">' in text
    assert text.index("Второе") < text.index("Первое")
    assert '<html lang="en">' in page(office, "/?lang=en").data.decode()


def test_no_page_may_load_anything_from_elsewhere(office: PostOffice) -> None:
    send(office, "Тема", 1)
    for path in ("/", "/mail/1", "/mail/1/body"):
        policy = page(office, path).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "http" not in policy


def test_a_message_is_shown_in_a_sandbox_without_scripts(office: PostOffice) -> None:
    send(office, "Тема", 1)
    policy = page(office, "/mail/1/body").headers["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page(office, "/mail/1").data.decode()


def test_markup_in_subjects_and_messages_stays_text(office: PostOffice, with_bot: WithBot) -> None:
    send(office, "<script>alert(1)</script>", 1)
    with_bot(lambda bot: bot.send_message(5, "<script>alert(2)</script>"))
    text = page(office, "/").data.decode()
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert") >= 2


def test_a_document_is_saved_never_shown(office: PostOffice, with_bot: WithBot) -> None:
    message = with_bot(lambda bot: bot.send_document(5, b"<script>alert(1)</script>", filename="a.html"))
    answer = page(office, f"/telegram/file/{message.document.file_id}?name=a.html")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_button_pressed_on_the_page_reaches_the_bot(office: PostOffice, with_bot: WithBot) -> None:
    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Буду", callback_data="yes")]])
    with_bot(lambda bot: bot.send_message(5, "Придёте?", reply_markup=buttons))
    assert press(office, {"Sec-Fetch-Site": "cross-site"}) == 403
    assert press(office, {"Sec-Fetch-Site": "same-origin"}) == 303
    (update,) = with_bot(lambda bot: bot.get_updates())
    assert update.callback_query.data == "yes"


def test_what_is_not_there_is_404(office: PostOffice) -> None:
    paths = ("/mail/9", "/mail/9/body", "/mail/9/source", "/telegram/9", "/telegram/file/nothing")
    assert [page(office, path).status for path in paths] == [404] * 5


def test_orders_are_taken_as_json_only(office: PostOffice) -> None:
    answer = urllib3.request(
        "POST", f"{office.url}/script", body=b"{}", headers={"Content-Type": "text/plain"}
    )
    assert answer.status == 415
