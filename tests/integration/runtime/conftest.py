"""The function that tests of the edge share."""

from collections.abc import Iterator

import pytest

from lib.runtime.settings import Settings
from tests.integration.runtime.desk import Desk


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """The function."""
    made = Desk(Settings(database_url=database_url, environment="test"))
    yield made
    made.go_on.set()
    made.services.db.dispose()
