"""An empty school whose schedules a test rings."""

from typing import Any

import pytest

from tests.integration.schedules.clockwork import Clockwork


@pytest.fixture
def clockwork(database_url: str) -> Any:
    """An empty school."""
    made = Clockwork(database_url)
    yield made
    made.engine.dispose()
    made.client.services.db.dispose()
