"""The interactive chart as a file: it draws itself, says itself in words, and asks nobody for anything."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from functions.render_chart import pages

HOSTILE = "</script><script>window.broken=1</script><img src=http://evil.example/x onerror=window.broken=1>"


def figure(theme: str = "#ffffff", ink: str = "#1d2433") -> dict[str, Any]:
    meta = {
        "title": f"Уроки {HOSTILE}",
        "finding": "Проведено 2 урока",
        "alt": f"Столбцы {HOSTILE}",
        "locale": "ru",
        "table": {
            "columns": [
                {"key": "day", "label": "День", "format": "text"},
                {"key": "n", "label": HOSTILE, "format": "number"},
            ],
            "rows": [[HOSTILE, 2], ["вт", None]],
        },
    }
    layout = {
        "title": {"text": "Уроки"},
        "paper_bgcolor": theme,
        "font": {"color": ink, "family": "Noto Sans"},
        "meta": meta,
    }
    return {
        "data": [{"type": "bar", "x": ["пн", "вт"], "y": [2, 1], "hovertext": [HOSTILE, ""]}],
        "layout": layout,
    }


@pytest.mark.parametrize("width", [360, 1200])
def test_the_page_draws_itself_and_asks_nobody(browser: Browser, tmp_path: Path, width: int) -> None:
    path = tmp_path / "chart.html"
    path.write_text(pages.page({900: figure(), 320: figure(ink="#5b6472")}, height=400), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 700})
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_selector("#chart .bars path")
    assert page.locator("#chart .bars path").count() == 2
    page.get_by_text("Таблица").click()
    assert page.locator("tbody tr").all_inner_texts()[1].split() == ["вт", "—"]
    assert HOSTILE in page.locator("tbody").inner_text()
    page.locator("#chart .bars path").first.hover(force=True)
    assert page.evaluate("window.broken") is None
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    ink = "document.getElementById('chart').layout.font.color"
    assert page.evaluate(ink) == ("#1d2433" if width == 1200 else "#5b6472")
    page.set_viewport_size({"width": 1560 - width, "height": 700})
    # A waiting function would be evaluated as text in the page, and its policy refuses that.
    tick = page.locator("#chart .xtick text").first
    expect(tick).to_have_css("fill", "rgb(91, 100, 114)" if width == 1200 else "rgb(29, 36, 51)")
    page.close()
