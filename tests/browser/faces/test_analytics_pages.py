"""Every analytics page for everybody who may see it: whole, legible, of the right figures."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.system import System
from tests.browser.faces.conftest import Face

SCHOOL = (
    "overview",
    "lessons",
    "money",
    "users",
    "materials",
    "homework",
    "subjects",
    "tutors",
    "leaks",
    "reports",
)
FAMILY = ("overview", "lessons", "money", "materials", "homework", "subjects", "reports")
PAGES = {"admin": SCHOOL, "tutor": SCHOOL, "parent": FAMILY, "student": FAMILY}
DRAWN = (
    "document.querySelectorAll('[data-chart]').length === document.querySelectorAll('.js-plotly-plot').length"
)


def look_at_all_of(page: Page) -> None:
    """Go down the page until every chart is drawn."""
    for _ in range(40):
        if page.evaluate(DRAWN):
            return
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(100)
    assert page.evaluate(DRAWN), "a chart was not drawn"


def number(text: str) -> float:
    """«1 234 ₽» → 1234.0."""
    kept = "".join(letter for letter in text if letter.isdigit() or letter in ",-−")
    return float(kept.replace(",", ".").replace("−", "-"))


def tile(page: Page, label: str) -> str:
    """The value of the tile of that name."""
    found = page.locator(".tile", has=page.get_by_text(label, exact=True)).first
    return found.locator(".tile-value").inner_text()


def api(page: Page, path: str) -> dict[str, Any]:
    """A GET of the API with the page's own session."""
    answer: dict[str, Any] = page.evaluate("path => fetch(path).then(answer => answer.json())", path)
    return answer


@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_whole_and_legible_for(face: Face, role: str) -> None:
    face.sign_in(role, "analytics")
    for name in ("", *(f"pages/{each}" for each in PAGES[role])):
        page = face.open("analytics", f"/{name}")
        look_at_all_of(page)
        assert page.locator("main h1").count() == 1, name
        assert face.grave() == [], name
        face.fits()
        face.shots(f"{role}-{name.removeprefix('pages/') or 'home'}")


def test_pages_of_the_school_are_not_for_families(face: Face) -> None:
    face.sign_in("parent", "analytics")
    for name in ("users", "tutors", "leaks"):
        face.open("analytics", f"/pages/{name}", status=403)
    face.open("analytics", "/pages/students/nobody", status=404)


@pytest.mark.parametrize(
    ("role", "figures"),
    [
        ("tutor", {"Проведено уроков": "completed", "Проверено": "graded"}),
        ("student", {"Проведено уроков": "completed", "Просрочено": "overdue"}),
        ("parent", {"Проведено уроков": "completed", "Просрочено": "overdue"}),
    ],
)
def test_the_tiles_are_the_figures_of_the_api(face: Face, role: str, figures: dict[str, str]) -> None:
    page = face.sign_in(role, "analytics")
    for days in ("30", "7"):
        face.open("analytics", f"/?days={days}")
        summary = api(page, f"/api/v1/analytics/dashboard/{role}?days={days}")["summary"]
        for label, key in figures.items():
            assert number(tile(page, label)) == summary[key], (days, label)


def test_the_tiles_of_the_school_are_the_figures_of_the_api(face: Face) -> None:
    page = face.sign_in("admin", "analytics")
    summary = api(page, "/api/v1/analytics/dashboard/admin?days=30")["summary"]
    assert number(tile(page, "Проведено уроков")) == summary["lessons"]["completed"]
    assert number(tile(page, "Выручка")) == float(summary["payments"]["RUB"]["revenue"])
    assert number(tile(page, "Новых пользователей")) == summary["users"]["registered"]


def test_people_have_names_where_their_ids_were(face: Face) -> None:
    page = face.sign_in("admin", "analytics")
    face.open("analytics", "/pages/tutors")
    look_at_all_of(page)
    earned = api(page, "/api/v1/analytics/tutors/earnings?days=30")["by_tutor"]
    known = {
        each["user_id"]: each["name"]
        for each in face.system.get("NOTIFICATION_PORT", "/api/v1/recipients?role=tutor&limit=200").json()[
            "items"
        ]
    }
    page.locator(".chart-table summary").first.click()
    words = page.locator(".chart-table").first.inner_text()
    for row in earned:
        assert known[row["tutor_id"]] in words


def test_without_scripts_a_page_says_all_it_has_to_say(browser: Browser, system: System) -> None:
    context = browser.new_context(locale="ru-RU", java_script_enabled=False)
    page = context.new_page()
    page.goto(system.url("ANALYTICS_PORT", "/sign-in"))
    page.locator(".person", has_text="руководитель").click()
    page.goto(system.url("ANALYTICS_PORT", "/pages/lessons"))
    assert "Проведено" in page.locator(".finding").first.inner_text()
    picture = page.locator(".plot img").first
    answer = context.request.get(system.url("ANALYTICS_PORT", str(picture.get_attribute("src"))))
    assert answer.headers["content-type"].startswith("image/svg+xml")
    page.get_by_role("link", name="90 дней").click()
    assert "days=90" in page.url
    page.get_by_role("link", name="Таблица").first.click()
    page.locator("summary", has_text="Таблица").click()
    expect(page.locator("a.behind").first).to_be_visible()
    page.locator("a.behind").first.click()
    assert page.locator("#rows tr").count() > 0
    context.close()


def test_a_parent_goes_from_child_to_child(face: Face) -> None:
    page = face.sign_in("parent", "analytics")
    children = api(page, "/api/v1/analytics/dashboard/parent?days=30")["children"]
    if len(children) == 1:
        assert number(tile(page, "Уроков на счёте")) == children[0]["balance"]["lessons"]
        return
    switcher = page.get_by_role("navigation", name="Ребёнок")
    for child in children:
        switcher.locator(f"a[href*='student_id={child['student_id']}']").click()
        expect(switcher.locator("[aria-current]")).to_have_attribute(
            "href", f"/?student_id={child['student_id']}"
        )
        assert number(tile(page, "Уроков на счёте")) == child["balance"]["lessons"]
        assert number(tile(page, "Проведено уроков")) == child["summary"]["completed"]


def test_the_pages_speak_english(another: Callable[[], Face]) -> None:
    face = another()
    page = face.sign_in("admin", "analytics")
    page.locator(".me summary").click()
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state("networkidle")
    for name in ("", "pages/lessons", "pages/leaks", "pages/reports"):
        face.open("analytics", f"/{name}")
        look_at_all_of(page)
        words = page.locator("main").inner_text()
        assert not any("а" <= letter <= "я" for letter in page.locator("h1").inner_text().lower()), name
        assert "Table" in words or name.endswith(("leaks", "reports"))
