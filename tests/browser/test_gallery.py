"""The gallery as a visitor sees it."""

import pytest
from playwright.sync_api import Browser


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_the_gallery_shows_every_message_in_the_chosen_theme(
    browser: Browser, address: str, contrast: str, theme: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/templates?theme={theme}")
    assert [request for request in asked if request != f"{address}/templates?theme={theme}"] == []
    assert page.locator("article").count() == page.locator("iframe").count() == 42
    assert page.locator("h2").all_inner_texts() == ["Русский", "English"]
    assert page.evaluate(contrast)["weak"] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    letter = page.frame_locator("iframe").first
    assert letter.locator("h1").inner_text() == "Скоро занятие"
    paper = letter.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert paper == ("rgb(20, 23, 28)" if theme == "dark" else "rgb(238, 241, 245)")
    assert said == []
    page.close()


def test_letters_are_shown_as_wide_as_on_a_phone_or_a_computer(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.goto(f"{address}/templates")
    width = "document.querySelector('iframe').getBoundingClientRect().width"
    assert page.evaluate(width) == 360
    page.get_by_text("Компьютер", exact=True).click()
    assert page.evaluate(width) == 800
    page.get_by_text("Тёмная", exact=True).click()
    assert page.url.endswith("?theme=dark")
    page.close()
