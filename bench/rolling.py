"""Every function restarted one by one at 100 requests a second, two instances each behind a real Nginx."""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from lib.db import migrations
from lib.local.servers.postgres import PostgresServer
from lib.runtime.settings import Settings
from lib.stack import load
from tests.integration.rolling.fleet import FAREWELL_S, Fleet
from tests.integration.rolling.test_rolling import KEY, environment_of, introduce
from tests.integration.rolling.traffic import Traffic
from tests.servers.nginx import NginxServer

Json = dict[str, Any]


def add_arguments(group: "argparse._ArgumentGroup") -> None:
    """The options of this benchmark."""
    group.add_argument("--per-second", type=int, default=100, help="requests (default 100)")


def run(given: argparse.Namespace) -> Json:
    """Run it; the figures by name."""
    stack = load(Path("stack.yml"))
    with tempfile.TemporaryDirectory() as name, PostgresServer(Path(name) / "postgres") as server:
        migrations.upgrade(server.url())
        introduce(server.url())
        settings = Settings(environment="test", database_url=server.url(), jwt_secret_key=KEY)
        with Fleet(stack, Path(name), environment_of(settings, Path(name))) as fleet:
            fleet.start(*(f"{each}/{letter}" for each in fleet.functions for letter in "ab"))
            hosts = {each: f"{each}:{port}" for each, port in fleet.ports.items()}
            with (
                NginxServer(Path(name), stack, hosts, resolver=fleet.names.place) as nginx,
                Traffic(nginx.ports, settings, rate=given.per_second) as traffic,
            ):
                drained = [
                    _restarted(fleet, f"{each}/{letter}") for each in fleet.functions for letter in "ab"
                ]
    return {
        "functions": len(fleet.functions),
        "restarts": len(drained),
        "requests": traffic.sent,
        "failed": sum(traffic.failed.values()),
        "failures": [f"{name} {how}" for name, how in traffic.failed],
        "said": sorted({each["body"][:200] for each in traffic.unavailable}),
        "farewell_s": FAREWELL_S,
        "drained_s_longest": round(max(drained), 2),
    }


def _restarted(fleet: Fleet, instance: str) -> float:
    """Seconds from SIGTERM to its end."""
    began = time.monotonic()
    fleet.stop(instance)
    seconds = time.monotonic() - began
    fleet.start(instance)
    return seconds
