"""An empty school whose schedules a test rings."""

from typing import Any

import pytest

from tests.integration.schedules.alarms import Alarms
from tests.integration.schedules.clockwork import Clockwork


@pytest.fixture
def clockwork(database_url: str) -> Any:
    """An empty school."""
    made = Clockwork(database_url)
    yield made
    made.engine.dispose()
    made.client.services.db.dispose()


@pytest.fixture
def alarms(clocked_url: str) -> Any:
    """A school with a family, a tutor and an admin, at a clock that the test holds."""
    made = Alarms(clocked_url)
    made.family()
    yield made
    made.engine.dispose()
    made.client.services.db.dispose()
