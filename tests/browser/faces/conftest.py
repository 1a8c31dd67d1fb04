"""The whole product as a user starts it, with the demonstration school, and a browser that takes note of everything."""

import importlib.util
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.acceptance.system import System

ROLES = {"admin": "руководитель", "tutor": "преподаватель", "parent": "родитель", "student": "ученик"}
SIZES = (360, 768, 1440)
GRAVE = ("serious", "critical")


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """`make run` with its demonstration school; shared, since it takes half a minute, and gone with these tests."""
    running = System(tmp_path_factory.mktemp("faces"), demo=True)
    running.start()
    yield running
    running.stop()


@dataclass
class Face:
    """A browser's window in one person's hands; `page` to use, `open` to go somewhere."""

    page: Page
    system: System
    wrong: list[str] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)

    def url(self, service: str, path: str) -> str:
        """An address of `notification` or `analytics`."""
        return self.system.url(
            {"notification": "NOTIFICATION_PORT", "analytics": "ANALYTICS_PORT"}[service], path
        )

    def open(self, service: str, path: str = "/", *, status: int = 200) -> Page:
        """Go there and wait until it has settled; `status` is what it must answer with."""
        self.refused.add(status)
        answer = self.page.goto(self.url(service, path), wait_until="networkidle")
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        return self.page

    def sign_in(self, role: str, service: str = "notification") -> Page:
        """As the local run offers it: a click on the person of that role."""
        self.open(service, "/sign-in")
        self.page.locator(".person", has_text=ROLES[role]).click()
        self.page.wait_for_load_state("networkidle")
        return self.page

    def grave(self) -> list[str]:
        """What axe-core finds that is serious or critical: rule, and where."""
        self.page.evaluate(axe_core())
        found = json.loads(
            self.page.evaluate("axe.run(document, {}).then(r => JSON.stringify(r.violations))")
        )
        return [
            f"{each['id']}: {node['target']} {node['failureSummary']}"
            for each in found
            if each["impact"] in GRAVE
            for node in each["nodes"]
        ]

    def fits(self) -> None:
        """Nothing sticks out to the right at any width; pictures go to the folder SHOTS when that is set."""
        for width in SIZES:
            self.page.set_viewport_size({"width": width, "height": 900})
            assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width

    def shots(self, name: str) -> None:
        """The page at three widths, light and dark, in the folder SHOTS; nothing when that is not set."""
        folder = os.environ.get("SHOTS")
        for theme in ("light", "dark") if folder else ():
            self.page.emulate_media(color_scheme="light" if theme == "light" else "dark")
            for width in SIZES:
                self.page.set_viewport_size({"width": width, "height": 900})
                self.page.wait_for_timeout(400)
                path = Path(str(folder)) / f"{name}-{width}-{theme}.png"
                self.page.screenshot(path=path, full_page=True)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 1280, "height": 900})


def axe_core() -> str:
    """The script of axe-core, from the package that carries it."""
    spec = importlib.util.find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return (Path(spec.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def face(browser: Browser, system: System) -> Iterator[Face]:
    """A fresh browser; its console's errors and requests to elsewhere fail the test."""
    context = browser.new_context(locale="ru-RU", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    found = _watched(context, system)
    yield found
    context.close()
    assert found.wrong == []


@pytest.fixture
def another(browser: Browser, system: System) -> Iterator[Callable[[], Face]]:
    """More windows of other people, each watched like the first."""
    made: list[tuple[BrowserContext, Face]] = []

    def make() -> Face:
        context = browser.new_context(locale="ru-RU", viewport={"width": 1280, "height": 900})
        context.set_default_timeout(20_000)
        made.append((context, _watched(context, system)))
        return made[-1][1]

    yield make
    for context, _ in made:
        context.close()
    assert [wrong for _, each in made for wrong in each.wrong] == []


def _watched(context: BrowserContext, system: System) -> Face:
    found = Face(context.new_page(), system)
    own = tuple(
        f"http://{host}:{port}/" for host in ("127.0.0.1", "localhost") for port in system.ports.values()
    )

    def note_request(request: Any) -> None:
        if not request.url.startswith((*own, "data:", "blob:")):
            found.wrong.append(f"asked elsewhere: {request.url}")

    def note_console(said: Any) -> None:
        # A refusal that the test asked for is written to the console by the browser itself.
        expected = any(f"status of {status} " in said.text for status in found.refused)
        if said.type in ("error", "warning") and not expected:
            found.wrong.append(f"console: {said.text}")

    found.page.on("request", note_request)
    found.page.on("console", note_console)
    found.page.on("pageerror", lambda error: found.wrong.append(f"script: {error}"))
    return found
