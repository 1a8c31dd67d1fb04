"""A chat as people see it: in its order, with a field to write in and buttons that lead back to it."""

import re
from urllib.parse import urlencode

import urllib3

from lib.testing.mailbox.office import PostOffice

CHAT = 900_000_000_001


def page(office: PostOffice, path: str, **form: str) -> tuple[int, str, str]:
    answer = urllib3.request(
        "POST" if form else "GET",
        office.url + path,
        body=urlencode(form) if form else None,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        redirect=False,
        retries=False,
    )
    return answer.status, answer.data.decode(), answer.headers.get("Location", "")


def send(office: PostOffice, text: str, **more: object) -> None:
    body = {"chat_id": CHAT, "text": text, **more}
    answer = urllib3.request("POST", f"{office.url}/bot{office.token}/sendMessage", json=body)
    assert answer.status == 200


def test_a_chat_is_read_from_the_top_and_written_in_at_the_bottom(office: PostOffice) -> None:
    send(office, "Здравствуйте")
    status, _, there = page(office, "/telegram/say?in=chat", chat_id=str(CHAT), text="/start")
    assert (status, there) == (303, f"/chat/{CHAT}#end")
    _, shown, _ = page(office, f"/chat/{CHAT}")
    said = re.findall(r'<div class="words">(.*?)</div>', shown)
    assert said == ["Здравствуйте", "<span>/start</span>"]
    assert 'value="/notifications"' in shown


def test_a_press_leads_back_to_the_chat(office: PostOffice) -> None:
    keys = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}
    send(office, "Будете?", reply_markup=keys)
    status, _, there = page(office, "/telegram/1/press?lang=en&in=chat", data="yes")
    assert (status, there) == (303, f"/chat/{CHAT}?lang=en#end")


def test_a_chat_that_nobody_wrote_in_invites_to(office: PostOffice) -> None:
    status, shown, _ = page(office, "/chat/77")
    assert status == 200
    assert "Здесь пока ничего не сказано" in shown


def test_chats_are_listed_by_the_name_of_who_writes(office: PostOffice) -> None:
    body = {"chat_id": CHAT, "text": "/start", "name": "Анна"}
    urllib3.request("POST", f"{office.url}/api/telegram/say", json=body)
    send(office, "<b>Не тег</b>")
    _, shown, _ = page(office, "/")
    assert f'<a href="/chat/{CHAT}#end">Анна</a>' in shown
    _, chat, _ = page(office, f"/chat/{CHAT}")
    assert "&lt;b&gt;Не тег" in chat
