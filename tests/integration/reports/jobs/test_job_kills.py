"""Whoever makes a report may be killed at any step: there is one report, one file and one letter in the end."""

import os
import signal
import subprocess
import sys
import threading
from itertools import count
from pathlib import Path

import pytest

from functions.generate_report.jobs import telling, working
from functions.generate_report.making import Made, make
from lib.storage.files import UNFINISHED
from tests.integration.notifications.school import Json
from tests.integration.reports.jobs.bureau import REPORTS, Bureau

ROOT = Path(__file__).resolve().parents[4]
OVER = "UPDATE reports SET lease_until = now() - interval '1 second' WHERE state = 'running'"


def killed(bureau: Bureau, job_id: str, step: int) -> "subprocess.CompletedProcess[str]":
    """A process of its own that makes the report until it is killed."""
    settings = bureau.settings
    names = ("database_url", "function_url", "storage_url", "jwt_secret_key", "public_url")
    environment = {name.upper(): getattr(settings, name) for name in names}
    environment["DATABASE_URL"] = environment["DATABASE_URL"].replace("+psycopg2", "")
    return subprocess.run(
        [sys.executable, "-m", "tests.integration.reports.jobs.mortal", job_id, str(step)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENVIRONMENT": "test", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def wanted(bureau: Bureau, days: int) -> Json:
    return bureau.ask(parameters={"days": days}, deliver_to={"channel": "email", "user_id": "t-1"})


@pytest.mark.timeout(400)
def test_killed_at_any_step_it_is_made_once_all_the_same(bureau: Bureau) -> None:
    bureau.person("t-1")
    ids = []
    for step in count(1):
        ids.append(wanted(bureau, step)["id"])
        done = killed(bureau, ids[-1], step)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, (step, done.stderr)
        bureau.sql(OVER)
        bureau.turn()
        job = bureau.job(ids[-1])
        assert (job["state"], job["attempts"] <= 2) == ("done", True), (step, job)
    assert len(ids) > 20
    bureau.sql("DELETE FROM schedule_runs")
    _all_is_there_once(bureau, ids)


def _all_is_there_once(bureau: Bureau, ids: list[str]) -> None:
    letters = bureau.sql("SELECT event_id, count(*) AS n FROM notifications GROUP BY 1")
    assert {row["n"] for row in letters} == {1}
    assert {row["event_id"] for row in letters} >= {f"report/{each}" for each in ids}
    told = bureau.sql(
        "SELECT message_id, count(*) AS n FROM outbox WHERE routing_key = 'report.generated' GROUP BY 1"
    )
    assert {row["n"] for row in told} == {1}
    assert len(told) == len(ids)
    held = {row["artifact_key"] for row in bureau.sql("SELECT artifact_key FROM reports")}
    folder = Path(bureau.settings.storage_url.removeprefix("file://"))
    for path in folder.rglob("*"):
        # As if an hour had passed.
        os.utime(path, (0, 0))
    bureau.tick()
    bureau.turn()
    assert set(bureau.stored()) == held
    assert list(folder.rglob(f"{UNFINISHED}*")) == []


def test_after_three_kills_it_fails_with_a_sentence(bureau: Bureau) -> None:
    job = bureau.ask()
    for _ in range(3):
        assert killed(bureau, job["id"], 4).returncode == -signal.SIGKILL
        bureau.sql(OVER)
    assert bureau.turn() == [200]
    failed = bureau.job(job["id"])
    assert (failed["state"], failed["attempts"]) == ("failed", 3)
    assert failed["error"].startswith("Отчёт не сделан: три попытки оборвались.")
    assert bureau.published() == ["report.failed"]
    assert bureau.call("GET", f"{REPORTS}/{job['id']}/download").status_code == 409


def test_while_somebody_holds_the_lease_the_message_waits(bureau: Bureau) -> None:
    job = bureau.ask()
    killed(bureau, job["id"], 4)
    row = bureau.waiting()[0]
    answer = bureau.functions["generate_report"].message(row["body"].encode(), row["content_type"])
    assert answer.status_code == 503
    assert 60 <= int(answer.headers["Retry-After"]) <= 92
    assert bureau.job(job["id"])["attempts"] == 1


def test_the_schedule_wakes_up_what_no_message_speaks_of_any_more(bureau: Bureau) -> None:
    killed_one, waiting = bureau.ask(), bureau.ask(parameters={"days": 8})
    killed(bureau, killed_one["id"], 4)
    bureau.sql("DELETE FROM outbox")
    bureau.tick()
    assert bureau.sql("SELECT FROM outbox WHERE message_id LIKE '%again%'") == []
    bureau.sql("UPDATE reports SET lease_until = now() - interval '1 minute' WHERE state = 'running'")
    bureau.sql("UPDATE reports SET updated_at = now() - interval '6 minutes'")
    bureau.sql("DELETE FROM schedule_runs")
    bureau.tick()
    bureau.tick()
    assert len(bureau.sql("SELECT FROM outbox WHERE message_id LIKE '%again%'")) == 2
    bureau.turn()
    assert {bureau.job(each["id"])["state"] for each in (killed_one, waiting)} == {"done"}


def test_two_at_once_make_it_once(bureau: Bureau) -> None:
    job = bureau.ask()
    body = bureau.waiting(take=True)[0]["body"].encode()
    statuses: list[int] = []

    def one() -> None:
        statuses.append(bureau.functions["generate_report"].message(body).status_code)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 200 in statuses
    assert set(statuses) <= {200, 503}
    assert bureau.job(job["id"])["attempts"] == 1
    assert bureau.published() == ["report.generated"]


def test_one_who_comes_back_after_another_has_finished_changes_nothing(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bureau.ask()
    body = bureau.waiting()[0]["body"].encode()
    turns = iter([True, False])

    def slow(*given: object) -> Made:
        made = make(*given)  # type: ignore[arg-type]
        if next(turns):
            bureau.sql(OVER)
            assert bureau.functions["generate_report"].message(body).status_code == 200
        return made

    monkeypatch.setattr(working, "make", slow)
    assert bureau.turn() == [200]
    done = bureau.job(job["id"])
    assert (done["state"], done["attempts"]) == ("done", 2)
    assert bureau.published() == ["report.generated"]
    assert len(bureau.stored()) == 1


def test_cancelled_while_it_is_made_it_leaves_nothing_behind(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bureau.ask()

    def cancelled(*given: object) -> Made:
        made = make(*given)  # type: ignore[arg-type]
        assert bureau.call("DELETE", f"{REPORTS}/{job['id']}").json["state"] == "cancelled"
        return made

    monkeypatch.setattr(working, "make", cancelled)
    assert bureau.turn() == [200]
    assert bureau.job(job["id"])["state"] == "cancelled"
    assert set(bureau.turn()) <= {200}
    assert bureau.stored() == []
    assert bureau.published() == []


def test_cancelled_while_its_file_is_stored_it_leaves_nothing_behind(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bureau.ask()
    copy_of = telling.copy_of

    def cancelled(*given: object) -> object:
        bureau.call("DELETE", f"{REPORTS}/{job['id']}")
        bureau.turn()
        return copy_of(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(telling, "copy_of", cancelled)
    assert bureau.turn() == [200]
    assert bureau.turn() == [200]
    assert bureau.stored() == []
