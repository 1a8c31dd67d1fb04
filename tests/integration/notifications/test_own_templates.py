"""The school's own templates over HTTP: saved in versions, checked, used, and taken back."""

from typing import Any

from lib.auth.tokens import mint
from lib.db import templates
from tests.integration.notifications.school import School

PATH = "/api/v1/templates"
MAIL = {"channel": "email", "locale": "ru"}


def source(headline: str, name: str = "lesson_created") -> str:
    return f'{{% extends base("email/{name}") %}}\n{{% block headline %}}{headline}{{% endblock %}}'


def save(school: School, headline: str, name: str = "lesson_created", **fields: Any) -> dict[str, Any]:
    body = {"name": name, **MAIL, "source": source(headline), **fields}
    return school.ok("POST", PATH, body)


def headline(school: School, name: str = "lesson_created", **fields: Any) -> str:
    made = school.ok("POST", f"{PATH}/{name}/preview", {**MAIL, **fields})
    assert made["fell_back"] is None
    return str(made["text"]).partition("\n")[0]


def refusal(school: School, body: dict[str, Any], status: int = 422) -> dict[str, Any]:
    answer = school.call("POST", PATH, body)
    assert answer.status_code == status, answer.get_data(as_text=True)
    problem: dict[str, Any] = answer.get_json()
    return problem


def variant(school: School, name: str = "lesson_created") -> list[tuple[int, bool, bool]]:
    items = school.ok("GET", f"{PATH}?channel=email&locale=ru")["items"]
    return [(i["version"], i["built_in"], i["active"]) for i in items if i["name"] == name]


def test_a_template_in_the_place_of_a_built_in_one_is_used_for_everybody(school: School) -> None:
    assert headline(school) == "Новое занятие"
    assert save(school, "Ура, {{ subject }}!")["version"] == 1
    assert headline(school) == "Ура, Математика!"
    assert headline(school, locale="en") == "New lesson"
    assert variant(school) == [(1, True, False), (1, False, True)]


def test_versions_stay_and_can_be_gone_back_to(school: School) -> None:
    back = f"{PATH}/lesson_created/rollback"
    for number in (1, 2, 3):
        assert save(school, f"Версия {number}")["version"] == number
    assert school.ok("POST", back, MAIL)["version"] == 2
    assert headline(school) == "Версия 2"
    assert school.ok("POST", back, {**MAIL, "to_version": 3})["version"] == 3
    assert headline(school, version=1) == "Версия 1"
    assert headline(school, version=0) == "Новое занятие"
    assert school.ok("POST", back, {**MAIL, "built_in": True})["built_in"] is True
    assert headline(school) == "Новое занятие"
    assert school.call("POST", back, MAIL).status_code == 409
    assert school.call("POST", back, {**MAIL, "to_version": 9}).status_code == 404
    assert school.ok("POST", back, {**MAIL, "to_version": 1})["version"] == 1
    assert school.ok("POST", back, MAIL)["built_in"] is True
    assert save(school, "Версия 4")["version"] == 4
    shown = school.ok("GET", f"{PATH}/lesson_created")
    assert [(v["version"], v["active"]) for v in shown["versions"]] == [
        (1, False),
        (2, False),
        (3, False),
        (4, True),
    ]
    assert shown["versions"][0]["created_by"] == "admin:a-1"
    assert {(v["channel"], v["locale"], v["built_in"]) for v in shown["variants"]} == {
        ("email", "ru", False),
        ("email", "en", True),
        ("telegram", "ru", True),
        ("telegram", "en", True),
    }


def test_a_template_with_a_name_of_its_own_uses_the_variables_of_its_type(school: School) -> None:
    body = {"name": "open_day", "type": "custom", **MAIL}
    written = (
        "{% extends layout %}{% block subject %}День открытых дверей{% endblock %}"
        "{% block lead %}{{ message }}{% endblock %}"
    )
    assert school.ok("POST", PATH, {**body, "source": written})["type"] == "custom"
    made = school.ok("POST", f"{PATH}/open_day/preview", {**MAIL, "data": {"message": "Ждём вас"}})
    assert (made["subject"], "Ждём вас" in made["text"]) == ("День открытых дверей", True)
    assert refusal(
        school, {**body, "type": "balance_low", "source": written.replace("message", "balance")}, 409
    )
    back = school.call("POST", f"{PATH}/open_day/rollback", MAIL)
    assert back.status_code == 409
    with school.services.db.connect() as conn:
        english = templates.chosen(conn, "open_day", "email", "en")
        chat = templates.chosen(conn, "open_day", "telegram", "ru")
    assert english.own is not None
    assert english.own.locale == "ru"
    assert (chat.type, chat.own) == ("custom", None)


def test_what_is_wrong_is_refused_with_its_line(school: School) -> None:
    problem = refusal(school, {"name": "lesson_created", **MAIL, "source": source("{{ topik }}")})
    assert problem["detail"] == (
        "The template is not saved: source, line 2: unknown variable topik; did you mean topic?"
    )
    assert problem["errors"] == [
        {"loc": "source", "msg": "line 2: unknown variable topik; did you mean topic?"}
    ]
    bomb = refusal(school, {"name": "lesson_created", **MAIL, "source": source("{{ 'a' * 10**9 }}")})
    assert bomb["errors"] == [{"loc": "source", "msg": "it needs more than 64 MB of memory"}]
    assert variant(school) == [(1, True, True)]


def test_a_body_out_of_shape_is_refused(school: School) -> None:
    good = {"name": "lesson_created", **MAIL, "source": source("x")}
    for change in (
        {"name": "Lesson"},
        {"type": "custom"},
        {"name": "mine"},
        {"name": "digest"},
        {"channel": "sms"},
        {"locale": "de"},
        {"source": None},
        {"html": "<p>"},
        {"source": "x" * 64_001},
    ):
        refusal(school, {**good, **change}, 400)


def test_only_an_admin_or_a_service_with_the_scope_may_write(school: School) -> None:
    body = {"name": "lesson_created", **MAIL, "source": source("x")}
    for role in ("tutor", "student", "parent"):
        assert school.call("POST", PATH, body, role=role).status_code == 403
        assert school.call("POST", f"{PATH}/lesson_created/rollback", MAIL, role=role).status_code == 403
        draft = {**MAIL, "source": source("x")}
        assert school.call("POST", f"{PATH}/lesson_created/preview", draft, role=role).status_code == 403
    for scopes, status in ((["recipients:write"], 403), (["templates:write"], 201)):
        token = mint(school.services.settings, role="service", sub="s", scopes=scopes)
        headers = {"Authorization": f"Bearer {token}"}
        assert school.call("POST", PATH, body, role=None, headers=headers).status_code == status


def test_the_same_key_saves_one_version(school: School) -> None:
    body = {"name": "lesson_created", **MAIL, "source": source("x")}
    answers = [school.call("POST", PATH, body, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
    assert [answer.get_json()["version"] for answer in answers] == [1, 1]
    assert variant(school) == [(1, True, False), (1, False, True)]


def test_a_draft_can_be_seen_before_it_is_saved(school: School) -> None:
    assert headline(school, source=source("Черновик")) == "Черновик"
    broken = school.ok("POST", f"{PATH}/lesson_created/preview", {**MAIL, "source": source("{{ 1 // 0 }}")})
    assert "line 2: ZeroDivisionError" in broken["fell_back"]
    assert broken["built_in"] is True


def test_an_unknown_name_is_not_found(school: School) -> None:
    assert school.call("GET", f"{PATH}/nothing").status_code == 404
    assert school.call("POST", f"{PATH}/nothing/rollback", MAIL).status_code == 404
    assert school.call("POST", f"{PATH}/nothing/preview", MAIL).status_code == 404


def test_the_gallery_is_open_and_runs_nothing(school: School) -> None:
    page = school.call("GET", "/templates?theme=dark", role=None)
    assert page.status_code == 200
    assert page.content_type == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    text = page.get_data(as_text=True)
    assert "<script" not in text
    assert text.index("Напоминание о занятии") < text.index("Lesson reminder")
    assert text.count("<iframe sandbox") == 42


def test_the_preview_of_a_draft_shows_it_and_everything_that_is_wrong_with_it(school: School) -> None:
    path = f"{PATH}/custom/preview"
    draft = {**MAIL, "subject": "Тема", "text": "{{ message }}", "html": "<p>{{ message }}</p>"}
    made = school.ok("POST", path, draft)
    assert (made["subject"], made["errors"], made["fell_back"]) == ("Тема", [], None)
    broken = school.ok("POST", path, {**draft, "text": "first\n{{ nonsense }}"})
    assert [each["loc"] for each in broken["errors"]] == ["text"]
    assert "line 2" in broken["errors"][0]["msg"]
    assert school.call("POST", path, draft, role="tutor", sub="t-1").status_code == 403
