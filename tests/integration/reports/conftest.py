"""Reports over real figures and real charts: every function they ask, behind one port."""

from collections.abc import Iterator
from datetime import date

import pytest

from functions.render_chart import drawing
from lib.runtime.settings import Settings
from lib.testing.simulator.school import events as simulated
from tests.integration.analytics.conftest import BATCH
from tests.integration.runtime.served import Served

NAMES = ("aggregate_events", "query_analytics", "render_chart", "generate_report", "manage_recipients")


@pytest.fixture
def empty_school(database_url: str) -> Iterator[Served]:
    """A school without a single event."""
    with Served(Settings(database_url=database_url, environment="test"), *NAMES) as running:
        yield running


@pytest.fixture
def school(empty_school: Served) -> Served:
    """Two weeks of a small school, up to the day the clock shows."""
    events = list(simulated(students=12, days=14, seed=7, until=date(2026, 11, 23)))
    for i in range(0, len(events), 1000):
        door = empty_school["aggregate_events"]
        answer = door.post("/api/v1/events", json=events[i : i + 1000], content_type=BATCH, role="service")
        assert answer.status_code == 202
    return empty_school


@pytest.fixture(scope="module", autouse=True)
def _no_drawing_process_is_left_behind() -> Iterator[None]:
    yield
    drawing.close()
