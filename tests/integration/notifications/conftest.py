"""A school whose notification side is real: functions, PostgreSQL, a mail server and the Bot API."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.runtime.services import Services
from lib.runtime.settings import Settings
from lib.testing.mailbox.office import PostOffice
from tests.integration.notifications.calendar import Calendar
from tests.integration.notifications.school import School

MONDAY = datetime(2026, 9, 14, 9, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    """The providers' side: what it accepted is the truth."""
    with PostOffice(tmp_path / "mailbox") as running:
        yield running


@pytest.fixture
def settings(database_url: str, office: PostOffice) -> Settings:
    """The environment of every function here."""
    return settings_of(database_url, office)


def settings_of(database_url: str, office: PostOffice) -> Settings:
    """The same for a database of one's own."""
    return Settings(
        environment="test",
        database_url=database_url,
        email_host=office.smtp_host,
        email_port=office.smtp_port,
        email_use_tls=False,
        bot_token=office.token,
        telegram_api_url=office.url,
        telegram_webhook_secret="a-secret-of-this-test",
        jwt_secret_key="a-key-of-this-test-that-is-long-enough-0123456789",
        public_url="https://school.example",
    )


@pytest.fixture
def school(settings: Settings, office: PostOffice) -> Iterator[School]:
    """The whole notification side."""
    services = Services(settings)
    yield School(services, office)
    services.db.dispose()


@pytest.fixture
def calendar(clocked_url: str, office: PostOffice) -> Iterator[Calendar]:
    """The whole notification side, on a Monday noon in Moscow, at a clock that the test holds."""
    made = Calendar(lambda clock: Services(settings_of(clocked_url, office), clock), office, MONDAY)
    yield made
    made.services.db.dispose()
