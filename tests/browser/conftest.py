"""A real browser, and the pages it looks at served over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from lib.runtime.settings import Settings
from tests.integration.runtime.served import Served

ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Playwright runs only once a thread: the next module starts its own."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS, timeout=60_000
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def contrast() -> str:
    """A function for the page: which of its texts are hard to read."""
    return (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.fixture
def address(database_url: str) -> Iterator[str]:
    """Where manage_recipients answers."""
    with Served(Settings(environment="test", database_url=database_url), "manage_recipients") as running:
        yield f"{running.url}/function/manage-recipients"
