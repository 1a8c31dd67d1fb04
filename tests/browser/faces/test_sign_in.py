"""Signing in by a click, a token and a link; going out; what is refused."""

import pytest
from playwright.sync_api import expect

from lib.auth import sessions
from lib.auth.secrets import DEVELOPMENT_KEY
from lib.auth.tokens import mint
from lib.runtime.settings import Settings
from tests.browser.faces.conftest import ROLES, Face

SERVICES = ("notification", "analytics")


@pytest.mark.parametrize("service", SERVICES)
def test_the_page_asks_who_is_there_and_reads_well(face: Face, service: str) -> None:
    page = face.open(service, "/pages/lessons?days=7" if service == "analytics" else "/console/explain?a=1")
    assert "/sign-in?next=" in page.url
    expect(page.locator("h1")).to_have_text("Вход")
    assert page.locator("html").get_attribute("lang") == "ru"
    assert face.grave() == []
    face.fits()
    face.shots(f"sign-in-{service}")


@pytest.mark.parametrize("role", ROLES)
def test_a_click_signs_in_on_a_local_run_and_leads_back_to_where_one_wanted_to_go(
    face: Face, role: str
) -> None:
    face.sign_in(role)
    assert face.page.url.endswith("/")
    expect(face.page.locator(".me-box")).to_contain_text(ROLES[role])
    cookie = next(each for each in face.page.context.cookies() if each["name"] == sessions.COOKIE)
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert face.page.evaluate("document.cookie").count(sessions.COOKIE) == 0


def test_a_token_signs_in_and_a_programs_or_a_bad_one_does_not(face: Face) -> None:
    page = face.open("notification", "/sign-in?next=/console/explain")
    for token, said in (
        ("nonsense", "не подходит"),
        (mint(Settings(), role="service", sub="svc"), "токен программы"),
        (mint(Settings(), role="admin", sub="admin-1", ttl_seconds=-60), "не подходит"),
    ):
        face.refused.add(422)
        page.get_by_label("Или вставьте токен доступа").fill(token)
        page.get_by_role("button", name="Войти по токену").click()
        expect(page.get_by_role("alert")).to_contain_text(said)
    page.get_by_label("Или вставьте токен доступа").fill(mint(Settings(), role="tutor", sub="t-1"))
    page.get_by_role("button", name="Войти по токену").click()
    expect(page).to_have_url(face.url("notification", "/console/explain"))


def test_going_out_forgets_the_session(face: Face) -> None:
    page = face.sign_in("parent")
    page.locator(".me summary").click()
    page.get_by_role("button", name="Выйти").click()
    expect(page.get_by_role("status").first).to_contain_text("Вы вышли")
    assert sessions.COOKIE not in [each["name"] for each in page.context.cookies()]


def test_language_and_theme_stay_chosen(face: Face) -> None:
    page = face.sign_in("tutor")
    page.locator(".me summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".me summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 21, 27)"
    face.open("analytics", "/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_page_of_another_site_cannot_send_our_forms(face: Face) -> None:
    page = face.sign_in("admin")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = page.request.post(
            face.url("notification", "/look"), form={"language": "en"}, headers=headers, max_redirects=0
        )
        assert answer.status == 403


@pytest.mark.parametrize(
    "next_page", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1"]
)
def test_signing_in_never_leads_elsewhere(face: Face, next_page: str) -> None:
    page = face.open("notification", "/sign-in")
    answer = page.request.post(
        face.url("notification", "/sign-in"),
        form={"token": mint(Settings(), role="tutor", sub="t-1"), "next": next_page},
        max_redirects=0,
    )
    assert (answer.status, answer.headers["location"]) == (303, "/")


def test_the_sessions_cookie_reads_the_api_and_never_writes(face: Face) -> None:
    page = face.sign_in("admin")
    assert page.request.get(face.url("notification", "/api/v1/notifications/types")).status == 200
    denied = page.request.post(
        face.url("notification", "/api/v1/notifications/simulate"), data={"type": "custom"}
    )
    assert denied.status == 401


def test_a_link_of_the_bot_asks_first_and_works_once(face: Face) -> None:
    page = face.open("notification", "/sign-in/no-such-code-at-all", status=410)
    expect(page.get_by_role("alert")).to_contain_text("уже не действует")


def test_a_session_that_is_over_leads_to_signing_in(face: Face) -> None:
    old = sessions.SESSION.mint(DEVELOPMENT_KEY, sub="t-1", role="tutor", scopes=(), seconds=1)
    cookie = {"name": sessions.COOKIE, "value": old[:-2] + "xx", "url": face.url("notification", "/")}
    face.page.context.add_cookies([cookie])  # type: ignore[list-item]  # the client's own shape
    page = face.open("notification", "/")
    assert "/sign-in" in page.url
