"""The console's forms over the real API: preferences, templates, broadcasts, dead letters; each acts once."""

import pytest
from sqlalchemy import text

from lib.db import dead_letters
from tests.integration.console.console import Console, key_of

LATER = "2099-01-01T10:00:00Z"


def test_preferences_are_rehearsed_and_saved_for_oneself_and_nobody_else(console: Console) -> None:
    base = "/console/people/mama"
    form = {
        "digest": "daily",
        "reminder": "none",
        "quiet": "on",
        "quiet_start": "21:00",
        "quiet_end": "07:00",
    }
    part = console.send(f"{base}/rehearsal", form, role="parent", sub="mama", part=True).text
    assert "Последние 30 дней" in part
    saved = console.send(f"{base}/preferences", {**form, "key": "k-1"}, role="parent", sub="mama")
    assert saved.headers["Location"] == "/console/preferences?saved=1"
    page = console.open("/console/preferences?saved=1", role="parent", sub="mama").text
    assert "Настройки сохранены" in page
    assert 'value="21:00"' in page
    foreign = console.send(f"{base}/preferences", {**form, "key": "k-2"}, role="student", sub="sasha")
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"quiet": "on", "quiet_start": "08:00", "quiet_end": "08:00"}, "должны различаться"),
        ({"min_interval": "0"}, "Нужно целое число"),
        ({"weekly_cap": "много"}, "Нужно целое число"),
    ],
)
def test_wrong_preferences_are_explained(console: Console, wrong: dict[str, str], said: str) -> None:
    answer = console.send("/console/people/mama/preferences", wrong)
    assert (answer.status_code, said in answer.text) == (400, True)


def test_a_type_can_be_set_apart_from_its_group_and_back(console: Console) -> None:
    read = "/api/v1/preferences/mama"
    for chosen, kept in (("off", {"homework_graded": {"email": False}}), ("", {})):
        form = {"group.homework.email": "on", "type.homework_graded.email": chosen}
        assert console.send("/console/people/mama/preferences", form).status_code == 303
        assert console.served["manage_recipients"].get(read).json["types"] == kept


def test_a_link_for_telegram_is_for_oneself_or_an_admin(console: Console) -> None:
    assert "/start " in console.send("/console/people/sasha/link", {"key": "k"}, part=True).text
    own = console.send("/console/people/sasha/link", {}, role="student", sub="sasha")
    assert "/start " in own.text
    assert console.send("/console/people/sasha/link", {}, role="parent", sub="mama").status_code == 404


def test_a_test_message_goes_out_once_however_often_it_is_clicked(console: Console) -> None:
    form = {"channel": "email", "key": "one-click"}
    sent = {console.send("/console/people/mama/test", form, part=True).text for _ in range(2)}
    assert len(sent) == 1
    assert "Поставлено в очередь" in sent.pop()
    nowhere = console.send("/console/people/mama/test", {"channel": "telegram", "key": "x"}, part=True).text
    assert "Не уйдёт: Неизвестно, куда писать" in nowhere


def test_a_template_is_written_refused_with_its_line_saved_and_taken_back(console: Console) -> None:
    path = "/console/templates/custom"
    way = {"channel": "email", "locale": "ru", "way": "forms", "type": "custom", "subject": "Новости"}
    draft = {**way, "text": "{{ message }}", "html": "<p>\n{{ mesage }}</p>"}
    refused = console.send(path, {**draft, "key": "k-1"})
    assert refused.status_code == 422
    assert "line 2" in refused.text
    assert "mesage" in refused.text
    preview = console.send(f"{path}/preview", draft, part=True).text
    assert "Сохранить пока нельзя" in preview
    fine = {**draft, "html": "<p>{{ message }}</p>"}
    assert "Шаблон собирается" in console.send(f"{path}/preview", fine, part=True).text
    for _ in range(2):
        saved = console.send(path, {**fine, "key": "k-2"})
        assert saved.headers["Location"] == f"{path}?locale=ru&done=saved-1"
    assert "свой, версия 1" in console.open("/console/templates").text
    back = console.send(f"{path}/rollback", {"channel": "email", "locale": "ru", "key": "k-3"})
    assert back.headers["Location"].endswith("done=built_in")
    assert "свой, версия 1" not in console.open("/console/templates?q=custom").text


def test_a_template_with_a_name_of_its_own_is_made(console: Console) -> None:
    edit = console.open("/console/templates/holidays/edit?type=custom&channel=telegram")
    assert edit.status_code == 200
    draft = {
        "channel": "telegram",
        "locale": "ru",
        "way": "forms",
        "type": "custom",
        "html": "<b>{{ message }}</b>",
    }
    assert console.send("/console/templates/holidays", draft).status_code == 303
    assert "holidays" in console.open("/console/templates").text
    assert console.open("/console/templates/Bad-Name/edit?type=custom").status_code == 404
    begun = console.open("/console/new-template?name=picnic&type=custom&locale=en")
    assert begun.headers["Location"] == "/console/templates/picnic/edit?type=custom&locale=en"
    assert console.open("/console/new-template?name=Bad-Name&type=custom").status_code == 404


def test_a_broadcast_is_rehearsed_and_sent_exactly_so_and_once(console: Console) -> None:
    form = {
        "audience": "role",
        "role": "student",
        "message": "Завтра выходной",
        "telegram": "on",
        "email": "on",
    }
    page = console.send("/console/broadcasts/rehearsal", form).text
    assert "1 человек" in page
    asked = page.partition('name="asked" value="')[2].partition('"')[0].replace("&#34;", '"')
    sent = {"asked": asked, "key": "k-1"}
    places = {console.send("/console/broadcasts", sent).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    place = places.pop()
    assert "Завтра выходной" in console.open(place).text
    assert "hx-get" in console.open(place, part=True).text
    for what, state in (("pause", "на паузе"), ("resume", "идёт"), ("cancel", "отменена")):
        assert console.send(f"{place}/{what}", {"key": what}).status_code == 303
        assert state in console.open(place).text
    assert console.send(f"{place}/pause", {"key": "late"}).status_code == 409
    assert "всем ученикам" in console.open("/console/broadcasts").text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"audience": "role", "role": "student"}, "Напишите сообщение"),
        ({"audience": "ids", "message": "x"}, "Выберите, кому отправить"),
    ],
)
def test_a_broadcast_without_words_or_people_is_not_rehearsed(
    console: Console, form: dict[str, str], said: str
) -> None:
    assert said in console.send("/console/broadcasts/rehearsal", form).text


def test_a_dead_letter_is_shown_with_its_reason_and_goes_back_once(console: Console) -> None:
    with console.served["serve_console"].services.db.begin() as conn:
        letter = dead_letters.park(
            conn,
            queue="notifications.events",
            reason="student_id: Field required",
            body=b'{"event_type": "lesson.created"}',
            content_type="application/json",
        )
    page = console.open("/console/dead-letters").text
    assert "student_id: Field required" in page
    assert "lesson.created" in page
    form = {"key": key_of(page)}
    for _ in range(2):
        done = console.send(f"/console/dead-letters/{letter}/replay", form)
        assert done.headers["Location"] == "/console/dead-letters?replayed=notifications.events"
    assert "Ничего не отложено" in console.open("/console/dead-letters").text
    assert console.send(f"/console/dead-letters/{letter}/replay", {"key": "late"}).status_code == 404


def test_what_people_and_providers_wrote_never_becomes_markup(console: Console) -> None:
    nasty = "<script>alert(1)</script><img src=x>"
    console.person("evil", name=nasty)
    some_id = console.tell(user_id="evil", data={"title": nasty, "message": nasty})
    with console.served["serve_console"].services.db.begin() as conn:
        conn.execute(
            text("UPDATE timeline SET detail = jsonb_build_object('answer', CAST(:a AS text))"), {"a": nasty}
        )
    for path in ("/", f"/console/messages/{some_id}", "/console/people?q=evil", "/console/people/evil"):
        page = console.open(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
