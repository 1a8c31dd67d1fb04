"""The API's page in a real browser: no error on its console, and not one request beyond their own origin."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SERVICES = ("notification", "analytics")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS, timeout=60_000
        )
        yield running
        running.close()


@dataclass
class Visit:
    """A page, and what happened on it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """A fresh page that is listened to."""
    context = browser.new_context(locale="ru-RU")
    context.set_default_timeout(30_000)
    found = Visit(context.new_page())
    found.page.on("request", lambda request: found.requests.append(request.url))
    found.page.on("requestfailed", lambda request: found.complaints.append(f"failed: {request.url}"))
    found.page.on(
        "response", lambda r: found.complaints.append(f"{r.status} {r.url}") if r.status >= 400 else None
    )
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.on(
        "console",
        lambda said: found.complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    yield found
    context.close()


def nothing_was_wrong(visit: Visit, origin: str) -> None:
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith((f"{origin}/", "data:", "blob:"))] == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_docs_show_every_operation_without_leaving_their_origin(
    visit: Visit, site: Callable[[str], str], service: str
) -> None:
    origin = site(service)
    visit.page.goto(f"{origin}/docs", wait_until="networkidle")
    visit.page.wait_for_selector(".opblock")
    document = visit.page.request.get(f"{origin}/openapi.json").json()
    count = sum(len(operations) for operations in document["paths"].values())
    assert visit.page.locator(".opblock").count() == count
    assert document["info"]["title"] in visit.page.locator(".information-container").inner_text()
    visit.page.locator(".opblock-summary-control").first.click()
    visit.page.wait_for_selector(".opblock-body")
    nothing_was_wrong(visit, origin)


@pytest.mark.parametrize("path", ["/sign-in", "/docs"])
def test_a_page_may_be_framed_by_nobody_and_loads_from_itself_only(
    visit: Visit, site: Callable[[str], str], path: str
) -> None:
    answer = visit.page.goto(f"{site('analytics')}{path}")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert ("default-src 'none'" if path == "/sign-in" else "default-src 'self'") in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'unsafe" not in policy
