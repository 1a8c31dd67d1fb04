"""The directory, preferences, templates and unsubscribe links over HTTP."""

from datetime import timedelta
from itertools import permutations

import pytest

from tests.integration.notifications.school import Json, School, event


def test_an_entry_is_read_back_as_it_was_put(school: School) -> None:
    put = school.person(
        "mama", role="parent", name="Ирина", telegram_chat_id=77, locale="ru", timezone="Asia/Omsk"
    )
    assert put["telegram_chat_id"] == "77"
    again = school.ok("PUT", "/api/v1/recipients/mama", school.ok("GET", "/api/v1/recipients/mama"))
    assert again == put


def test_what_a_put_leaves_out_is_cleared_but_family_ties_stay(school: School) -> None:
    school.person("sasha", phone="+7 900 000-00-00", parent_ids=["mama"])
    after = school.ok("PUT", "/api/v1/recipients/sasha", {"role": "student"})
    assert after["phone"] is None
    assert after["parent_ids"] == ["mama"]
    assert school.person("sasha", parent_ids=[])["parent_ids"] == []


def test_family_ties_are_the_same_from_both_ends(school: School) -> None:
    school.person("mama", role="parent", child_ids=["sasha"])
    assert school.person("sasha")["parent_ids"] == ["mama"]
    school.person("dasha", parent_ids=["mama"])
    assert school.ok("GET", "/api/v1/recipients/mama")["child_ids"] == ["sasha", "dasha"]
    school.person("mama", role="parent", child_ids=["dasha"])
    assert school.ok("GET", "/api/v1/recipients/sasha")["parent_ids"] == []


def test_whatever_the_order_of_arrival_the_same_person_comes_out(school: School) -> None:
    story = [
        event(
            "user.registered",
            {"user_id": "U", "role": "student", "email": "old@example.com"},
            id="1",
            ago=timedelta(days=4),
        ),
        event("user.updated", {"email": "new@example.com"}, id="2", ago=timedelta(days=3)),
        event("user.updated", {"name": "Новое имя"}, id="3", ago=timedelta(days=2)),
        event("user.deactivated", {}, id="4", ago=timedelta(days=1)),
    ]
    outcomes = set()
    for n, order in enumerate(permutations(story)):
        for each in order:
            data = {**each["data"], "user_id": f"u-{n}"}
            school.event({**each, "id": f"{each['id']}-{n}", "data": data})
        person = school.ok("GET", f"/api/v1/recipients/u-{n}")
        outcomes.add((person["email"], person["name"], person["role"], person["active"]))
    assert outcomes == {("new@example.com", "Новое имя", "student", False)}


@pytest.mark.parametrize("role", ["student", "tutor", "parent"])
def test_only_admins_and_services_write_entries(school: School, role: str) -> None:
    assert (
        school.call("PUT", "/api/v1/recipients/x", {"role": "student"}, role=role, sub="x").status_code == 403
    )


def test_one_reads_ones_own_entry_and_no_other(school: School) -> None:
    school.person("sasha")
    assert school.call("GET", "/api/v1/recipients/sasha", role="student", sub="sasha").status_code == 200
    foreign = school.call("GET", "/api/v1/recipients/sasha", role="student", sub="masha")
    absent = school.call("GET", "/api/v1/recipients/nobody", role="student", sub="nobody")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.get_json()["detail"] == absent.get_json()["detail"]


def test_a_parent_reads_the_entries_of_own_children_and_changes_none(school: School) -> None:
    school.person("masha", role="student")
    school.person("sasha", role="student")
    school.person("mama", role="parent", child_ids=["masha"])
    assert school.call("GET", "/api/v1/recipients/masha", role="parent", sub="mama").status_code == 200
    assert school.call("GET", "/api/v1/recipients/sasha", role="parent", sub="mama").status_code == 404
    assert school.call("GET", "/api/v1/recipients/masha", role="student", sub="mama").status_code == 404
    link = school.call("POST", "/api/v1/recipients/masha/telegram-link", role="parent", sub="mama")
    assert link.status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"email": "not an address"},
        {"email": "a@b.example\r\nBcc: c@d.example"},
        {"timezone": "Mars/Olympus"},
        {"name": "a\nb"},
        {"role": "wizard"},
        {"surprise": 1},
    ],
)
def test_a_wrong_entry_is_refused(school: School, body: Json) -> None:
    assert school.call("PUT", "/api/v1/recipients/x", body).status_code == 400


def test_preferences_merge_and_null_goes_back_to_the_default(school: School) -> None:
    path = "/api/v1/preferences/sasha"
    mine = {"role": "student", "sub": "sasha"}
    school.ok("PATCH", path, {"types": {"lesson_reminder": {"email": False}}}, **mine)
    school.ok("PATCH", path, {"quiet_hours": {"start": "22:00", "end": "08:00"}}, **mine)
    chosen = school.ok("PATCH", path, {"groups": {"homework": {"telegram": False}}}, **mine)
    assert chosen["types"] == {"lesson_reminder": {"email": False}}
    assert chosen["quiet_hours"] == {"start": "22:00", "end": "08:00"}
    assert chosen["groups"]["homework"] == {"telegram": False, "email": True}
    assert school.ok("PATCH", path, chosen, **mine) == chosen
    assert school.ok("PATCH", path, {"quiet_hours": None}, **mine)["quiet_hours"] is None
    assert school.call("PATCH", path, {}, role="student", sub="masha").status_code == 404


@pytest.mark.parametrize(
    "patch",
    [
        {"quiet_hours": {"start": "22:00"}},
        {"quiet_hours": {"start": "25:00", "end": "08:00"}},
        {"quiet_hours": {"start": "08:00", "end": "08:00"}},
        {"timezone": "Mars/Olympus"},
        {"groups": {"gossip": {"email": True}}},
        {"types": {"gossip": {"email": True}}},
        {"colour": "red"},
    ],
)
def test_wrong_preferences_are_refused_with_the_field(school: School, patch: Json) -> None:
    answer = school.call("PATCH", "/api/v1/preferences/sasha", patch)
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["loc"].split(".")[0] == next(iter(patch))


def test_an_unsubscribe_link_shows_on_get_and_acts_on_post(school: School) -> None:
    school.person("sasha")
    body = {"type": "homework_graded", "user_id": "sasha", "channels": ["email"]}
    school.ok("POST", "/api/v1/notifications", body)
    school.send_all()
    letter = school.office.mail(at_least=1)[0]
    url = dict(letter["headers"])["List-Unsubscribe"].strip("<>")
    path = url.removeprefix("https://school.example")
    page = school.call("GET", path, role=None)
    assert "Не присылать письма о домашних работах?" in page.get_data(as_text=True)
    assert school.ok("POST", "/api/v1/notifications", body)["status"] == "queued"
    done = school.call("POST", path, role=None, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert done.status_code == 200
    assert "больше не будут приходить" in done.get_data(as_text=True)
    assert school.ok("POST", "/api/v1/notifications", body)["decisions"][0]["reason"] == "group_off"


def test_a_forged_unsubscribe_link_does_nothing(school: School) -> None:
    for token in ("AAAA", "x" * 60, "%D0%B6"):
        assert school.call("POST", f"/unsubscribe/{token}", role=None).status_code == 404


def test_templates_are_listed_shown_and_previewed(school: School) -> None:
    items = school.ok("GET", "/api/v1/templates?locale=ru&channel=email")["items"]
    assert len(items) == 21
    shown = school.ok("GET", "/api/v1/templates/lesson_created")
    assert {(each["channel"], each["locale"]) for each in shown["variants"]} == {
        (channel, locale) for channel in ("email", "telegram") for locale in ("ru", "en")
    }
    preview = school.ok("POST", "/api/v1/templates/lesson_created/preview", {"role": "parent"})
    assert preview["subject"] == "Новое занятие: Математика, среда, 25 ноября, 17:00"
    assert school.call("GET", "/api/v1/templates/nonsense").status_code == 404
    assert school.call("POST", "/api/v1/templates/custom/preview", {"data": {}}).status_code == 422
