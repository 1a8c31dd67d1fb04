"""Charts over real figures: the functions that make them, behind one port, over a database of the test's own."""

from collections.abc import Iterator

import pytest

from functions.render_chart import drawing
from lib.runtime.settings import Settings
from tests.integration.runtime.served import Served


@pytest.fixture
def school(database_url: str) -> Iterator[Served]:
    """Events can be brought, figures asked for, charts drawn."""
    settings = Settings(database_url=database_url, environment="test")
    with Served(settings, "aggregate_events", "query_analytics", "render_chart") as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def _no_process_is_left_behind() -> Iterator[None]:
    yield
    drawing.close()
