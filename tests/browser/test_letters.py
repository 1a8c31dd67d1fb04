"""Every letter in a real browser: readable in light and dark, whole on a phone, with nothing from elsewhere."""

from datetime import UTC, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from lib.domain.catalogue import TYPES
from lib.templates.engine import LOCALES
from lib.templates.rendering import Reader, Surroundings, render
from lib.templates.variables import sample

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ROLES = ("student", "parent", "tutor")
URLS = {each: f"https://school.example/answers/{each}" for each in ("confirm", "reschedule", "cannot")}
LONG = {"subject", "topic", "message", "title", "feedback"}


def letters(locale: str) -> dict[str, str]:
    """Every letter there is, for every role; once more with words that no line can hold."""
    found = {}
    around = Surroundings(NOW, "RUB", "https://school.example/unsubscribe/abc", URLS)
    for name, role in product(TYPES, ROLES):
        reader = Reader(locale, ZoneInfo("Europe/Moscow"), role, "Ольга")
        data = sample(name, locale)
        wide = {
            key: "Я" * 300 if key in ("subject", "topic", "message", "title", "feedback") else data[key]
            for key in data
        }
        found[f"{name} for a {role}"] = render(name, "email", reader, data, around).html
        if role == "parent":
            found[f"{name}, wide"] = render(name, "email", reader, wide, around).html
    return found


@pytest.mark.parametrize(
    ("locale", "scheme", "width"), list(product(LOCALES, ("light", "dark"), (360, 1024)))
)
def test_every_letter_can_be_read(
    browser: Browser, contrast: str, locale: str, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name, html in letters(locale).items():
        page.set_content(html)
        found = page.evaluate(contrast)
        assert found["seen"] > 3, name
        assert found["weak"] == [], name
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == ("rgb(20, 23, 28)" if scheme == "dark" else "rgb(238, 241, 245)")
    context.close()
    assert asked == []


def test_a_text_that_is_hard_to_read_would_be_found(browser: Browser, contrast: str) -> None:
    page = browser.new_page()
    page.set_content(letters("ru")["lesson_created for a student"].replace("#4d5a6a", "#8a94a2"))
    assert {text for text, _ in page.evaluate(contrast)["weak"]} >= {"Когда", "Предмет"}
    page.close()
