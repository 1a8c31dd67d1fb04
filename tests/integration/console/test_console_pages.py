"""The console's pages over the real API: who sees what, the log, a message, why and what if."""

import json

import pytest
from sqlalchemy import text

from tests.integration.console.console import Console, key_of

LATER = "2099-01-01T10:00:00Z"
FOR_ADMINS = (
    "/console/simulate",
    "/console/people",
    "/console/people/sasha",
    "/console/templates",
    "/console/templates/custom",
    "/console/templates/custom/edit",
    "/console/broadcasts",
    "/console/broadcasts/new",
    "/console/dead-letters",
    "/console/pulse",
)
FOR_ALL = ("/", "/console/explain", "/console/preferences")


@pytest.mark.parametrize("path", [*FOR_ADMINS, *FOR_ALL])
def test_an_admin_opens_every_page(console: Console, path: str) -> None:
    answer = console.open(path)
    assert answer.status_code == 200, answer.text
    assert "style=" not in answer.text


@pytest.mark.parametrize("role", ["tutor", "parent", "student"])
def test_other_roles_open_their_own_pages_and_are_told_which_are_not_theirs(
    console: Console, role: str
) -> None:
    for path in FOR_ALL:
        assert console.open(path, role=role, sub="olga").status_code == 200, path
    for path in FOR_ADMINS:
        answer = console.open(path, role=role, sub="olga")
        assert (answer.status_code, "Сюда вам нельзя" in answer.text) == (403, True), path


def test_the_log_names_people_and_filters_by_what_is_typed(console: Console) -> None:
    console.tell(user_ids=["sasha", "mama"])
    assert "Ирина Петрова" in console.open("/").text
    for typed, there, absent in (
        ("ирина", "Ирина", "Саша"),
        ("sasha", "Саша", "Ирина"),
        ("nobody-at-all", "Ничего не нашлось", "Саша"),
    ):
        page = console.open(f"/?person={typed}").text.partition("</form>")[2]
        assert there in page, typed
        assert absent not in page.partition("<main")[2].partition("log-said")[2], typed
    assert "выберите, о ком речь" in console.open("/?person=петров").text
    assert "Ничего не нашлось" in console.open("/?state=failed").text
    assert console.open("/?from=31.12.2026").status_code == 400


def test_everybody_but_an_admin_sees_their_own_log_without_the_strip(console: Console) -> None:
    console.tell(user_ids=["sasha", "mama"])
    page = console.open("/", role="parent", sub="mama").text
    assert ("Мои уведомления" in page, "Саша Петров" in page, 'id="pulse"' in page) == (True, False, False)
    foreign = console.open("/?person=sasha", role="parent", sub="mama").text
    assert "Саша Петров" not in foreign


def test_the_live_part_answers_only_when_something_has_changed(console: Console) -> None:
    first = console.tell(user_id="sasha", channels=["email"])
    page = console.open("/").text
    address = page.partition('hx-get="/console/log/news')[2].partition('"')[0].replace("&amp;", "&")
    assert console.open(f"/console/log/news{address}", part=True).status_code == 204
    console.tell(user_id="mama", channels=["email"])
    answer = console.open(f"/console/log/news{address}", part=True)
    assert (answer.status_code, "1 новая запись" in answer.text) == (200, True)
    assert first in answer.text


def test_the_strip_says_that_the_ledger_balances(console: Console) -> None:
    console.tell(user_ids=["sasha", "mama"])
    part = console.open("/console/pulse", part=True).text
    assert "сходится" in part
    assert "Запланировано 4 =" in part


def test_a_message_tells_its_story_and_how_it_reads(console: Console) -> None:
    some_id = console.tell(user_id="sasha", data={"title": "Важно", "message": "Встреча <в> пять"})
    page = console.open(f"/console/messages/{some_id}").text
    for said in (
        "Саша Петров",
        "Ничто не мешало отправить сразу",
        "Встреча &lt;в&gt; пять",
        "руководитель admin-1",
    ):
        assert said in page, said
    own = console.open(f"/console/messages/{some_id}", role="student", sub="sasha").text
    assert "руководитель admin-1" not in own
    assert "/retry" not in own
    assert console.open(f"/console/messages/{some_id}", role="parent", sub="mama").status_code == 404


def test_a_letter_is_shown_in_a_frame_that_can_do_nothing(console: Console) -> None:
    some_id = console.tell(user_id="sasha", channels=["email"])
    page = console.open(f"/console/messages/{some_id}").text
    address = page.partition('<iframe class="mail-frame" src="')[2].partition('"')[0]
    frame = console.open(address)
    policy = frame.headers["Content-Security-Policy"]
    assert "Привет" in frame.text
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy


def test_what_waits_can_be_stopped_once_and_then_says_why_not(console: Console) -> None:
    some_id = console.tell(user_id="sasha", send_at=LATER)
    path = f"/console/messages/{some_id}"
    page = console.open(path).text
    assert "Повторить можно только" in page
    form = {"key": key_of(page)}
    assert console.send(f"{path}/cancel", form).headers["Location"] == path
    assert console.send(f"{path}/cancel", form).status_code == 303
    after = console.open(path).text
    assert "Отменить можно только то, что ещё ждёт. Сейчас: отменено." in after
    assert console.send(f"{path}/cancel", {"key": "another"}).status_code == 409
    assert console.send(f"{path}/cancel", form, role="student", sub="sasha").status_code == 403


def test_what_failed_is_sent_again_once(console: Console) -> None:
    some_id = console.tell(user_id="sasha", channels=["email"])
    with console.served["serve_console"].services.db.begin() as conn:
        conn.execute(
            text("UPDATE deliveries SET state = 'failed', reason = 'address_refused', finished_at = now()")
        )
    path = f"/console/messages/{some_id}"
    page = console.open(path).text
    assert "Почтовый сервер отказался принимать письма" in page
    assert "Повторить можно только" not in page
    form = {"key": key_of(page)}
    assert {console.send(f"{path}/retry", form).status_code for _ in range(2)} == {303}
    after = console.open(path).text
    assert after.count("Отправку запустили заново вручную") >= 1
    assert "Кто: руководитель a-1" in after


def test_why_is_one_sentence_and_the_checks(console: Console) -> None:
    some_id = console.tell(user_id="mama", channels=["telegram"])
    page = console.open(f"/console/explain?person=ирина&notification_id={some_id}").text
    assert "Не дошло" in page
    assert "Неизвестно, куда писать" in page
    assert "учётная запись действует" in page
    assert "Укажите человека и одно из двух" in console.open("/console/explain?person=mama").text
    own = console.open(f"/console/explain?notification_id={some_id}&person=sasha", role="parent", sub="mama")
    assert "Неизвестно, куда писать" in own.text


def test_a_simulation_shows_decisions_and_words_and_keeps_nothing(console: Console) -> None:
    form = {"tab": "type", "type": "custom", "people": "саша", "data": '{"message": "Проба пера"}'}
    page = console.send("/console/simulate", form).text
    assert "Саша Петров" in page
    assert "Проба пера" in page
    address = page.partition('<iframe class="mail-frame" src="')[2].partition('"')[0]
    assert "Проба пера" in console.open(address).text
    assert console.open(address, sub="another-admin").status_code == 404
    assert "Здесь пока ничего нет" in console.open("/").text


@pytest.mark.parametrize(
    ("data", "said"),
    [("{", "строке 1"), ("[]", "объект в фигурных скобках"), ('{"title": "x"}', "message")],
)
def test_a_simulation_says_what_is_wrong_and_keeps_what_was_typed(
    console: Console, data: str, said: str
) -> None:
    form = {"tab": "type", "type": "custom", "people": "sasha", "data": data}
    page = console.send("/console/simulate", form).text
    assert said in page
    assert 'value="sasha"' in page


def test_an_event_is_simulated_as_the_platform_sends_it(console: Console) -> None:
    told = {"event_type": "balance.low", "student_id": "sasha", "timestamp": LATER}
    event = {**told, "data": {"student_id": "sasha", "balance": 0}}
    page = console.send("/console/simulate", {"tab": "event", "event": json.dumps(event)}).text
    assert "Оплаченные занятия заканчиваются" in page
    assert "Ирина Петрова" in page


def test_english_words_are_all_there(console: Console) -> None:
    some_id = console.tell(user_id="sasha")
    console.language = "en"
    for path in (*FOR_ADMINS, *FOR_ALL, f"/console/messages/{some_id}"):
        answer = console.open(path, part=path.endswith("pulse"))
        assert (answer.status_code, "Уведом" in answer.text.partition("<h1")[2]) == (200, False), path
