"""Starting as a new user does: one command, everything there, nothing left behind."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance import school
from tests.acceptance.system import ROOT, System, eventually


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system on embedded defaults, with the demonstration data."""
    with System(tmp_path_factory.mktemp("system"), demo=True) as system:
        yield system


def test_it_says_where_everything_is_and_gives_a_token_that_works(system: System) -> None:
    token = re.search(r"Token \(admin\)\s+(\S+)", system.output)
    assert token
    for port in system.ports.values():
        assert f"http://localhost:{port}" in system.output
    assert "Sent messages" in system.output


@pytest.mark.parametrize(
    ("port", "path", "kind"),
    [
        ("NOTIFICATION_PORT", "/health", "application/json"),
        ("ANALYTICS_PORT", "/health", "application/json"),
        ("BOT_PORT", "/health", "application/json"),
        ("NOTIFICATION_PORT", "/api/v1/templates", "application/json"),
        ("ANALYTICS_PORT", "/api/v1/charts/types", "application/json"),
        ("ANALYTICS_PORT", "/api/v1/charts/lesson_completion?format=svg", "image/svg+xml"),
        ("ANALYTICS_PORT", "/api/v1/charts/lesson_completion?format=png", "image/png"),
        ("ANALYTICS_PORT", "/api/v1/reports/types", "application/json"),
        ("ANALYTICS_PORT", "/api/v1/reports/quick/lesson?days=7&format=pdf", "application/pdf"),
        ("ANALYTICS_PORT", "/api/v1/exports/lessons?days=30", "text/csv"),
        ("NOTIFICATION_PORT", "/metrics", "text/plain"),
        ("ANALYTICS_PORT", "/metrics", "text/plain"),
        ("NOTIFICATION_PORT", "/docs", "text/html"),
        ("ANALYTICS_PORT", "/docs", "text/html"),
        ("NOTIFICATION_PORT", "/openapi.json", "application/json"),
        ("ANALYTICS_PORT", "/openapi.json", "application/json"),
    ],
)
def test_the_guides_calls_work_as_written(system: System, port: str, path: str, kind: str) -> None:
    answer = system.get(port, path)
    assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (200, kind), answer.data[:300]


def test_the_demonstration_data_came_through_the_door_and_messages_nobody_about_the_past(
    system: System,
) -> None:
    stats = system.get("ANALYTICS_PORT", "/api/v1/analytics/lessons/stats?days=90").json()
    assert stats["summary"]["completed"] > 100
    eventually(lambda: system.ledger()["open"] == 0, 60)
    balance = system.ledger()
    assert balance["balanced"]
    assert balance["by_reason"]["expired"]["event_too_old"] > balance["sent"]


def test_what_nobody_routes_is_a_404_problem(system: System) -> None:
    answer = system.get("ANALYTICS_PORT", "/api/v1/nothing")
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_a_function_that_is_killed_is_started_again(system: System) -> None:
    pids = _pids_of(system, "query_analytics")
    subprocess.run(["kill", "-9", *map(str, pids)], check=True)
    eventually(lambda: system.get("ANALYTICS_PORT", "/api/v1/analytics/lessons/stats").status == 200)


def _pids_of(system: System, name: str) -> list[int]:
    """Who writes to that function's log."""
    log = str((system.folder / "var" / "log" / f"{name}.log").resolve())
    return [pid for pid in system.processes() if _stdout_of(pid) == log]


def _stdout_of(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/fd/1").readlink())
    except OSError:
        return ""


def test_replaying_a_log_twice_accepts_it_once(system: System, tmp_path: Path) -> None:
    log = tmp_path / "log.ndjson"
    events = [school.lesson_created(f"replayed-{i}") for i in range(30)]
    log.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    outputs = [_replayed(system, log) for _ in range(2)]
    assert [re.findall(r"(accepted|duplicates|rejected) +│ +(\d+)", text) for text in outputs] == [
        [("accepted", "30"), ("duplicates", "0"), ("rejected", "0")],
        [("accepted", "0"), ("duplicates", "30"), ("rejected", "0")],
    ]


def _replayed(system: System, log: Path) -> str:
    url = system.url("ANALYTICS_PORT", "")
    command = [sys.executable, "-m", "lib.local.replay", str(log), "--url", url]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60).stdout


def test_ctrl_c_ends_everything_it_started(tmp_path: Path) -> None:
    system = System(tmp_path)
    system.start()
    assert len(system.processes()) > 15
    assert system.interrupt() == 0
    assert system.processes() == []


def test_a_port_that_is_taken_is_named(system: System, tmp_path: Path) -> None:
    other = System(tmp_path, {name: str(port) for name, port in system.ports.items()})
    with pytest.raises(AssertionError, match="is in use"):
        other.start()
