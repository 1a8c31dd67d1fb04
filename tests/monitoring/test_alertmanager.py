"""Who is told: a real Alertmanager over our configuration, and a mailbox that its letters come to."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lib.testing.mailbox.office import PostOffice
from tests.monitoring.programs import CONFIG, Program, alertmanager, eventually
from tests.monitoring.test_alerts import alerts

NOTIFICATION = {"service": "notification"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    with PostOffice(tmp_path / "office") as office:
        yield office


@pytest.fixture
def manager(tmp_path: Path, office: PostOffice) -> Iterator[Program]:
    with alertmanager(tmp_path / "alertmanager", office.smtp_port) as manager:
        yield manager


def fire(manager: Program, *named: tuple[str, dict[str, str]]) -> None:
    """What Prometheus would say, with the labels and words of our rules."""
    told = []
    for name, labels in named:
        rule = alerts()[name]
        every = {"alertname": name, **labels, **rule["labels"]}
        told.append({"labels": every, "annotations": rule["annotations"]})
    manager.ask("POST", "/api/v2/alerts", json=told)


def states(manager: Program) -> dict[str, str]:
    listed = manager.ask("GET", "/api/v2/alerts")
    return {each["labels"]["alertname"]: each["status"]["state"] for each in listed}


def test_amtool_finds_nothing_to_complain_of() -> None:
    path = str(CONFIG / "alertmanager" / "alertmanager.yml")
    done = subprocess.run(
        ["amtool", "check-config", path], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_cannot_wait_is_a_letter_at_once_that_says_in_russian_what_is_wrong_and_where_help_stands(
    manager: Program, office: PostOffice
) -> None:
    fire(manager, ("OutboxStuck", {"queue": "outbox"}))
    (letter,) = office.mail(at_least=1, timeout=20)
    assert (
        letter["subject"] == "❗ Сообщения не уходят в очередь: мост или брокер недоступен, либо очереди нет."
    )
    assert "Messages wait in the outbox" in letter["text"]
    assert "docs/howto/alerts-runbook.md#outboxstuck" in letter["text"]
    assert not letter.get("html")


@pytest.mark.parametrize(
    ("cause", "effects", "others"),
    [
        (
            ("ServiceDown", NOTIFICATION),
            ["QueueOld", "SchedulesStopped", "FunctionDown"],
            ["NoEvents", "DiskFull"],
        ),
        (
            ("DependencyDown", {"dependency": "database"}),
            ["FunctionFails", "QueueOld", "ProbeFails"],
            ["DiskFull"],
        ),
        (("DependencyDown", {"dependency": "smtp"}), [], ["FunctionFails", "QueueOld"]),
        (("SendingHeld", {}), ["QueueOld", "OutboxStuck"], ["SchedulesStopped"]),
        (("DiskFull", {}), ["DiskFilling"], ["MemoryLow"]),
        (("CertificateExpiresSoon", {}), ["CertificateExpires"], ["ProbeFails"]),
    ],
    ids=lambda each: each[0] if isinstance(each, tuple) else "",
)
def test_what_follows_from_another_is_not_told(
    manager: Program, cause: tuple[str, dict[str, str]], effects: list[str], others: list[str]
) -> None:
    fire(manager, cause, *((name, {}) for name in [*effects, *others]))
    wanted = {cause[0]: "active", **dict.fromkeys(effects, "suppressed"), **dict.fromkeys(others, "active")}
    assert eventually(lambda: states(manager) == wanted or None, 20)


def test_a_page_and_a_ticket_go_their_own_ways() -> None:
    path = CONFIG / "alertmanager" / "alertmanager.yml"
    ways = {}
    for name, rule in alerts().items():
        labels = [f"alertname={name}", f"severity={rule['labels']['severity']}"]
        command = ["amtool", "config", "routes", "test", f"--config.file={path}", *labels]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
        ways[name] = done.stdout.strip()
    assert ways == {
        name: {"page": "pages", "ticket": "tickets"}[rule["labels"]["severity"]]
        for name, rule in alerts().items()
    }


def test_the_configuration_holds_no_secret() -> None:
    text = (CONFIG / "alertmanager" / "alertmanager.yml").read_text(encoding="utf-8")
    known = yaml.safe_load(text)

    def walk(value: Any) -> Iterator[str]:
        pairs = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, inner in pairs:
            yield str(key)
            yield from walk(inner)

    assert {
        key for key in walk(known) if any(word in key for word in ("password", "token", "secret"))
    } <= set()
