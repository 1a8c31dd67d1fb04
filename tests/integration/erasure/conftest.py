"""A school with both sides, a cache and traffic."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.runtime.services import Services
from lib.testing.mailbox.office import PostOffice
from tests.integration.erasure.archive import Archive
from tests.integration.notifications.conftest import settings_of


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    """The providers' side."""
    with PostOffice(tmp_path / "mailbox") as running:
        yield running


@pytest.fixture
def archive(database_url: str, redis_url: str, office: PostOffice) -> Iterator[Archive]:
    """All of it, empty."""
    services = Services(settings_of(database_url, office).model_copy(update={"redis_url": redis_url}))
    yield Archive(services, office)
    services.db.dispose()
