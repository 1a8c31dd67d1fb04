"""A bureau that makes reports: functions, PostgreSQL, a store, a mail server and the Bot API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.runtime.settings import Settings
from lib.testing.mailbox.office import PostOffice
from tests.integration.notifications.conftest import settings_of
from tests.integration.reports.jobs.bureau import Bureau


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    """The providers' side."""
    with PostOffice(tmp_path / "mailbox") as running:
        yield running


@pytest.fixture
def settings(database_url: str, office: PostOffice, tmp_path: Path) -> Settings:
    """The environment of every function here."""
    url = f"file://{tmp_path / 'artifacts'}"
    return settings_of(database_url, office).model_copy(update={"storage_url": url})


@pytest.fixture
def bureau(settings: Settings, office: PostOffice) -> Iterator[Bureau]:
    """All of it, empty."""
    made = Bureau(settings, office)
    with made.functions:
        yield made


@pytest.fixture
def clocked_bureau(clocked_url: str, settings: Settings, office: PostOffice) -> Iterator[Bureau]:
    """The same at a clock that the test holds."""
    made = Bureau(settings.model_copy(update={"database_url": clocked_url}), office, clocked=True)
    with made.functions:
        yield made
