"""The load tester on a running system: its mix is answered, and it says so when it is not."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.system import ROOT, System

KINDS = ("dashboard/parent", "dashboard/student", "dashboard/tutor", "overview", "events", "notifications")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole product with its demonstration school."""
    running = System(tmp_path_factory.mktemp("load"), demo=True)
    running.start()
    yield running
    running.stop()


def locust(
    system: System, seconds: int, *options: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """`make load`, for so many seconds."""
    urls = {
        "LOAD_NOTIFICATIONS_URL": system.url("NOTIFICATION_PORT", ""),
        "LOAD_ANALYTICS_URL": system.url("ANALYTICS_PORT", ""),
    }
    command = [
        sys.executable,
        "-m",
        "locust",
        "-f",
        "tests/load/locustfile.py",
        "--headless",
        "--only-summary",
    ]
    size = ["--users", "16", "--spawn-rate", "16", "--run-time", f"{seconds}s"]
    return subprocess.run(
        [*command, *size, *options],
        cwd=ROOT,
        env=os.environ | urls | environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_the_mix_of_a_school_is_answered_and_written_up(system: System, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = locust(system, 15, "--html", str(page))
    assert done.returncode == 0, done.stdout + done.stderr
    asked = page.read_text(encoding="utf-8")
    assert [kind for kind in KINDS if kind not in asked] == []
    # The page is to be looked at on a machine without the internet.
    assert '<script src="http' not in asked


def test_a_system_that_is_away_is_named(system: System) -> None:
    done = locust(system, 5, LOAD_NOTIFICATIONS_URL="http://127.0.0.1:9")
    assert done.returncode == 2
    assert "http://127.0.0.1:9/api/v1/recipients?role=tutor&limit=200 does not answer" in done.stderr


def test_a_refused_request_fails_the_run(system: System) -> None:
    # The figures' gateway is where the messages' should be: what is asked for is not there.
    done = locust(system, 5, LOAD_ANALYTICS_URL=system.url("NOTIFICATION_PORT", ""))
    assert done.returncode == 1
    assert "404" in done.stdout + done.stderr
