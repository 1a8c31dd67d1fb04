"""GET /metrics of a whole service: real processes behind the gateway, summed up on one page."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, text

from lib.auth.tokens import mint
from lib.local.gateway import Gateway
from lib.local.servers.child import Child, answers, free_port
from lib.runtime.settings import Settings
from lib.stack import Stack
from tests.clients import Client
from tests.contract.test_gateways import serving
from tests.integration.analytics.conftest import BATCH
from tests.integration.analytics.stories import cloudevent, lesson_at

RUNNING = ("serve-console", "aggregate-events", "run-schedules")
ROOT = Path(__file__).resolve().parents[3]
# Section by section of what is promised: those that are known without a send, a chart or a report.
ALWAYS = {
    "notifications",
    "notification_queue_size",
    "notification_dead_letters",
    "notification_processing_seconds",
    "events_ingested",
    "events_lag_seconds",
    "active_users",
    "channel_up",
    "cache_bytes",
    "cache_requests",
    "schedule_lateness_seconds",
    "function_requests",
    "function_request_seconds",
    "function_up",
    "db_pool_connections",
}
LABELS = {
    "notifications": {"channel", "type", "status"},
    "notification_queue_size": {"queue"},
    "notification_dead_letters": {"queue"},
    "events_ingested": {"type"},
    "active_users": {"window"},
    "channel_up": {"channel"},
    "function_requests": {"function", "status"},
    "function_up": {"function"},
}


@dataclass(frozen=True)
class City:
    """Three functions, each a process of its own, and the gateway before them."""

    ports: dict[int, int]
    functions: dict[str, int]
    settings: Settings

    def ask(self, port: int, path: str, method: str = "GET", **more: Any) -> urllib3.BaseHTTPResponse:
        """One request at the gateway's port."""
        token = mint(self.settings, role="service", sub="publisher")
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        url = f"http://127.0.0.1:{self.ports[port]}{path}"
        return urllib3.request(method, url, headers=headers, retries=False, timeout=30, **more)

    def families(self, port: int) -> dict[str, Metric]:
        """What /metrics says, read as Prometheus reads it."""
        answer = self.ask(port, "/metrics")
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        found = list(text_string_to_metric_families(answer.data.decode()))
        assert len({family.name for family in found}) == len(found), "a family stands twice on the page"
        return {family.name: family for family in found}

    def tick(self) -> None:
        """A ring of the schedule, past the gateway."""
        url = f"http://127.0.0.1:{self.functions['run-schedules']}/"
        assert urllib3.request("POST", url, headers={"X-Topic": "cron-function"}, retries=False).status == 200


@pytest.fixture
def city(database_url: str, redis_url: str, stack: Stack, tmp_path: Path) -> Iterator[City]:
    """All of it, over a database of the test's own."""
    functions = {name: free_port() for name in RUNNING}
    ports, internal = {port: free_port() for port in (8000, 8006, 8007)}, free_port()
    template = f"http://127.0.0.1:{internal}/function/{{name}}"
    settings = Settings(
        environment="test", database_url=database_url, redis_url=redis_url, function_url=template
    )
    environment = {
        **os.environ,
        "ENVIRONMENT": "test",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "FUNCTION_URL": template,
    }
    children = []
    for name, port in functions.items():
        command = [sys.executable, "-m", "lib.runtime.serve", name.replace("-", "_"), "--port", str(port)]
        log = tmp_path / f"{name}.log"
        children.append(Child([*command, "--host", "127.0.0.1"], log=log, env=environment, cwd=ROOT))
    upstreams = {f.name: f"http://127.0.0.1:{functions.get(f.name, 1)}" for f in stack.functions}
    try:
        for child, port in zip(children, functions.values(), strict=True):
            child.wait_until(lambda port=port: answers(port), seconds=60)  # type: ignore[misc]  # bound here on purpose
        with serving(lambda: Gateway(stack, ports, upstreams, internal, refused_seconds=0.1)):
            yield City(ports, functions, settings)
    finally:
        for child in children:
            child.stop()


def values(family: Metric, **labels: str) -> list[float]:
    wanted = labels.items()
    return [s.value for s in family.samples if not s.name.endswith("_created") and wanted <= s.labels.items()]


def seeded(city: City) -> None:
    """Three lessons, an event that is refused, a delivery that was sent and one that was not."""
    bad = cloudevent("lesson.created", {"lesson_id": "x"}, "2026-11-20T10:00:00Z")
    events = [*(lesson_at("2026-11-22T10:00:00Z", f"L{n}") for n in range(3)), bad]
    answer = city.ask(8007, "/api/v1/events", "POST", json=events, headers={"Content-Type": BATCH})
    assert answer.json()["accepted"] == 3
    engine = create_engine(city.settings.database_url)
    with engine.begin() as conn:
        conn.execute(
            text(
                "INSERT INTO notifications (id, type, priority, data, critical) "
                "VALUES (gen_random_uuid(), 'custom', 'normal', '{}', false)"
            )
        )
        conn.execute(
            text(
                "INSERT INTO deliveries (id, notification_id, user_id, channel, state) SELECT gen_random_uuid(), "
                "n.id, 'someone-private-' || state, 'email', state "
                "FROM notifications n, unnest(ARRAY['sent', 'failed']) AS state"
            )
        )
    engine.dispose()


def test_a_services_page_holds_what_the_database_knows_and_what_each_process_counted(city: City) -> None:
    seeded(city)
    city.tick()
    found = city.families(8006) | city.families(8007)
    missing = ALWAYS - set(found) - {"cache_requests", "notification_processing_seconds"}
    assert missing == set()
    for name, labels in LABELS.items():
        assert {frozenset(s.labels) for s in found[name].samples} <= {frozenset(labels)}, name
    assert values(found["notifications"], channel="email", type="custom", status="sent") == [1]
    assert values(found["events_ingested"], type="lesson.created") == [3]
    assert values(found["notification_dead_letters"], queue="analytics.events") == [1]
    assert values(found["channel_up"]) == [1, 1]
    assert {s.labels["window"] for s in found["active_users"].samples} == {"1d", "7d", "30d"}
    assert values(found["cache_bytes"])[0] > 0


def test_each_process_is_counted_by_itself_and_who_is_away_is_shown_as_down(city: City) -> None:
    seeded(city)
    before = city.families(8007)
    assert values(before["function_up"], function="aggregate_events") == [1]
    assert values(before["function_up"], function="serve_console") == [1]
    assert values(before["function_up"], function="query_analytics") == [0]
    assert values(before["function_requests"], function="aggregate_events", status="2xx")[0] >= 1
    count = sum(values(before["function_requests"], function="aggregate_events", status="4xx"))
    for _ in range(5):
        assert city.ask(8007, "/api/v1/events?limit=0").status == 403
    after = city.families(8007)
    assert sum(values(after["function_requests"], function="aggregate_events", status="4xx")) == count + 5
    pools = after["db_pool_connections"].samples
    assert {s.labels["function"] for s in pools} == {"aggregate_events", "serve_console"}


def test_a_function_that_only_a_schedule_calls_is_on_the_notification_page(city: City) -> None:
    city.tick()
    found = city.families(8006)
    assert values(found["function_up"], function="run_schedules") == [1]
    assert values(found["schedule_lateness_seconds"], function="run_schedules")[0] >= 0
    assert values(found["function_requests"], function="run_schedules", status="2xx")[0] >= 1
    assert "run_schedules" not in {s.labels["function"] for s in city.families(8007)["function_up"].samples}


def test_no_user_and_no_address_is_on_the_page(city: City) -> None:
    seeded(city)
    city.ask(8007, "/api/v1/events?subject=someone-private@example.com")
    page = city.ask(8007, "/metrics").data.decode() + city.ask(8006, "/metrics").data.decode()
    for private in ("someone-private", "example.com", "publisher", "repitbot:", "127.0.0.1"):
        assert private not in page


def test_without_its_database_the_page_still_tells_of_the_processes(city: City) -> None:
    engine = create_engine(city.settings.database_url)
    with engine.begin() as conn:
        conn.execute(text("ALTER TABLE delivery_counts RENAME TO elsewhere"))
    engine.dispose()
    found = city.families(8007)
    assert "notifications" not in found
    assert values(found["function_up"], function="aggregate_events") == [1]


def test_where_prometheus_asks_the_instances_no_function_is_asked_and_none_is_said_to_be_away(
    database_url: str, redis_url: str
) -> None:
    settings = Settings(
        environment="test", database_url=database_url, redis_url=redis_url, metrics_gathered=False
    )
    page = Client("serve_console", settings).get("/metrics").data.decode()
    found = {family.name for family in text_string_to_metric_families(page)}
    assert {"notifications", "notification_queue_size", "channel_up"} <= found
    assert not {"function_up", "function_requests"} & found
