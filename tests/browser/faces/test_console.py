"""The notification console in a browser: every page for everybody who may open it, and what lives on it."""

import re

import pytest
from playwright.sync_api import expect

from tests.acceptance.system import eventually
from tests.browser.faces.conftest import Face

PAGES = {
    "log": "/",
    "explain": "/console/explain",
    "simulate": "/console/simulate",
    "simulate-event": "/console/simulate?tab=event",
    "people": "/console/people",
    "templates": "/console/templates",
    "template": "/console/templates/lesson_reminder",
    "edit": "/console/templates/lesson_reminder/edit?channel=email&locale=ru",
    "edit-telegram": "/console/templates/custom/edit?channel=telegram&locale=en&way=forms",
    "broadcasts": "/console/broadcasts",
    "new-broadcast": "/console/broadcasts/new",
    "preferences": "/console/preferences",
    "dead-letters": "/console/dead-letters",
}
OWN = ("log", "explain", "preferences")


def told(face: Face, **body: object) -> str:
    """The id of a notification that an admin asks for."""
    asked = {"type": "custom", "data": {"title": "Педсовет", "message": "В пятницу в 18:00."}, **body}
    answer = face.system.ask("POST", "NOTIFICATION_PORT", "/api/v1/notifications", body=asked)
    assert answer.status == 202, answer.data
    return str(answer.json()["id"])


def well_made(face: Face, name: str) -> None:
    """Nothing that keeps somebody from reading or reaching it, at any width."""
    assert face.grave() == []
    face.fits()
    face.shots(f"console-{name}")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_an_admin_reads_well(face: Face, name: str) -> None:
    face.sign_in("admin")
    page = face.open("notification", PAGES[name])
    expect(page.locator("h1")).to_have_count(1)
    well_made(face, name)


@pytest.mark.parametrize("role", ["tutor", "parent", "student"])
def test_the_other_roles_have_their_own_pages_and_no_others(face: Face, role: str) -> None:
    face.sign_in(role)
    for name, path in PAGES.items():
        page = face.open("notification", path, status=200 if name in OWN else 403)
        if name in OWN:
            well_made(face, f"{role}-{name}")
        else:
            expect(page.locator("h1")).to_have_text("Сюда вам нельзя")
    links = page.locator("nav.menu a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert set(links) <= {PAGES[name] for name in OWN}


def test_the_log_lives_and_can_be_paused(face: Face) -> None:
    page = face.sign_in("admin")
    face.open("notification", "/?person=t-1")
    told(face, user_id="t-1", channels=["email"])
    row = page.locator("#log tbody tr").first
    expect(row).to_contain_text("отправлено", timeout=20_000)
    expect(page.locator("#log-said")).to_contain_text("нов")
    page.locator("label.toggle", has_text="Обновлять сразу").click()
    before = page.locator("#log tbody tr").count()
    told(face, user_id="t-1", channels=["telegram"], send_at="2099-01-01T10:00:00Z")
    page.wait_for_timeout(6000)
    assert page.locator("#log tbody tr").first.get_by_text("ждёт").count() == 0
    assert page.locator("#log tbody tr").count() == before
    page.locator("label.toggle", has_text="Обновлять сразу").click()
    expect(page.locator("#log tbody tr").first).to_contain_text("ждёт", timeout=20_000)


def test_focus_stays_where_it_was_when_the_log_moves(face: Face) -> None:
    page = face.sign_in("admin")
    face.open("notification", "/?person=t-1")
    told(face, user_id="t-1", channels=["email"])
    expect(page.locator("#log-said")).not_to_be_empty(timeout=20_000)
    link = page.locator("#log tbody tr").first.locator("a").last
    link.focus()
    some_id = link.get_attribute("id")
    told(face, user_id="t-1", channels=["email"])
    expect(page.locator("#log tbody tr").nth(1).locator("a").last).to_have_id(str(some_id), timeout=20_000)
    assert page.evaluate("document.activeElement.id") == some_id


def test_somebody_is_found_while_one_types(face: Face) -> None:
    page = face.sign_in("admin")
    page.get_by_label("Человек").press_sequentially("яковлев", delay=20)
    expect(page.locator("#people-options option").first).to_be_attached()
    page.get_by_label("Человек").fill("ев")
    page.get_by_role("button", name="Показать").click()
    expect(page.locator("#log")).to_contain_text("выберите, о ком речь")
    well_made(face, "several-people")
    page.locator(".person").first.click()
    expect(page.locator("#log")).not_to_contain_text("выберите")


def test_a_message_tells_its_story_shows_its_letters_and_why(face: Face) -> None:
    page = face.sign_in("admin")
    some_id = told(face, user_id="t-1")
    eventually(
        lambda: (
            face.system.get("NOTIFICATION_PORT", f"/api/v1/notifications/{some_id}").json()["status"]
            == "sent"
        )
    )
    face.open("notification", f"/console/messages/{some_id}")
    frame = page.frame_locator("iframe.mail-frame").first
    expect(frame.locator("h1")).to_have_text("Педсовет")
    expect(page.locator(".bubble").first).to_contain_text("В пятницу в 18:00.")
    expect(page.locator(".timeline li").last).to_contain_text("Ответ сервера")
    expect(page.get_by_role("button", name="Отправить ещё раз")).to_be_disabled()
    height = page.locator("iframe.mail-frame").first.bounding_box()
    assert height is not None
    assert height["height"] > 160
    well_made(face, "message")
    page.get_by_role("link", name="Почему так?").first.click()
    expect(page.locator(".verdict")).to_contain_text("Дошло")
    well_made(face, "explained")


def test_what_waits_is_stopped_by_a_button(face: Face) -> None:
    page = face.sign_in("admin")
    some_id = told(face, user_id="t-1", send_at="2099-01-01T10:00:00Z")
    face.open("notification", f"/console/messages/{some_id}")
    page.get_by_role("button", name="Отменить отправку").click()
    expect(page.locator("h1 .badge")).to_have_text("отменено")
    expect(page.get_by_role("button", name="Отменить отправку")).to_be_disabled()


def test_a_simulation_shows_who_would_get_what(face: Face) -> None:
    page = face.sign_in("admin")
    face.open("notification", "/console/simulate?type=homework_graded")
    page.get_by_label("Кому").fill("t-1")
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".decision")).to_have_count(2)
    expect(page.frame_locator("iframe.mail-frame").first.locator("h1")).to_have_text(
        "Домашняя работа проверена"
    )
    well_made(face, "simulated")
    page.get_by_role("link", name="Событие").click()
    expect(page.get_by_label("Событие, JSON")).to_contain_text("lesson.created")


def test_preferences_show_what_they_would_have_done_before_they_are_saved(face: Face) -> None:
    page = face.sign_in("parent")
    face.open("notification", "/console/preferences")
    page.locator("label.toggle", has_text="Занятия: Telegram").click()
    expect(page.locator("#rehearsal")).to_contain_text("Пришло бы", timeout=20_000)
    page.get_by_text("Отдельные виды: Занятия").click()
    page.get_by_label("Напоминание о занятии: Telegram").select_option("on")
    page.get_by_label("Собирать в сводку").select_option("daily")
    well_made(face, "rehearsed")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("status").first).to_contain_text("Настройки сохранены")
    expect(page.get_by_label("Напоминание о занятии: Telegram")).to_have_value("on")
    expect(page.get_by_label("Собирать в сводку")).to_have_value("daily")


def test_telegram_is_linked_and_a_test_message_sent_from_ones_own_page(face: Face) -> None:
    page = face.sign_in("student")
    face.open("notification", "/console/preferences")
    page.get_by_role("button", name=re.compile("Получить ссылку|Привязать другой чат")).click()
    expect(page.locator("#link code")).to_contain_text("/start ")
    page.get_by_role("button", name="Письмо", exact=True).click()
    expect(page.locator("#tested")).to_contain_text("Посмотреть, что с ним стало")
    well_made(face, "person-linked")
    page.get_by_role("link", name="Посмотреть, что с ним стало").click()
    expect(page.locator("h1")).to_contain_text("Сообщение")


def test_people_are_found_and_their_preferences_opened(face: Face) -> None:
    page = face.sign_in("admin")
    face.open("notification", "/console/people")
    page.get_by_label("Человек").press_sequentially("t-1", delay=20)
    expect(page.locator("#found tbody tr")).not_to_have_count(30)
    page.locator("#found a", has=page.locator("strong")).first.click()
    expect(page.get_by_role("heading", name="Адреса")).to_be_visible()
    well_made(face, "person")


def test_a_template_is_written_beside_its_live_preview_saved_and_taken_back(face: Face) -> None:
    page = face.sign_in("admin")
    face.open("notification", "/console/templates/material_shared/edit?channel=email&locale=ru")
    source = page.get_by_label("Шаблон целиком")
    written = source.input_value()
    source.fill(written + "\n{{ nonsense }}")
    expect(page.locator("#draft")).to_contain_text("Сохранить пока нельзя", timeout=20_000)
    expect(page.locator("#draft .errors")).to_contain_text("line")
    source.fill(re.sub(r"(block headline %}).*?({% endblock)", r"\1Свежий конспект\2", written, count=1))
    expect(page.frame_locator("#draft iframe").locator("h1")).to_have_text("Свежий конспект", timeout=20_000)
    well_made(face, "editor")
    page.get_by_role("button", name="Сохранить новую версию").click()
    expect(page.get_by_role("status").first).to_contain_text("Версия 1 сохранена")
    expect(page.frame_locator("iframe.mail-frame").locator("h1")).to_have_text("Свежий конспект")
    well_made(face, "template-own")
    page.get_by_role("button", name="Вернуть встроенный").click()
    expect(page.get_by_role("status").first).to_contain_text("встроенный шаблон")


def test_the_gallery_shows_both_channels_and_finds_by_name(face: Face) -> None:
    page = face.sign_in("admin")
    face.open("notification", "/console/templates?locale=en")
    expect(page.frame_locator(".thumb iframe").first.locator("h1")).to_have_text("A lesson is coming up")
    expect(page.locator(".thumb-chat .bubble").first).to_contain_text("A lesson is coming up")
    page.get_by_label("Найти шаблон").fill("оплата")
    page.get_by_role("button", name="Показать").click()
    expect(page.locator(".template-card")).to_have_count(3)


def test_a_broadcast_is_tried_sent_and_watched_to_its_end(face: Face) -> None:
    page = face.sign_in("admin")
    face.open("notification", "/console/broadcasts/new")
    page.get_by_label("Заголовок").fill("Выходной")
    page.get_by_label("Сообщение", exact=True).fill("В субботу занятий не будет.")
    page.get_by_role("button", name="Проверить, кто получит").click()
    expect(page.get_by_role("heading", name="Что произойдёт")).to_be_visible()
    expect(page.frame_locator("#rehearsal iframe").first.locator("h1")).to_have_text("Выходной")
    well_made(face, "rehearsed-broadcast")
    page.get_by_role("button", name=re.compile("^Отправить: ")).click()
    expect(page.locator("#progress")).to_contain_text("закончена", timeout=60_000)
    expect(page.locator(".big-figure")).to_contain_text("100")
    well_made(face, "broadcast")
    face.open("notification", "/console/broadcasts")
    expect(page.locator("tbody tr").first).to_contain_text("Выходной")


def test_a_broadcast_for_later_is_paused_resumed_and_stopped(face: Face) -> None:
    page = face.sign_in("admin")
    page.on("dialog", lambda dialog: dialog.accept())
    face.open("notification", "/console/broadcasts/new")
    page.get_by_label("Сообщение", exact=True).fill("С наступающим!")
    page.get_by_label("Начать").fill("2099-12-31T12:00")
    page.get_by_role("button", name="Проверить, кто получит").click()
    page.get_by_role("button", name=re.compile("^Отправить: ")).click()
    expect(page.locator("#progress .badge").first).to_have_text("назначена")
    page.get_by_role("button", name="Пауза").click()
    expect(page.locator("#progress .badge").first).to_have_text("на паузе")
    page.get_by_role("button", name="Продолжить").click()
    page.get_by_role("button", name="Остановить совсем").click()
    expect(page.locator("#progress .badge").first).to_have_text("отменена")


def test_everything_works_without_scripts(face: Face) -> None:
    browser = face.page.context.browser
    assert browser is not None
    page = face.sign_in("admin")
    cookies = page.context.cookies()
    plain = browser.new_context(java_script_enabled=False, locale="ru-RU")
    plain.add_cookies(cookies)  # type: ignore[arg-type]  # the client's own shape
    page = plain.new_page()
    page.goto(face.url("notification", "/"))
    page.get_by_label("Состояние").select_option("sent")
    page.get_by_role("button", name="Показать").click()
    assert "state=sent" in page.url
    page.goto(face.url("notification", "/console/people/t-1"))
    page.get_by_label("Собирать в сводку").select_option("weekly")
    page.get_by_role("button", name="Проверить на последних 30 днях").click()
    expect(page.locator("#rehearsal")).to_contain_text("Пришло бы")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_label("Собирать в сводку")).to_have_value("weekly")
    page.get_by_label("Собирать в сводку").select_option("off")
    page.get_by_role("button", name="Сохранить").click()
    page.get_by_role("button", name="Письмо", exact=True).click()
    expect(page.locator("#tested")).to_contain_text("Посмотреть")
    plain.close()
