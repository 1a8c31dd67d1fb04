"""Functions are restarted one by one while people use them: nobody notices, and nothing is done twice or not at all."""

import json
import signal
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest
import urllib3
from sqlalchemy import create_engine, func, select, text

from lib.local.servers.child import Child, answers
from lib.runtime.settings import Settings
from lib.stack import Stack
from tests.acceptance.system import eventually
from tests.integration.rolling.fleet import Fleet
from tests.integration.rolling.traffic import ASKS, SECRET, Traffic
from tests.servers.nginx import NginxServer

KEY = "a-key-of-this-test-that-is-long-enough-0123456789"
PERSON = text("INSERT INTO recipients (user_id, role, name, email) VALUES ('u-1', 'student', 'U', 'u@x.io')")
KEPT = ("send-email", "aggregate-events", "query-analytics")


def introduce(database_url: str) -> None:
    """Whom the traffic asks about."""
    engine = create_engine(database_url)
    with engine.begin() as conn:
        conn.execute(PERSON)
    engine.dispose()


def environment_of(settings: Settings, folder: Path) -> dict[str, str]:
    """Of every function."""
    return {
        "DATABASE_URL": settings.database_url,
        "JWT_SECRET_KEY": settings.jwt_secret_key,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "STORAGE_URL": f"file://{folder}/artifacts",
        "ENVIRONMENT": "test",
        "LOG_LEVEL": "WARNING",
    }


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Of whoever makes tokens; the functions have the same from their environment."""
    introduce(database_url)
    return Settings(environment="test", database_url=database_url, jwt_secret_key=KEY)


@pytest.fixture
def environment(settings: Settings, tmp_path: Path) -> dict[str, str]:
    """See `environment_of`."""
    return environment_of(settings, tmp_path)


def batched(names: Iterable[str], size: int) -> Iterator[tuple[str, ...]]:
    rest = iter(names)
    while batch := tuple(islice(rest, size)):
        yield batch


def counted(settings: Settings, table: str) -> int:
    engine = create_engine(settings.database_url)
    with engine.connect() as conn:
        found = int(conn.execute(select(func.count()).select_from(text(table))).scalar_one())
    engine.dispose()
    return found


@pytest.fixture
def fleet(stack: Stack, environment: dict[str, str], tmp_path: Path) -> Iterator[Fleet]:
    """Nobody runs yet."""
    with Fleet(stack, tmp_path, environment) as made:
        yield made


def test_every_function_is_restarted_at_100_requests_a_second_and_none_fails(
    fleet: Fleet, stack: Stack, settings: Settings, tmp_path: Path
) -> None:
    fleet.start(*(f"{name}/{each}" for name in fleet.functions for each in "ab"))
    assert set(fleet.functions) == {ask.function for ask in ASKS}
    hosts = {name: f"{name}:{port}" for name, port in fleet.ports.items()}
    with NginxServer(tmp_path, stack, hosts, resolver=fleet.names.place) as nginx:
        with Traffic(nginx.ports, settings) as traffic:
            for some in batched(fleet.functions, 3):
                for each in "ab":
                    fleet.stop(*(f"{name}/{each}" for name in some))
                    fleet.start(*(f"{name}/{each}" for name in some))
        assert traffic.failed == {}
        assert {name for name, _ in traffic.answers} == set(fleet.functions)
    assert counted(settings, "events") == traffic.accepted("aggregate-events") > 50
    asked = sum(traffic.accepted(name) for name in ("dispatch-notifications", "send-email", "send-telegram"))
    assert counted(settings, "notifications") == asked


def test_kept_connections_are_no_trap_either(
    stack: Stack, environment: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    """Where a router's address stays, as in a cluster, the gateway keeps its connections."""
    with Fleet(stack, tmp_path, environment, stay=True) as fleet:
        fleet.start(*(f"{name}/{each}" for name in KEPT for each in "ab"))
        hosts = {name: fleet.hosts(name, "a", "b") for name in KEPT}
        asks = [ask for ask in ASKS if ask.function in KEPT]
        with NginxServer(tmp_path, stack, hosts) as nginx, Traffic(nginx.ports, settings, asks) as traffic:
            for name in KEPT:
                for each in "ab":
                    fleet.stop(f"{name}/{each}")
                    fleet.start(f"{name}/{each}")
    assert traffic.failed == {}
    assert counted(settings, "events") == traffic.accepted("aggregate-events") > 50


def test_the_only_instance_is_made_anew_elsewhere_and_meanwhile_it_is_said_to_come_back(
    fleet: Fleet, stack: Stack, settings: Settings, tmp_path: Path
) -> None:
    fleet.start("send-email/a")
    asks = [ask for ask in ASKS if ask.function == "send-email"]
    hosts = {"send-email": f"send-email:{fleet.ports['send-email']}"}
    with (
        NginxServer(tmp_path, stack, hosts, resolver=fleet.names.place) as nginx,
        Traffic(nginx.ports, settings, asks, rate=50) as traffic,
    ):
        fleet.stop("send-email/a")
        eventually(lambda: traffic.unavailable)
        fleet.start("send-email/a")
        before = traffic.accepted("send-email")
        eventually(lambda: traffic.accepted("send-email") > before + 50)
    assert set(traffic.failed) == {("send-email", 503)}
    assert {each["Retry-After"] for each in traffic.unavailable} == {"2"}
    assert {json.loads(each["body"])["title"] for each in traffic.unavailable} == {"Service Unavailable"}
    assert counted(settings, "notifications") == traffic.accepted("send-email")


def test_at_sigterm_it_is_no_longer_ready_ends_its_connections_and_then_itself(
    environment: dict[str, str], free_port: int, tmp_path: Path
) -> None:
    argv = [
        sys.executable,
        "-m",
        "lib.runtime.serve",
        "send_email",
        "--host",
        "127.0.0.1",
        "--port",
        str(free_port),
    ]
    environment = {**environment, "PATH": "/usr/bin:/bin", "FAREWELL": "3"}
    child = Child(argv, log=tmp_path / "log", env=environment)
    child.wait_until(lambda: answers(free_port), seconds=60)
    kept = urllib3.HTTPConnectionPool("127.0.0.1", free_port, maxsize=1, retries=False, timeout=10)
    assert kept.request("GET", "/_/ready").headers.get("Connection") == "keep-alive"
    child.send(signal.SIGTERM)
    eventually(lambda: kept.request("GET", "/_/ready").status == 503, 2.5)
    told = kept.request("GET", "/_/health")
    assert (told.status, told.headers["Connection"]) == (200, "close")
    assert child.ended() == 0
