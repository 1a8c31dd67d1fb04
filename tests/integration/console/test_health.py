"""GET /health: a real ping of everything, in time, whatever is down or hung, and nothing secret in it."""

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lib.runtime.settings import Settings
from lib.testing.mailbox.office import PostOffice
from tests.clients import Client
from tests.servers.rabbitmq import RabbitServer

CHECKS = ("database", "queue", "cache", "storage", "smtp", "telegram")
IN_TIME_S = 2.5
VITAL = ("database", "queue")
PASSWORD = "hunter2-is-a-secret"


@dataclass(frozen=True)
class Told:
    """What /health said, and after how many seconds."""

    status: int
    body: dict[str, Any]
    text: str
    seconds: float

    def states(self) -> dict[str, str]:
        return {name: check["status"] for name, check in self.body["checks"].items()}


def asked(settings: Settings, service: str = "analytics") -> Told:
    client = Client("serve_console", settings)
    started = time.perf_counter()
    answer = client.get("/health", role="", headers={"X-Service": service})
    seconds = time.perf_counter() - started
    return Told(answer.status_code, answer.json, answer.text, seconds)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostOffice]:
    """A mail server and the Bot API."""
    with PostOffice(tmp_path_factory.mktemp("mailbox")) as running:
        yield running


@pytest.fixture
def settings(
    postgres_url: str, rabbitmq: RabbitServer, redis_url: str, office: PostOffice, tmp_path: Path
) -> Settings:
    """Everything is there."""
    return Settings(
        environment="test",
        database_url=postgres_url,
        rabbitmq_url=rabbitmq.url(),
        redis_url=redis_url,
        storage_url=f"file://{tmp_path}/artifacts",
        email_host=office.smtp_host,
        email_port=office.smtp_port,
        email_use_tls=False,
        bot_token=office.token,
        telegram_api_url=office.url,
    )


@pytest.fixture
def hung_port() -> Iterator[int]:
    """A port whose listener takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield int(listener.getsockname()[1])


def broken(settings: Settings, what: str, port: int) -> Settings:
    """The same with one dependency at another port."""
    changes: dict[str, dict[str, Any]] = {
        "database": {"database_url": f"postgresql://repitbot:{PASSWORD}@127.0.0.1:{port}/repitbot"},
        "queue": {"rabbitmq_url": f"amqp://repitbot:{PASSWORD}@127.0.0.1:{port}/"},
        "cache": {"redis_url": f"redis://:{PASSWORD}@127.0.0.1:{port}/0"},
        "smtp": {"email_host": "127.0.0.1", "email_port": port, "email_password": PASSWORD},
        "telegram": {"telegram_api_url": f"http://127.0.0.1:{port}", "bot_token": f"1:{PASSWORD}"},
    }
    return settings.model_copy(update=changes[what])


@pytest.mark.parametrize("service", ["notification", "analytics", "bot"])
def test_with_everything_there_it_is_healthy(settings: Settings, service: str) -> None:
    told = asked(settings, service)
    assert (told.status, told.body["status"], told.body["service"]) == (200, "healthy", service)
    assert told.states() == dict.fromkeys(CHECKS, "up")
    assert all(check["latency_ms"] > 0 for check in told.body["checks"].values())
    assert told.body["version"] == settings.version


def test_what_is_not_configured_is_off_and_not_missed(database_url: str, tmp_path: Path) -> None:
    told = asked(Settings(environment="test", database_url=database_url, storage_url=f"file://{tmp_path}"))
    assert (told.status, told.body["status"]) == (200, "healthy")
    assert told.states() == {
        "database": "up",
        "queue": "up",
        "storage": "up",
        "cache": "off",
        "smtp": "off",
        "telegram": "off",
    }


@pytest.mark.parametrize("how", ["down", "hung"])
@pytest.mark.parametrize("what", ["database", "queue", "cache", "smtp", "telegram"])
def test_one_that_is_down_or_hung_is_named_in_time_and_nothing_secret_is_told(
    settings: Settings, what: str, how: str, free_port: int, hung_port: int
) -> None:
    told = asked(broken(settings, what, free_port if how == "down" else hung_port))
    assert told.seconds < IN_TIME_S
    assert told.states() == {**dict.fromkeys(CHECKS, "up"), what: "down"}
    expected = (503, "unhealthy") if what in VITAL else (200, "degraded")
    assert (told.status, told.body["status"]) == expected
    assert told.body["checks"][what] == {"status": "down", "latency_ms": None}
    for secret in (PASSWORD, "hunter2", "127.0.0.1", str(free_port), str(hung_port), "Error", "repitbot:"):
        assert secret not in told.text


def test_with_everything_hung_at_once_it_still_answers_in_time(settings: Settings, hung_port: int) -> None:
    for what in ("database", "queue", "cache", "smtp", "telegram"):
        settings = broken(settings, what, hung_port)
    for _ in range(3):
        told = asked(settings)
        assert (told.status, told.seconds < IN_TIME_S) == (503, True), told.seconds
        assert set(told.states().values()) - {"up"} == {"down"}


def test_without_a_database_set_it_is_unhealthy_rather_than_broken(tmp_path: Path) -> None:
    told = asked(Settings(environment="test", storage_url=f"file://{tmp_path}"))
    assert (told.status, told.body["status"]) == (503, "unhealthy")


def test_a_storage_that_cannot_be_written_is_down(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("in the way")
    for url in (f"file://{tmp_path}/a-file/artifacts", "file:///proc/artifacts"):
        told = asked(settings.model_copy(update={"storage_url": url}))
        assert (told.status, told.body["status"], told.states()["storage"]) == (200, "degraded", "down")
    assert list(tmp_path.glob("artifacts*")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"rabbitmq_url": "not an address"},
        {"redis_url": "http://127.0.0.1/0"},
        {"database_url": "mysql://nowhere"},
        {"email_host": "a..b"},
        {"telegram_api_url": "http://"},
        {"storage_url": "s3://bucket/prefix"},
    ],
)
def test_an_address_that_makes_no_sense_is_down_and_not_a_500(
    settings: Settings, change: dict[str, str]
) -> None:
    told = asked(settings.model_copy(update=change))
    assert told.status in (200, 503)
    assert told.body["status"] in ("degraded", "unhealthy")


def test_a_bot_token_that_is_refused_is_down(settings: Settings) -> None:
    told = asked(settings.model_copy(update={"bot_token": "1:wrong"}))
    assert (told.status, told.states()["telegram"]) == (200, "down")
    assert "wrong" not in told.text
