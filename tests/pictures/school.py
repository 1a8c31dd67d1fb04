"""The school that pictures are of: simulated, and told by the real functions, so that its figures fit together."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from functions.render_chart.catalogue import CHARTS
from lib.db import migrations
from lib.local.servers.postgres import PostgresServer
from lib.runtime.settings import Settings
from lib.testing.simulator.school import events as simulated
from tests.integration.analytics.conftest import BATCH
from tests.integration.reports.conftest import NAMES
from tests.integration.runtime.served import Served

LAST = date(2026, 11, 22)
STUDENT, TUTOR = "s-2", "t-1"
MONTH = {"from": "2026-10-24", "to": "2026-11-22"}
# Cohorts need months, a student's progress a term.
PERIODS = {
    "retention": {"from": "2026-03-28", "to": "2026-11-22"},
    "student_progress": {"from": "2026-08-25", "to": "2026-11-22"},
}


@contextmanager
def school() -> Iterator[Served]:
    """Eight months of twenty students."""
    with tempfile.TemporaryDirectory() as folder, PostgresServer(Path(folder) / "postgres") as server:
        migrations.upgrade(server.url())
        with Served(Settings(database_url=server.url(), environment="test"), *NAMES) as running:
            events = list(simulated(students=20, days=240, seed=7, until=date(2026, 11, 23)))
            for i in range(0, len(events), 1000):
                door = running["aggregate_events"]
                answer = door.post(
                    "/api/v1/events", json=events[i : i + 1000], content_type=BATCH, role="service"
                )
                if answer.status_code != 202:
                    raise RuntimeError(answer.text)
            yield running


@cache
def answers() -> dict[str, dict[str, Any]]:
    """What analytics answers to an admin, by the chart that shows it. Shared: nobody may change it."""
    with school() as running:
        return {name: _answer(running, name) for name in CHARTS}


def _answer(running: Served, name: str) -> dict[str, Any]:
    path = CHARTS[name].source.format(student_id=STUDENT, page="admin")
    period = PERIODS.get(name, MONTH)
    answer = running["query_analytics"].get(
        f"{path}?from={period['from']}&to={period['to']}&compare=previous"
    )
    if answer.status_code != 200:
        raise RuntimeError(f"{name}: {answer.text}")
    found: dict[str, Any] = answer.json
    return found
