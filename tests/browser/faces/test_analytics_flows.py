"""What one does on the analytics pages: change the question, open what is behind a mark, prove it, take it away."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.faces.conftest import Face
from tests.browser.faces.test_analytics_pages import api, look_at_all_of, number, tile

DRAWN = "[data-chart] .plot.js-plotly-plot .main-svg"
# The point of a chart in the window: its value, and the middle of its mark.
MARKS = """([place, trace]) => {
  const plot = document.querySelectorAll("[data-chart]")[place].querySelector(".plot"), data = plot.data[trace];
  const marks = plot.querySelectorAll(".bars")[trace].querySelectorAll(".point path");
  return [...marks].map((mark, i) => {
    const box = mark.getBoundingClientRect();
    return { value: data.y[i], x: box.x + box.width / 2, y: box.y + box.height / 2, height: box.height };
  }).filter(mark => mark.value > 0 && mark.height > 2);
}"""


def wait_for_charts(page: Page) -> None:
    page.locator(DRAWN).first.wait_for()


@pytest.mark.parametrize("role", ["admin", "tutor", "student"])
def test_a_click_on_a_bar_opens_its_lessons_as_many_as_the_bar_says(face: Face, role: str) -> None:
    face.sign_in(role, "analytics")
    page = face.open("analytics", "/pages/lessons?days=30")
    wait_for_charts(page)
    for trace in (0, 3):
        mark = max(page.evaluate(MARKS, [0, trace]), key=lambda each: each["value"], default=None)
        if mark is None:
            continue
        page.mouse.click(mark["x"], mark["y"])
        total = page.locator("#panel #rows-total")
        expect(total).to_have_attribute("data-total", str(mark["value"]))
        expect(page.locator("#panel #rows tr")).to_have_count(min(mark["value"], 50))
        assert face.grave() == []
        face.shots(f"{role}-panel-{trace}")
        page.keyboard.press("Escape")
        expect(page.locator("#panel")).not_to_be_visible()


def test_a_cell_of_the_week_opens_its_lessons(face: Face) -> None:
    face.sign_in("admin", "analytics")
    page = face.open("analytics", "/pages/charts/lesson_completion?kind=heatmap&days=30")
    wait_for_charts(page)
    cell = max(
        api(page, "/api/v1/analytics/lessons/stats?days=30")["by_weekday_hour"],
        key=lambda each: each["scheduled"],
    )
    rows = f"/api/v1/analytics/lessons/stats/rows?days=30&weekday={cell['weekday']}&hour={cell['hour']}"
    assert api(page, rows)["total"] == cell["scheduled"]
    box = page.locator(".heatmaplayer image, .heatmaplayer .hm").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 14)
    expect(page.locator("#panel #rows-total")).to_be_visible()
    assert "weekday=0" in str(
        page.locator("#panel a", has_text="Открыть на отдельной странице").get_attribute("href")
    )


def test_the_table_of_a_chart_leads_to_the_same_rows_by_the_keyboard(face: Face) -> None:
    face.sign_in("admin", "analytics")
    page = face.open("analytics", "/pages/lessons?days=7")
    wait_for_charts(page)
    page.locator(".chart-table summary").first.press("Enter")
    link = page.locator("a.behind").first
    many = number(link.inner_text())
    link.press("Enter")
    expect(page.locator("#panel #rows-total")).to_have_attribute("data-total", str(int(many)))
    alone = page.locator("#panel a", has_text="Открыть на отдельной странице")
    alone.click()
    page.wait_for_url("**/pages/rows/lessons?**")
    expect(page.locator("#rows-total")).to_have_attribute("data-total", str(int(many)))


def test_rows_go_on_page_by_page(face: Face) -> None:
    face.sign_in("admin", "analytics")
    page = face.open("analytics", "/pages/rows/lessons?figure=scheduled&days=30")
    total = int(str(page.locator("#rows-total").get_attribute("data-total")))
    shown = page.locator("#rows tr").count()
    assert shown == 50
    while shown < total:
        page.get_by_role("link", name="Показать ещё").click()
        shown = min(shown + 50, total)
        expect(page.locator("#rows tr")).to_have_count(shown)
    expect(page.get_by_role("link", name="Показать ещё")).to_have_count(0)


def test_the_period_changes_in_place_and_the_address_says_so(face: Face) -> None:
    face.sign_in("admin", "analytics")
    page = face.open("analytics", "/")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="7 дней").click()
    expect(page.locator("#c-period-7")).to_have_attribute("aria-current", "true")
    assert "days=7" in page.url
    assert page.evaluate("window.same")
    assert page.evaluate("document.activeElement.id") == "c-period-7"
    summary = api(page, "/api/v1/analytics/dashboard/admin?days=7")["summary"]
    assert number(tile(page, "Проведено уроков")) == summary["lessons"]["completed"]
    look_at_all_of(page)
    page.locator("#c-own").click()
    page.get_by_label("С", exact=True).fill("2026-11-01")
    page.get_by_label("По", exact=True).fill("2026-11-10")
    page.get_by_role("button", name="Показать").click()
    page.wait_for_url("**from=2026-11-01&to=2026-11-10**")
    expect(page.locator("#c-own")).to_contain_text("1 ноября")
    page.get_by_role("link", name="Не сравнивать").click()
    page.wait_for_url("**compare=off**")
    expect(page.locator(".tile-delta")).to_have_count(0)
    page.go_back()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#c-own")).to_contain_text("1 ноября")


def test_filters_narrow_what_is_counted(face: Face) -> None:
    face.sign_in("admin", "analytics")
    page = face.open("analytics", "/pages/lessons?days=30")
    page.locator("#c-filters").click()
    page.get_by_label("Преподаватель").wait_for()
    tutor = api(page, "/api/v1/analytics/lessons/stats?days=30")["by_tutor"][0]
    page.get_by_label("Преподаватель").select_option(tutor["tutor_id"])
    assert face.grave() == []
    page.get_by_role("button", name="Применить").click()
    page.wait_for_url(f"**tutor_id={tutor['tutor_id']}**")
    expect(page.locator(".chip")).to_be_visible()
    assert number(tile(page, "Уроков в расписании")) == tutor["scheduled"]
    page.locator(".chip").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_a_chart_changes_its_kind_in_place(face: Face) -> None:
    face.sign_in("admin", "analytics")
    page = face.open("analytics", "/pages/lessons?days=30")
    wait_for_charts(page)
    page.locator("[data-chart]").first.locator(".kinds [data-kind=pie]").press("Enter")
    page.locator("[data-chart]").first.locator(".pielayer").wait_for()
    assert page.evaluate("document.activeElement.dataset.kind") == "pie"
    assert "Чем закончились" in page.locator("[data-chart] h2").first.inner_text()


def test_a_receipt_is_proved_in_words(face: Face) -> None:
    face.sign_in("tutor", "analytics")
    page = face.open("analytics", "/pages/lessons?days=7")
    page.get_by_role("link", name="Чем это подтверждено?").click()
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator("#proof")).to_contain_text("Сошлось", timeout=60_000)
    assert face.grave() == []
    face.fits()
    face.shots("receipt")
    page.get_by_role("link", name="К показателям").click()
    page.wait_for_url("**/pages/lessons?days=7")


def test_a_report_is_ordered_watched_and_downloaded(face: Face, tmp_path: Path) -> None:
    face.sign_in("tutor", "analytics")
    page = face.open("analytics", "/pages/lessons?days=30")
    page.get_by_role("link", name="Отчёт", exact=True).click()
    expect(page.get_by_label("Отчёт").first).to_have_value("lesson")
    page.get_by_role("button", name="Сделать отчёт").click()
    page.wait_for_load_state("networkidle")
    job = page.locator(".job").first
    expect(job.locator(".badge")).to_have_text("Готов", timeout=90_000)
    with page.expect_download() as downloading:
        job.get_by_role("link", name="Скачать").click()
    downloading.value.save_as(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert face.grave() == []
    face.shots("reports")
    job.get_by_role("button", name="Удалить").click()
    expect(page.locator(".job").first.locator(".badge")).not_to_have_text("Готов")


def test_a_regular_report_is_taken_and_left(face: Face) -> None:
    face.sign_in("student", "analytics")
    page = face.open("analytics", "/pages/reports")
    page.get_by_text("Подписаться", exact=True).first.click()
    page.locator("#s-type").select_option("homework")
    page.get_by_role("button", name="Подписаться").click()
    one = page.locator("#subscriptions .plain li")
    expect(one).to_contain_text("каждую неделю, понедельник, 09:00")
    one.get_by_role("button", name="Отписаться").click()
    expect(page.locator("#subscriptions")).to_contain_text("Пока ни одного")


def test_an_export_of_what_is_seen_is_a_click_away(face: Face, tmp_path: Path) -> None:
    face.sign_in("tutor", "analytics")
    page = face.open("analytics", "/pages/rows/lessons?figure=scheduled&days=7")
    total = int(str(page.locator("#rows-total").get_attribute("data-total")))
    with page.expect_download() as downloading:
        page.get_by_role("link", name="CSV").click()
    downloading.value.save_as(tmp_path / "lessons.csv")
    lines = (tmp_path / "lessons.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == total + 1
