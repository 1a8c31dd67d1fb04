"""The analytics pages in a browser, over a million lesson events: how soon they are there, and how soon they answer.

The whole product runs as `make run` starts it, over a database that was written by the database itself. A browser
without a cache opens pages; then somebody clicks. What is told of a click is the time from the event to the paint after
the new figures, or the rows, were in the page: network, functions and database are in it. Half of the questions
have never been asked before (cold), the other half are asked once more (warm).
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.dashboard import Log
from bench.functions import ROOT, SECRET, SETTINGS
from lib.auth.sessions import COOKIE
from lib.auth.tokens import mint
from lib.db import migrations
from lib.local.servers.child import free_port
from lib.local.servers.postgres import PostgresServer

Json = dict[str, Any]
SUBJECTS, OPENINGS, READY_S = 10, 8, 120
PORTS = ("NOTIFICATION_PORT", "ANALYTICS_PORT", "BOT_PORT")
# From the click to the paint after `there` holds: the first frame that has it, and what painting the frame takes.
# CSP allows no text to become a function, so what is looked for is a selector.
CLICK = """there => {
  window.taken = new Promise(resolve => addEventListener("pointerup", event => {
    const look = () => requestAnimationFrame(() => document.querySelector(there)
      ? setTimeout(() => resolve(performance.now() - event.timeStamp)) : look());
    look();
  }, { once: true, capture: true }));
}"""
BAR = """() => {
  const bars = [...document.querySelectorAll("[data-chart] .bars")[0].querySelectorAll(".point path")];
  const box = bars.map(bar => bar.getBoundingClientRect()).reduce((a, b) => b.height > a.height ? b : a);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}"""
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
DRAWN, BARS = "[data-chart] .js-plotly-plot .main-svg", "[data-chart] .bars .point path"
ROWS, WEEK = "#panel[open] #rows tr", "#c-period-7[aria-current]"


def add_arguments(group: "argparse._ArgumentGroup") -> None:
    """The options of this benchmark."""
    group.add_argument("--page-events", type=int, default=1_000_000, help="lesson events; default 1000000")


def run(given: argparse.Namespace) -> Json:
    """Run it; the figures by name."""
    with tempfile.TemporaryDirectory() as name, PostgresServer(Path(name) / "postgres") as server:
        migrations.upgrade(server.url())
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        with closing(Log(server.url(), given.page_events, "school", tomorrow)) as log:
            log.write()
        with _product(Path(name), server.url().replace("+psycopg2", "")) as address, _browser() as browser:
            load = os.getloadavg()[0]
            return {"events": given.page_events, "load before": round(load, 2), **_measured(browser, address)}


@contextmanager
def _product(folder: Path, database: str) -> Iterator[str]:
    """`python -m lib.local` over that database; where its analytics pages are."""
    ports = {name: str(free_port()) for name in PORTS}
    environment = {**os.environ, **ports, "DATABASE_URL": database, "JWT_SECRET_KEY": SECRET, "DEMO": "0"}
    output = folder / "output"
    with output.open("wb") as sink:
        command = [sys.executable, "-m", "lib.local", "--var", str(folder / "var")]
        process = subprocess.Popen(  # noqa: S603 - our own program
            command, cwd=ROOT, env=environment, stdout=sink, stderr=sink
        )
    try:
        deadline = time.monotonic() + READY_S
        while "Ctrl-C stops everything" not in output.read_text(encoding="utf-8", errors="replace"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(output.read_text(encoding="utf-8", errors="replace")[-2000:])
            time.sleep(0.2)
        yield f"http://127.0.0.1:{ports['ANALYTICS_PORT']}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield running
        running.close()


def _measured(browser: Browser, address: str) -> Json:
    _opened(browser, address, "/?days=14")
    first, drawn = zip(*(_opened(browser, address, f"/?days={20 + i}") for i in range(OPENINGS)), strict=True)
    page = _page(browser, address)
    periods, rows = [], []
    for _ in range(2):
        periods.append([_period(page, address, subject) for subject in range(SUBJECTS)])
        rows.append([_rows(page, address, subject) for subject in range(SUBJECTS)])
    found: dict[str, Sequence[float]] = {
        "first contentful paint": first,
        "first chart drawn (no cache)": drawn,
    }
    found |= {"period, cold": periods[0], "period, warm": periods[1], "bar to rows, cold": rows[0]}
    found |= {"bar to rows, warm": rows[1]}
    return {f"{name} {cut} ms": value for name, taken in found.items() for cut, value in _cuts(taken).items()}


def _cuts(taken: Sequence[float]) -> dict[str, int]:
    return {"p50": round(statistics.median(taken)), "most": round(max(taken))}


def _page(browser: Browser, address: str) -> Page:
    """A window of an admin, in a browser that has seen nothing yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    token = mint(SETTINGS, role="admin", sub="admin-1")
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    return context.new_page()


def _opened(browser: Browser, address: str, path: str) -> tuple[float, float]:
    """(first contentful paint, first chart) in milliseconds after the address was entered."""
    page = _page(browser, address)
    page.goto(address + path)
    page.locator(DRAWN).first.wait_for()
    drawn = page.evaluate("performance.now()")
    paint = page.evaluate(FIRST_PAINT)
    page.context.close()
    return paint, drawn


def _period(page: Page, address: str, subject: int) -> float:
    """The page of a subject for 30 days; a click on 7 days."""
    page.goto(f"{address}/?days=30&subject=Предмет {subject}", wait_until="networkidle")
    page.evaluate(CLICK, WEEK)
    page.locator("#c-period-7").click()
    taken: float = page.evaluate("window.taken")
    return taken


def _rows(page: Page, address: str, subject: int) -> float:
    """The lessons of a subject; a click on the tallest bar."""
    page.goto(f"{address}/pages/lessons?days=30&subject=Предмет {subject}", wait_until="networkidle")
    page.locator(BARS).first.wait_for(state="attached")
    place = page.evaluate(BAR)
    page.mouse.move(place["x"], place["y"])
    page.wait_for_timeout(100)
    page.evaluate(CLICK, ROWS)
    page.mouse.click(place["x"], place["y"])
    taken: float = page.evaluate("window.taken")
    return taken
